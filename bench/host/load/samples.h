/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * samples.tsv of one cell, parsed as hostile input, and its reduction to one
 * value for each metric.  The format: results/README.md.
 */
#ifndef MMVS_SAMPLES_H
#define MMVS_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "../schema.h"
#include "load/text.h"

#define SAMPLES_MAX_GROUPS 256 /* values of "by" in one metric */

enum better {
	BETTER_LOWER,
	BETTER_HIGHER,
	BETTER_ONE,
	BETTER_NONE,
};

enum reduce {
	REDUCE_P50,
	REDUCE_P90,
	REDUCE_P99,
	REDUCE_P999,
	REDUCE_MAX,
	REDUCE_MEAN,
	REDUCE_SUM,
	REDUCE_FIRST,
	REDUCE_LAST,
	REDUCE_SLOPE, /* of column over per, least squares */
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

enum value_status {
	VALUE_OK,
	VALUE_NO_CELL, /* failed, skipped or absent */
	VALUE_NO_ROWS, /* measured nothing, or not this group */
	VALUE_ZERO_PER, /* the denominator is 0 */
	VALUE_NO_SLOPE, /* a slope over something that does not vary */
};

struct value {
	char name[TEXT_MAX_FULL + 1]; /* of the metric, with its group */
	size_t metric; /* index into metrics */
	enum value_status status;
	double value; /* NaN unless VALUE_OK */
};

/*
 * Parses len bytes (and a NUL behind them; buf is written to).  path is for
 * messages; unit and spec are what the file must say.  Returns a structure
 * to free with samples_free(), or NULL with a message and *ret set to
 * -EINVAL or -ENOMEM.
 */
struct samples *samples_parse(char *buf, size_t len, const char *path,
			      const char *unit, const char *spec, int *ret,
			      struct err *err);
/* The same from a file; *ret may be any -errno of file_read(). */
struct samples *samples_load(const char *path, const char *unit,
			     const char *spec, int *ret, struct err *err);
void samples_free(struct samples *s);

/*
 * One value for each metric and group, in the order of the metric lines and
 * of first appearance.  The caller frees *out.  -EINVAL: too many groups, a
 * name too long, or a value that is not finite.  -ENOMEM.
 */
int samples_reduce(const struct samples *s, const char *path,
		   struct value **out, size_t *n, struct err *err);

const char *better_name(enum better better);
const char *reduce_name(enum reduce reduce);

#endif
