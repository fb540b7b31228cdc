/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics over seeds.  Pure functions: the same arguments give the same
 * result.  Samples are arrays of n finite doubles in any order; no function
 * changes them.
 *
 * stats/ takes in what load/ has checked, cell by cell.
 * Out go a value for each metric and cell, then intervals, p and verdicts.
 * It includes load/; it opens no file but through load/, and prints nothing.
 */
#ifndef MMVS_STATS_H
#define MMVS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_ENUMERATED 20000 /* so many permutations are all tried */
#define STATS_DRAWN 5000 /* of more, so many */
#define STATS_MIN_N 4 /* below this: no interval, no test */
#define STATS_EXACT_MAX 200 /* above this in total: normal approximation */

struct interval {
	double lo, hi; /* NaN: not defined */
};

/* Median; NaN for n = 0.  -ENOMEM is not possible: NaN then as well. */
double stats_median(const double *x, size_t n);

/* True if all n values are equal (also for n = 0 and 1). */
bool stats_constant(const double *x, size_t n);

/* True if every value is finite. */
bool stats_finite(const double *x, size_t n);

/*
 * Hodges and Lehmann's estimate of how far x lies from y: the median of all
 * differences, or with @ratio of all quotients (logarithms), and the interval of
 * at least 1 - @alpha that inverts the exact Mann-Whitney test (Lehmann,
 * Nonparametrics, 2.5; normal approximation above 50 values in total).  With ties
 * it covers more than it says, never less.  NaNs for the interval where there are
 * too few values (4 on each side give 97 %); constant samples give a point.  0,
 * -EINVAL (empty, not finite, or a ratio of what is not above 0) or -ENOMEM.
 */
int stats_shift(bool ratio, const double *x, size_t nx, const double *y,
		size_t ny, double alpha, double *estimate,
		struct interval *out);

/*
 * The interval of a median between order statistics, at least 1 - @alpha
 * (0.05: from 6 values on); of fewer values, but 2, their range.  0, -EINVAL or -ENOMEM.
 */
int stats_median_interval(const double *x, size_t n, double alpha,
			  struct interval *out);

/*
 * Westfall and Young's step-down maxT (1993): of @m metrics, each nx values of x,
 * then ny of y (NaN: missing), the p of a difference adjusted for all of them.  One
 * permutation of the seeds is applied to all metrics at once, so that what they
 * have in common is not paid for; the statistic is |t| as a correlation.  All
 * permutations where there are at most STATS_ENUMERATED (8 against 8: 12870), else
 * STATS_DRAWN at random, always the same.  0, -EINVAL or -ENOMEM.
 */
int stats_maxt(const double *values, size_t m, size_t nx, size_t ny, double *p);

/*
 * The next choice of nx out of 0..n-1, ascending in x, after 0..nx-1; false after
 * the last.
 */
bool stats_next_choice(size_t *x, size_t nx, size_t n);

/*
 * Two-sided permutation test on the sum of midranks of x: the probability,
 * over all ways to choose nx of the nx + ny pooled values, of a rank sum at
 * least as far from its mean.  Without ties this is the exact Mann-Whitney
 * test.  *exact is false if nx + ny > STATS_EXACT_MAX and the normal
 * approximation with tie and continuity correction was used.  0, -EINVAL
 * (empty, not finite) or -ENOMEM.
 */
int stats_rank_test(const double *x, size_t nx, const double *y, size_t ny,
		    double *p, bool *exact);

/* The smallest two-sided p that nx and ny values can reach: 2/C(nx+ny,nx). */
double stats_least_p(size_t nx, size_t ny);

/*
 * The smallest n, at least STATS_MIN_N, for which n values on each side can
 * be significant among m tests: 2/C(2n,n) * m <= alpha.
 */
size_t stats_needed(size_t m, double alpha);

#endif
