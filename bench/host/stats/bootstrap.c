// SPDX-License-Identifier: GPL-2.0-only
/*
 * BCa intervals of medians, their ratios and differences.  See stats.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "stats/stats.h"

/* One sample: as it came, in order, and where in that order each value is. */
struct side {
	const double *v;
	size_t n; /* 0: there is none */
	double *sorted;
	size_t *rank;
	size_t *drawn; /* of a resample: how often each rank */
};

struct boot {
	enum statistic what;
	struct side x, y; /* y is empty for STAT_MEDIAN */
	double *tmp; /* max(x.n, y.n) */
	double theta; /* the estimate */
};

static int side_init(struct side *s, const double *v, size_t n)
{
	size_t *order = calloc(n + 1, sizeof(*order)), i;

	s->v = v;
	s->n = n;
	s->sorted = calloc(n + 1, sizeof(*s->sorted));
	s->rank = calloc(n + 1, sizeof(*s->rank));
	s->drawn = calloc(n + 1, sizeof(*s->drawn));
	if (!order || !s->sorted || !s->rank || !s->drawn) {
		free(order);
		return -ENOMEM;
	}
	if (n)
		gsl_sort_index(order, v, 1, n);
	for (i = 0; i < n; i++) {
		s->sorted[i] = v[order[i]];
		s->rank[order[i]] = i;
	}
	free(order);
	return 0;
}

static void side_free(struct side *s)
{
	free(s->sorted);
	free(s->rank);
	free(s->drawn);
}

static double combine(enum statistic what, double mx, double my)
{
	switch (what) {
	case STAT_RATIO:
		return mx / my;
	case STAT_DIFF:
		return mx - my;
	case STAT_MEDIAN:
		break;
	}
	return mx;
}

/* Sorts v. */
static double median_of(double *v, size_t n)
{
	gsl_sort(v, 1, n);
	return gsl_stats_median_from_sorted_data(v, 1, n);
}

/* The value at @k, from 0, of a resample in order. */
static double drawn_at(const struct side *s, size_t k)
{
	size_t r = 0, below = s->drawn[0];

	while (below <= k)
		below += s->drawn[++r];
	return s->sorted[r];
}

/* Counting ranks: this is called some ten million times in a report. */
static double resampled_median(const struct side *s, const gsl_rng *rng)
{
	size_t i, n = s->n;

	memset(s->drawn, 0, n * sizeof(*s->drawn));
	for (i = 0; i < n; i++)
		s->drawn[s->rank[gsl_rng_uniform_int(rng, n)]]++;
	if (n % 2)
		return drawn_at(s, n / 2);
	return (drawn_at(s, n / 2 - 1) + drawn_at(s, n / 2)) / 2;
}

static double median_without(const struct boot *b, const double *v, size_t n,
			     size_t out)
{
	memcpy(b->tmp, v, out * sizeof(*v));
	memcpy(b->tmp + out, v + out + 1, (n - out - 1) * sizeof(*v));
	return median_of(b->tmp, n - 1);
}

/*
 * Adds one sample's part to the sums of squares and cubes of the influence
 * values, (n - 1)(mean - theta_without_i), each divided by n.
 */
static int jackknife(const struct boot *b, bool of_y, double other,
		     double *squares, double *cubes)
{
	const struct side *s = of_y ? &b->y : &b->x;
	size_t n = s->n, i;
	double *theta = calloc(n, sizeof(*theta));
	double mean = 0, d, m;

	if (!theta)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		m = median_without(b, s->v, n, i);
		theta[i] = of_y ? combine(b->what, other, m)
				: combine(b->what, m, other);
		mean += theta[i] / (double)n;
	}
	for (i = 0; i < n; i++) {
		d = (mean - theta[i]) * (double)(n - 1) / (double)n;
		*squares += d * d;
		*cubes += d * d * d;
	}
	free(theta);
	return 0;
}

