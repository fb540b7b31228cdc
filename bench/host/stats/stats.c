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

#include "stats/ranks.h"
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

double ranks_doubled(const double *pool, const size_t *order, size_t n,
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

double *ranks_ways(const unsigned int *rank, size_t n, size_t nx)
{
	size_t width = n * (n + 1) + 1, i, k, s, top = 0;
	double *ways = calloc((nx + 1) * width, sizeof(*ways));

	if (!ways)
		return NULL;
	ways[0] = 1;
	for (i = 0; i < n; i++) {
		top += rank[i];
		for (k = i + 1 < nx ? i + 1 : nx; k > 0; k--)
			for (s = top; s >= rank[i]; s--)
				ways[k * width + s] +=
					ways[(k - 1) * width + s - rank[i]];
	}
	memmove(ways, ways + nx * width, width * sizeof(*ways));
	return ways;
}

static int exact_p(const unsigned int *rank, size_t n, size_t nx, double *p)
{
	double far = 0, all = 0, *ways = ranks_ways(rank, n, nx);
	long mean, w = 0;
	size_t i, s;

	if (!ways)
		return -ENOMEM;
	/* Doubled ranks of x have the mean nx (n + 1): a whole number. */
	mean = (long)(nx * (n + 1));
	for (i = 0; i < nx; i++)
		w += (long)rank[i];
	for (s = 0; s <= n * (n + 1); s++) {
		all += ways[s];
		if (labs((long)s - mean) >= labs(w - mean))
			far += ways[s];
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
	ties = ranks_doubled(pool, order, n, rank);
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

double ranks_choices(size_t nx, size_t n)
{
	double k = (double)nx, all = (double)n;

	return exp(lgamma(all + 1) - lgamma(k + 1) - lgamma(all - k + 1));
}

double stats_least_p(size_t nx, size_t ny)
{
	return fmin(1, 2 / ranks_choices(nx, nx + ny));
}

size_t stats_needed(size_t m, double alpha)
{
	size_t n = STATS_MIN_N;

	/* The tiny factor forgives lgamma() its rounding, no more. */
	while (stats_least_p(n, n) * (double)m > alpha * (1 + 1e-9))
		n++;
	return n;
}
