// SPDX-License-Identifier: GPL-2.0-only
/*
 * Medians, ranks, permutation test.  See stats.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "stats/stats.h"

double stats_median(const double *x, size_t n)
{
	double *copy, m;

	if (!n)
		return NAN;
	copy = malloc(n * sizeof(*copy));
	if (!copy)
		return NAN;
	memcpy(copy, x, n * sizeof(*copy));
	gsl_sort(copy, 1, n);
	m = gsl_stats_median_from_sorted_data(copy, 1, n);
	free(copy);
	return m;
}

bool stats_constant(const double *x, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (x[i] != x[0])
			return false;
	return true;
}

bool stats_finite(const double *x, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

/*
 * Doubled midranks, so that they are whole: of nx + ny pooled values, those
 * of x first.  Returns the sum of t^3 - t over ties, for the approximation.
 */
static double doubled_ranks(const double *pool, const size_t *order, size_t n,
			    unsigned int *rank)
{
	double ties = 0, t;
	size_t i, j, k;

	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n; j++)
			if (pool[order[j]] != pool[order[i]])
				break;
		/* Ranks i+1 .. j share their mean, (i + 1 + j) / 2. */
		for (k = i; k < j; k++)
			rank[order[k]] = (unsigned int)(i + 1 + j);
		t = (double)(j - i);
		ties += t * t * t - t;
	}
	return ties;
}

/*
 * The number of ways to choose nx of the n ranks for each sum, by adding one
 * rank after the other.  The counts are sums of positive terms: as doubles
 * they are exact up to 2^53 and good to about 1e-13 beyond.
 */
static int exact_p(const unsigned int *rank, size_t n, size_t nx, double *p)
{
	size_t total = n * (n + 1), width = total + 1, i, k, s, top = 0;
	double *ways = calloc((nx + 1) * width, sizeof(*ways));
	double far = 0, all = 0;
	long mean, w = 0;

	if (!ways)
		return -ENOMEM;
	ways[0] = 1;
	for (i = 0; i < n; i++) {
		top += rank[i];
		for (k = i + 1 < nx ? i + 1 : nx; k > 0; k--)
			for (s = top; s >= rank[i]; s--)
				ways[k * width + s] +=
					ways[(k - 1) * width + s - rank[i]];
	}
	/* Doubled ranks of x have the mean nx (n + 1): a whole number. */
	mean = (long)(nx * (n + 1));
	for (i = 0; i < nx; i++)
		w += (long)rank[i];
	for (s = 0; s < width; s++) {
		all += ways[nx * width + s];
		if (labs((long)s - mean) >= labs(w - mean))
			far += ways[nx * width + s];
	}
	free(ways);
	*p = far / all;
	return 0;
}

static double normal_p(const unsigned int *rank, size_t nx, size_t ny,
		       double ties)
{
	double n = (double)(nx + ny), w = 0, mean, var, d;
	size_t i;

	for (i = 0; i < nx; i++)
		w += rank[i] / 2.0;
	mean = (double)nx * (n + 1) / 2;
	var = (double)nx * (double)ny / 12 * (n + 1 - ties / (n * (n - 1)));
	if (var <= 0)
		return 1;
	d = fmax(fabs(w - mean) - 0.5, 0);
	return fmin(2 * gsl_cdf_ugaussian_Q(d / sqrt(var)), 1);
}

int stats_rank_test(const double *x, size_t nx, const double *y, size_t ny,
		    double *p, bool *exact)
{
	size_t n = nx + ny, *order;
	unsigned int *rank;
	double *pool, ties;
	int ret = 0;

	if (!nx || !ny || !stats_finite(x, nx) || !stats_finite(y, ny))
		return -EINVAL;
	pool = calloc(n, sizeof(*pool));
	order = calloc(n, sizeof(*order));
	rank = calloc(n, sizeof(*rank));
	if (!pool || !order || !rank) {
		ret = -ENOMEM;
		goto out_free;
	}
	memcpy(pool, x, nx * sizeof(*x));
	memcpy(pool + nx, y, ny * sizeof(*y));
	gsl_sort_index(order, pool, 1, n);
	ties = doubled_ranks(pool, order, n, rank);
	*exact = n <= STATS_EXACT_MAX;
	if (*exact)
		ret = exact_p(rank, n, nx, p);
	else
		*p = normal_p(rank, nx, ny, ties);
out_free:
	free(rank);
	free(order);
	free(pool);
	return ret;
}

double stats_least_p(size_t nx, size_t ny)
{
	double n = (double)nx, m = (double)ny;

	return fmin(1,
		    2 * exp(lgamma(n + 1) + lgamma(m + 1) - lgamma(n + m + 1)));
}

size_t stats_needed(size_t m, double alpha)
{
	size_t n = STATS_MIN_N;

	/* The tiny factor forgives lgamma() its rounding, no more. */
	while (stats_least_p(n, n) * (double)m > alpha * (1 + 1e-9))
		n++;
	return n;
}
