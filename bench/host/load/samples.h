/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * samples.tsv of one cell, parsed as hostile input.  The format:
 * results/README.md.
 */
#ifndef MMVS_SAMPLES_H
#define MMVS_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "../schema.h"
#include "load/text.h"

enum better {
	BETTER_LOWER,
	BETTER_HIGHER,
	BETTER_ONE,
	BETTER_NONE,
};

/*
 * How the rows of a cell become one value: the enumerator and its name in samples.tsv.
 * SUM and those behind it may be per another column.  stats/reduce.c computes them.
 */
/* clang-format off */
#define REDUCTIONS(x) \
	x(P50, "p50") \
	x(P90, "p90") \
	x(P99, "p99") \
	x(P999, "p999") \
	x(MAX, "max") \
	x(MEAN, "mean") \
	x(SUM, "sum") \
	x(FIRST, "first") \
	x(LAST, "last") \
	x(SLOPE, "slope") /* of column over per, least squares */
/* clang-format on */

enum reduce {
#define ENUMERATOR(id, name) REDUCE_##id,
	REDUCTIONS(ENUMERATOR)
#undef ENUMERATOR
};

struct metric_decl {
	char name[MMVS_MAX_NAME + 1];
	char unit[MMVS_MAX_NAME + 1];
	enum better better;
	bool key;
	enum reduce reduce;
	int column; /* index into columns */
	int per; /* the same, -1: none */
	int by[MMVS_MAX_COLUMNS];
	size_t n_by;
	char *desc; /* cleaned */
};

struct column {
	char name[MMVS_MAX_NAME + 1];
	bool clocked;
};

struct samples {
	char unit[MMVS_MAX_NAME + 1];
	char *skip; /* reason, NULL if measured */
	double clock_cost; /* NaN: not given */
	struct column columns[MMVS_MAX_COLUMNS];
	size_t n_columns;
	struct metric_decl metrics[MMVS_MAX_METRICS];
	size_t n_metrics;
	double *rows; /* n_rows x n_columns, clock cost removed */
	size_t n_rows;
};

/*
 * Parses len bytes (and a NUL behind them; buf is written to).  path is for
 * messages; unit and spec are what the file must say, NULL: whatever it says.
 * Returns a structure to free with samples_free(), or NULL with a message and
 * *ret set to -EINVAL or -ENOMEM.
 */
struct samples *samples_parse(char *buf, size_t len, const char *path,
			      const char *unit, const char *spec, int *ret,
			      struct err *err);
/* The same from a file; *ret may be any -errno of file_read(). */
struct samples *samples_load(const char *path, const char *unit,
			     const char *spec, int *ret, struct err *err);
void samples_free(struct samples *s);

const char *better_name(enum better better);
const char *reduce_name(enum reduce reduce);

#endif