static int acceleration(const struct boot *b, double mx, double my, double *a)
{
	double squares = 0, cubes = 0;
	int ret;

	*a = 0;
	ret = jackknife(b, false, my, &squares, &cubes);
	if (!ret && b->y.n)
		ret = jackknife(b, true, mx, &squares, &cubes);
	if (ret)
		return ret;
	*a = cubes / (6 * pow(squares, 1.5));
	if (!isfinite(*a))
		*a = 0; /* the jackknife saw no spread: plain BC interval */
	return 0;
}

static double bias(const double *t, double theta)
{
	double below = 0, n = STATS_RESAMPLES;
	size_t i;

	for (i = 0; i < STATS_RESAMPLES; i++)
		below += t[i] < theta ? 1 : t[i] == theta ? 0.5 : 0;
	return gsl_cdf_ugaussian_Pinv(
		fmin(fmax(below / n, 0.5 / n), 1 - 0.5 / n));
}

/* The BCa level for a plain level; z0 and a are finite. */
static double level(double z0, double a, double plain)
{
	double z = z0 + gsl_cdf_ugaussian_Pinv(plain), scale = 1 - a * z;

	if (scale <= 0)
		return plain < 0.5 ? 0 : 1;
	return gsl_cdf_ugaussian_P(z0 + z / scale);
}

static int bca(const struct boot *b, double mx, double my, const gsl_rng *rng,
	       struct interval *out)
{
	double tail = (1 - STATS_CONFIDENCE) / 2, z0, a;
	double *t = calloc(STATS_RESAMPLES, sizeof(*t));
	size_t i;
	int ret;

	if (!t)
		return -ENOMEM;
	for (i = 0; i < STATS_RESAMPLES; i++) {
		double rx = resampled_median(&b->x, rng);
		double ry = b->y.n ? resampled_median(&b->y, rng) : 0;

		t[i] = combine(b->what, rx, ry);
	}
	gsl_sort(t, 1, STATS_RESAMPLES);
	ret = acceleration(b, mx, my, &a);
	if (ret)
		goto out_free;
	z0 = bias(t, b->theta);
	out->lo = gsl_stats_quantile_from_sorted_data(t, 1, STATS_RESAMPLES,
						      level(z0, a, tail));
	out->hi = gsl_stats_quantile_from_sorted_data(t, 1, STATS_RESAMPLES,
						      level(z0, a, 1 - tail));
	if (!isfinite(out->lo) || !isfinite(out->hi))
		out->lo = out->hi = NAN; /* overflow: no interval */
out_free:
	free(t);
	return ret;
}

static bool all_positive(const double *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] <= 0)
			return false;
	return true;
}

int stats_bca(enum statistic what, const double *x, size_t nx, const double *y,
	      size_t ny, uint64_t seed, struct interval *out)
{
	struct boot b = { .what = what };
	double mx, my = 0;
	gsl_rng *rng;
	int ret;

	out->lo = out->hi = NAN;
	if (what == STAT_MEDIAN)
		ny = 0;
	if (!stats_finite(x, nx) || !stats_finite(y, ny) ||
	    (what == STAT_RATIO && !all_positive(y, ny)))
		return -EINVAL;
	if (nx < 2 || (what != STAT_MEDIAN && ny < 2))
		return 0;
	mx = stats_median(x, nx);
	if (ny)
		my = stats_median(y, ny);
	b.theta = combine(what, mx, my);
	if (stats_constant(x, nx) && stats_constant(y, ny)) {
		out->lo = out->hi = b.theta;
		return 0;
	}
	b.tmp = calloc(nx > ny ? nx : ny, sizeof(*b.tmp));
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	ret = b.tmp && rng ? 0 : -ENOMEM;
	if (!ret)
		ret = side_init(&b.x, x, nx);
	if (!ret)
		ret = side_init(&b.y, y, ny);
	if (!ret) {
		gsl_rng_set(rng,
			    (unsigned long)(seed ^ seed >> 32) & 0xffffffff);
		ret = bca(&b, mx, my, rng, out);
	}
	if (rng)
		gsl_rng_free(rng);
	side_free(&b.x);
	side_free(&b.y);
	free(b.tmp);
	return ret;
}
