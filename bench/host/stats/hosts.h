/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same stacks measured in time on several machines, a run each: variants are compared
 * within each host, then over all hosts (blocks.h).
 */
#ifndef MMVS_HOSTS_H
#define MMVS_HOSTS_H

#include "stats/compare.h"

#define HOSTS_MAX 64
#define HOSTS_NONE ((size_t)-1)

struct host {
	char *name; /* of its run's folder */
	struct run run;
	struct data d;
	struct comparison c;
	size_t *metric, *arm; /* its own, by those of all; HOSTS_NONE */
};

struct hosts {
	size_t n;
	struct host *host;
	struct data d; /* all hosts: n_blocks is n; no cells */
	struct comparison c; /* of these */
	bool *split; /* by row of c: hosts prove opposite things */
	char **said; /* what differs and is not refused */
	size_t n_said;
};

/*
 * Reads the runs, checks that they can be combined, and puts them together.  -EINVAL: one
 * cannot be read, or the runs differ in what they must share: units, baselines, kernels,
 * mmbench; or two of them are the same.  Free with hosts_free(), also after an error.
 */
int hosts_load(struct hosts *h, char **dirs, size_t n, const char *baseline,
	       struct err *err);

/*
 * Each host by itself, all together, and where hosts contradict each other or differ in
 * size: then the row of h->c has a note, and the first has no joint verdict.
 */
int hosts_compare(struct hosts *h, double delta, double alpha, struct err *err);
void hosts_free(struct hosts *h);

/* The host's own row for one of h->c; NULL: nothing of the kind was measured there. */
const struct row *hosts_row(const struct hosts *h, size_t host,
			    const struct row *row);

/* hosts_check.c: before the cells are read, and after.  Parts of hosts_load(). */
int hosts_check(struct hosts *h, struct err *err);
int hosts_check_values(const struct hosts *h, struct err *err);

/*
 * Does the metric (of h->d) have the same value on both hosts, seed by seed?  Adds to *n
 * how many of them both have.
 */
bool hosts_same_values(const struct hosts *h, size_t a, size_t b, size_t metric,
		       size_t *n);

/* hosts_join.c: h->d of the hosts' own data.  Part of hosts_load(). */
int hosts_join(struct hosts *h, struct err *err);

#endif
