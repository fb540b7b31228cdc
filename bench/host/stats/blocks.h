/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two samples in several blocks, of which the block (a host) moves both: x and y are
 * compared within a block, then all blocks together.  Pure functions, as in stats.h.
 */
#ifndef MMVS_BLOCKS_H
#define MMVS_BLOCKS_H

#include "stats/stats.h"

/* Seeds on each side; one side may be empty: such a block says nothing. */
struct block {
	size_t nx, ny;
};

/* The values of a block, finite. */
struct strata {
	const double *x, *y;
	size_t nx, ny;
};

/*
 * Van Elteren's test (1960): midranks within each block, the blocks' rank sums added
 * with weights 1 / (nx + ny + 1), which is most powerful where the shift is the same in
 * all blocks.  Two-sided: the probability, over all ways to choose nx values within each
 * block, of a sum at least as far from its mean.  One block: stats_rank_test().
 * *exact is false where normal approximation was used: above STATS_EXACT_MAX values in
 * total, or where blocks of many sizes have no common weight.  0, -EINVAL (no block with
 * both sides, not finite) or -ENOMEM.
 */
int stats_blocks_test(const struct strata *s, size_t n, double *p, bool *exact);

/*
 * One shift for all blocks: the median of the differences (with @ratio of the quotients)
 * within the blocks, each weighing 1 / (nx + ny + 1), and the interval of at least
 * 1 - @alpha that inverts van Elteren's exact test; both as Hodges and Lehmann's of one
 * block, stats_shift(), which they are for @n 1.  Where all samples are constant the
 * interval is the range of the blocks.  0, -EINVAL (no block with both sides, not finite,
 * or a ratio of what is not above 0) or -ENOMEM.
 */
int stats_blocks_shift(bool ratio, const struct strata *s, size_t n,
		       double alpha, double *estimate, struct interval *out);

/* The smallest two-sided p that such blocks can reach. */
double stats_blocks_least_p(const struct strata *s, size_t n);

/*
 * Ranks among the values of each block, divided by their number and one; NaN (missing)
 * stays.  In place, each block nx values of x, then ny of y.  0 or -ENOMEM.
 */
int stats_blocks_scores(double *values, const struct block *b, size_t n);

/*
 * stats_maxt() where permutations stay within a block: @values of a metric are each
 * block's, nx of x, then ny of y.  What it adds up are the values about the mean of the
 * block: of stats_blocks_scores() that is van Elteren's statistic.
 */
int stats_maxt_blocks(const double *values, size_t m,
		      const struct block *blocks, size_t n_blocks, double *p);

#endif
