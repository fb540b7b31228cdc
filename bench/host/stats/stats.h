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

#define STATS_RESAMPLES 10000
#define STATS_MIN_N 6 /* below this: no interval, no test */
#define STATS_EXACT_MAX 200 /* above this in total: normal approximation */
#define STATS_CONFIDENCE 0.95

struct interval {
	double lo, hi; /* NaN: not defined */
};

/* Median; NaN for n = 0.  -ENOMEM is not possible: NaN then as well. */
double stats_median(const double *x, size_t n);

/* True if all n values are equal (also for n = 0 and 1). */
bool stats_constant(const double *x, size_t n);

/* True if every value is finite. */
bool stats_finite(const double *x, size_t n);

/* What an interval is of: y is the baseline. */
enum statistic {
	STAT_MEDIAN, /* median(x); y unused */
	STAT_RATIO, /* median(x) / median(y), y all above 0 */
	STAT_DIFF, /* median(x) - median(y) */
};

/*
 * BCa bootstrap interval (Efron 1987) with STATS_RESAMPLES resamples; x and y
 * are resampled apart, the acceleration comes from a jackknife over both
 * (Davison and Hinkley 1997, section 5.7: with several samples the influence
 * values of each are divided by its size).  Ties with the estimate count half
 * in the bias correction.  Constant samples give a point.  nx (and ny) from 2
 * up, otherwise NaNs.  0, -EINVAL (not finite, or a ratio to something not
 * above 0) or -ENOMEM.
 */
int stats_bca(enum statistic what, const double *x, size_t nx, const double *y,
	      size_t ny, uint64_t seed, struct interval *out);

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

/* Holm's step-down adjustment of m p values, into adjusted. -ENOMEM. */
int stats_holm(const double *p, size_t m, double *adjusted);

/* The smallest two-sided p that nx and ny values can reach: 2/C(nx+ny,nx). */
double stats_least_p(size_t nx, size_t ny);

/*
 * The smallest n, at least STATS_MIN_N, for which n values on each side can
 * be significant among m tests: 2/C(2n,n) * m <= alpha.
 */
size_t stats_needed(size_t m, double alpha);

/* FNV-1a over text, continued from hash (0: begin). */
uint64_t stats_hash(uint64_t hash, const char *text);

#endif
