/* SPDX-License-Identifier: GPL-2.0-only */
/* The samples of one cell, reduced to one value for each metric. */
#ifndef MMVS_REDUCE_H
#define MMVS_REDUCE_H

#include <stdint.h>

#include "load/samples.h"

#define SAMPLES_MAX_GROUPS 256 /* values of "by" in one metric */

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
 * One value for each metric and group, in the order of the metric lines and
 * of first appearance.  The caller frees *out.  -EINVAL: too many groups, a
 * name too long, or a value that is not finite.  -ENOMEM.
 */
int samples_reduce(const struct samples *s, const char *path,
		   struct value **out, size_t *n, struct err *err);

/* The rows that one metric's values are made of. */
struct row_groups {
	char (*name)[TEXT_MAX_FULL + 1]; /* n, as values are called */
	size_t n;
	uint16_t *of_row; /* n_rows, index into name */
};

/* Of metric number @metric; row_groups_free() also after an error, as above. */
int samples_groups(const struct samples *s, size_t metric, const char *path,
		   struct row_groups *out, struct err *err);
void row_groups_free(struct row_groups *g);

#endif
