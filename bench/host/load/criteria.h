/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a decision goes by, parsed as hostile input: the criteria of the run's
 * family (RUN/criteria, a copy of what its family.conf says) and what its stacks
 * cost to carry (RUN/static/static.tsv).  The formats: results/README.md.
 */
#ifndef MMVS_CRITERIA_H
#define MMVS_CRITERIA_H

#include "load/run.h"

#define CRITERIA_MAX_FILE (64UL << 10)
#define CRITERIA_MAX 32 /* of a family */
#define CRITERIA_MAX_GLOBS 64 /* of a criterion */
#define CRITERIA_MAX_NAME 20
#define STATIC_MAX_FILE (4UL << 20)

/* The columns of static.tsv, by name as on its first line, and by place. */
#define STATIC_COLUMNS "variant\tcheck\tresult\tvalue\twhy"
enum static_column {
	STATIC_VARIANT,
	STATIC_CHECK,
	STATIC_RESULT,
	STATIC_VALUE,
	STATIC_WHY,
	N_STATIC_COLUMNS
};

/* No file: no criteria, or no costs, 0.  -EINVAL or another -errno, with a message. */
int criteria_load(struct run *run, struct err *err);
int static_load(struct run *run, struct err *err);

/* The same from len bytes (and a NUL behind them; buf is written to). */
int criteria_parse(char *buf, size_t len, const char *path, struct run *run,
		   struct err *err);
int static_parse(char *buf, size_t len, const char *path, struct run *run,
		 struct err *err);

void criteria_free(struct run *run);

/* Does a glob SPEC:METRIC mean this metric?  A star is any text, the rest itself. */
bool criteria_match(const char *glob, const char *spec, const char *metric);

#endif
