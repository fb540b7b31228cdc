/* SPDX-License-Identifier: GPL-2.0-only */
/* Many comparisons at once. */
#ifndef MMVS_ADJUST_H
#define MMVS_ADJUST_H

#include "stats/compare.h"

/*
 * p_adj and variants of each tested row, and what the comparison knows of them.
 * A variant's key metrics are one family for maxT, over the whole run; its other
 * metrics are another.  Times the number of variants: Holm's smaller factors would
 * ask that all metrics of a variant are proven first.  A/A rows keep NaN.  0 or
 * -ENOMEM.
 */
int compare_adjust(struct comparison *c);

#endif
