/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What perf events counted, for each operation: the work of a cell is the sum of the
 * column that a metric is per (freed pages), or its rows (faults).
 */
#ifndef MMVS_HARDWARE_H
#define MMVS_HARDWARE_H

#include "load/counters.h"
#include "stats/data.h"

/* One cell: its samples without their rows, of which the sums are kept. */
struct hardware {
	struct samples *s; /* NULL: not measured */
	double sum[MMVS_MAX_COLUMNS];
	double counted[N_COUNTED], share;
};

/*
 * All cells of a spec, in the order arm, seed; free with hardware_free() (@n as
 * d->n_values).  -ENOMEM.
 */
int hardware_load(const struct data *d, size_t spec, struct hardware **out,
		  struct err *err);
void hardware_free(struct hardware *h, size_t n);

/*
 * A metric that events can stand beside: a key one, of the clock, and of all rows (the
 * PMU knows no groups).
 */
bool hardware_metric(const struct samples *s, const struct metric_decl *m);

/* The first of these; NULL: none. */
const struct metric_decl *hardware_first(const struct samples *s);

/* How many operations; with no metric its rows.  *per: what they are, if not NULL. */
double hardware_work(const struct hardware *h, const struct metric_decl *m,
		     const char **per);

/*
 * An event for each operation of the metric of that name (NULL: of the first), of the
 * cells of an arm that have it, into out (n_seeds); their number.
 */
size_t hardware_values(const struct data *d, const struct hardware *h,
		       size_t arm, const char *metric, enum counted what,
		       double *out);

#endif
