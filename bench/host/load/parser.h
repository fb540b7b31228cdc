/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the parser of samples.tsv: samples.c walks the lines, decl.c gives
 * the header lines their meaning once the columns have names.
 */
#ifndef MMVS_PARSER_H
#define MMVS_PARSER_H

#include <errno.h>

#include "load/samples.h"

#define METRIC_FIELDS 9 /* after the word "metric" */

/* A metric or clocked line, kept until the columns have names. */
struct pending {
	size_t line;
	char *field[METRIC_FIELDS];
};

struct parser {
	struct samples *s;
	const char *path;
	const char *unit, *spec; /* what the file must say */
	struct err *err;
	char *next, *end;
	size_t line;
	struct pending metric[MMVS_MAX_METRICS];
	struct pending clocked[MMVS_MAX_COLUMNS];
	size_t n_metric, n_clocked, rows_cap;
	double rows_said; /* by the header; NaN: not given */
};

#define fail(p, fmt, ...)                                                \
	err_set((p)->err, -EINVAL, "%s:%zu: " fmt, (p)->path, (p)->line, \
		##__VA_ARGS__)

/* The column's index, -1 if there is none of this name. */
int parser_find_column(const struct samples *s, const char *name);

/* Mark the clocked columns; fill in s->metrics.  -EINVAL or -ENOMEM. */
int parser_resolve_clocked(struct parser *p);
int parser_resolve_metrics(struct parser *p);

#endif
