// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hodges and Lehmann's shift and the intervals that ranks give.  See stats.h.
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

double *ranks_u(size_t nx, size_t ny)
{
	size_t top = nx * ny, i, u;
	double *c = calloc(top + 1, sizeof(*c));

	if (!c)
		return NULL;
	c[0] = 1;
	for (i = 1; i <= nx; i++) {
		for (u = top; u >= ny + i && u <= top; u--)
			c[u] -= c[u - ny - i];
		for (u = i; u <= top; u++)
			c[u] += c[u - i];
	}
	return c;
}

/*
 * The largest k with P(U < k) at most @tail: the k-th differences from both
 * ends bound the interval.  0: even the outermost are not far enough.
 */
static int outer_rank(size_t nx, size_t ny, double tail, size_t *k)
{
	double n = (double)(nx + ny), all = 0, below = 0, var, *c;
	size_t u;

	if (nx + ny > RANKS_U_MAX) {
		var = (double)nx * (double)ny * (n + 1) / 12;
		*k = (size_t)fmax(
			0, floor((double)nx * (double)ny / 2 +
				 gsl_cdf_ugaussian_Pinv(tail) * sqrt(var)));
		return 0;
	}
	c = ranks_u(nx, ny);
	if (!c)
		return -ENOMEM;
	for (u = 0; u <= nx * ny; u++)
		all += c[u];
	for (*k = 0; below + c[*k] <= tail * all; ++*k)
		below += c[*k];
	free(c);
	return 0;
}

/* All differences of x and y, or of their logarithms, in order. */
static double *differences(bool ratio, const double *x, size_t nx,
			   const double *y, size_t ny)
{
	double *d = calloc(nx * ny, sizeof(*d));
	size_t i, j;

	if (!d)
		return NULL;
	for (i = 0; i < nx; i++)
		for (j = 0; j < ny; j++)
			d[i * ny + j] =
				ratio ? log(x[i]) - log(y[j]) : x[i] - y[j];
	gsl_sort(d, 1, nx * ny);
	return d;
}

bool ranks_positive(const double *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] <= 0)
			return false;
	return true;
}

int stats_shift(bool ratio, const double *x, size_t nx, const double *y,
		size_t ny, double alpha, double *estimate, struct interval *out)
{
	size_t k, n = nx * ny;
	double *d;
	int ret;

	*estimate = out->lo = out->hi = NAN;
	if (!nx || !ny || !stats_finite(x, nx) || !stats_finite(y, ny) ||
	    (ratio && (!ranks_positive(x, nx) || !ranks_positive(y, ny))))
		return -EINVAL;
	if (stats_constant(x, nx) && stats_constant(y, ny)) {
		*estimate = ratio ? x[0] / y[0] : x[0] - y[0];
		out->lo = out->hi = *estimate;
		return 0;
	}
	ret = outer_rank(nx, ny, alpha / 2, &k);
	d = ret ? NULL : differences(ratio, x, nx, y, ny);
	if (!d)
		return ret ? ret : -ENOMEM;
	*estimate = gsl_stats_median_from_sorted_data(d, 1, n);
	if (k) {
		out->lo = d[k - 1];
		out->hi = d[n - k];
	}
	if (ratio) {
		*estimate = exp(*estimate);
		out->lo = exp(out->lo);
		out->hi = exp(out->hi);
	}
	free(d);
	return 0;
}

int stats_median_interval(const double *x, size_t n, double alpha,
			  struct interval *out)
{
	size_t r = 1;
	double *sorted;

	out->lo = out->hi = NAN;
	if (!stats_finite(x, n))
		return -EINVAL;
	if (n < 2)
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, x, n * sizeof(*x));
	gsl_sort(sorted, 1, n);
	/* r - 1 values below it and as many above: P(at most r - 1 of n). */
	while (r < n / 2 && gsl_cdf_binomial_P((unsigned int)r, 0.5,
					       (unsigned int)n) <= alpha / 2)
		r++;
	out->lo = sorted[r - 1];
	out->hi = sorted[n - r];
	free(sorted);
	return 0;
}
