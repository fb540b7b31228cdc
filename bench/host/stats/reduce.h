/* SPDX-License-Identifier: GPL-2.0-only */
/* The samples of one cell, reduced to one value for each metric. */
#ifndef MMVS_REDUCE_H
#define MMVS_REDUCE_H

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

#endif
