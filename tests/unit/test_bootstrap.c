// SPDX-License-Identifier: GPL-2.0-only
/*
 * BCa intervals against the exact bootstrap distribution, against a naive
 * second computation, and by their coverage.
 */
#include "unit.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>

#include "stats/stats.h"

static void bca(enum statistic what, const double *x, size_t nx,
		const double *y, size_t ny, struct interval *ci)
{
	assert_int_equal(stats_bca(what, x, nx, y, ny, 42, ci), 0);
}

/*
 * For odd n the bootstrap median is an order statistic, and is at most the
 * k-th with the probability that a binomial(n, k/n) reaches (n + 1)/2.  So
 * the whole interval can be had without a single random number.
 */
static void exact_interval(const double *sorted, unsigned int n,
			   struct interval *ci)
{
	double cdf[64], theta[64], mean = 0, z0, a, level, c2 = 0, c3 = 0;
	unsigned int h = (n + 1) / 2, k, side;

	cdf[0] = 0;
	for (k = 1; k <= n; k++)
		cdf[k] = gsl_cdf_binomial_Q(h - 1, (double)k / n, n);
	z0 = gsl_cdf_ugaussian_Pinv(cdf[h - 1] + (cdf[h] - cdf[h - 1]) / 2);
	for (k = 0; k < n; k++) {
		/* Without the k-th, n - 1 values: the middle two. */
		theta[k] = k < h - 1	? (sorted[h - 1] + sorted[h]) / 2
			   : k == h - 1 ? (sorted[h - 2] + sorted[h]) / 2
					: (sorted[h - 2] + sorted[h - 1]) / 2;
		mean += theta[k] / n;
	}
	for (k = 0; k < n; k++) {
		c2 += pow(mean - theta[k], 2);
		c3 += pow(mean - theta[k], 3);
	}
	a = c3 / (6 * pow(c2, 1.5));
	for (side = 0; side < 2; side++) {
		double z = z0 + gsl_cdf_ugaussian_Pinv(side ? 0.975 : 0.025);

		level = gsl_cdf_ugaussian_P(z0 + z / (1 - a * z));
		for (k = 1; cdf[k] < level; k++)
			;
		/* Monte Carlo cannot tell levels at the very edge apart. */
		assert_true(fabs(cdf[k] - level) > 0.0035);
		assert_true(fabs(cdf[k - 1] - level) > 0.0035);
		*(side ? &ci->hi : &ci->lo) = sorted[k - 1];
	}
}

static void against_exact(void **state)
{
	const double x9[] = { 1, 2, 4, 7, 11, 13, 17, 25, 40 };
	const double x13[] = { 3, 5, 6, 8, 13, 14, 20, 21, 22, 30, 31, 40, 41 };
	const double two[] = { 2, 2, 2, 2, 2, 2 };
	struct interval ci, want;

	(void)state;
	exact_interval(x9, 9, &want);
	bca(STAT_MEDIAN, x9, 9, NULL, 0, &ci);
	assert_near(ci.lo, want.lo, 0);
	assert_near(ci.hi, want.hi, 0);
	/* A constant baseline only scales, or shifts. */
	bca(STAT_RATIO, x9, 9, two, 6, &ci);
	assert_near(ci.lo, want.lo / 2, 0);
	assert_near(ci.hi, want.hi / 2, 0);
	bca(STAT_DIFF, x9, 9, two, 6, &ci);
	assert_near(ci.lo, want.lo - 2, 0);
	assert_near(ci.hi, want.hi - 2, 0);
	exact_interval(x13, 13, &want);
	bca(STAT_MEDIAN, x13, 13, NULL, 0, &ci);
	assert_near(ci.lo, want.lo, 0);
	assert_near(ci.hi, want.hi, 0);
}

/* A naive two-sample BCa of the ratio, written from the formulas. */
#define NAIVE 100000

static uint64_t lcg;

static size_t pick(size_t n)
{
	lcg = lcg * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)((lcg >> 33) % n);
}

static double naive_median(const double *v, size_t n, size_t skip, int random)
{
	double t[64];
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (random || i != skip)
			t[k++] = v[random ? pick(n) : i];
	gsl_sort(t, 1, k);
	return k % 2 ? t[k / 2] : (t[k / 2 - 1] + t[k / 2]) / 2;
}

static double naive_a(const double *x, size_t n, const double *y, size_t m)
{
	double tx[64], ty[64], mx = 0, my = 0, s2 = 0, s3 = 0, l;
	double px = naive_median(x, n, n, 0), py = naive_median(y, m, m, 0);
	size_t i;

	for (i = 0; i < n; i++)
		mx += (tx[i] = naive_median(x, n, i, 0) / py) / (double)n;
	for (i = 0; i < m; i++)
		my += (ty[i] = px / naive_median(y, m, i, 0)) / (double)m;
	/* Davison and Hinkley: sum l^3/n^3 over 6 (sum l^2/n^2)^1.5. */
	for (i = 0; i < n; i++) {
		l = (double)(n - 1) * (mx - tx[i]);
		s2 += l * l / pow((double)n, 2);
		s3 += l * l * l / pow((double)n, 3);
	}
	for (i = 0; i < m; i++) {
		l = (double)(m - 1) * (my - ty[i]);
		s2 += l * l / pow((double)m, 2);
		s3 += l * l * l / pow((double)m, 3);
	}
	return s3 / (6 * pow(s2, 1.5));
}

static void naive_interval(const double *x, size_t n, const double *y, size_t m,
			   double a, struct interval *ci)
{
	double *t = calloc(NAIVE, sizeof(*t)), z0, z, level, below = 0;
	double theta = naive_median(x, n, n, 0) / naive_median(y, m, m, 0);
	size_t i;

	assert_non_null(t);
	lcg = 7;
	for (i = 0; i < NAIVE; i++) {
		t[i] = naive_median(x, n, 0, 1) / naive_median(y, m, 0, 1);
		below += t[i] < theta ? 1 : t[i] == theta ? 0.5 : 0;
	}
	gsl_sort(t, 1, NAIVE);
	z0 = gsl_cdf_ugaussian_Pinv(below / NAIVE);
	z = z0 + gsl_cdf_ugaussian_Pinv(0.025);
	level = gsl_cdf_ugaussian_P(z0 + z / (1 - a * z));
	ci->lo = t[(size_t)(level * NAIVE)];
	z = z0 + gsl_cdf_ugaussian_Pinv(0.975);
	level = gsl_cdf_ugaussian_P(z0 + z / (1 - a * z));
	ci->hi = t[(size_t)(level * NAIVE)];
	free(t);
}

static void against_naive(void **state)
{
	const double x[] = { 10.1, 11.7, 9.2,  14.3, 10.9, 12.2,
			     8.8,  10.4, 13.1, 19.5, 11.1, 9.9 };
	const double y[] = { 7.3, 8.8, 6.1, 7.9, 9.4, 5.2, 8.1, 12.7, 7.1 };
	struct interval ci, want;

	(void)state;
	naive_interval(x, 12, y, 9, naive_a(x, 12, y, 9), &want);
	bca(STAT_RATIO, x, 12, y, 9, &ci);
	assert_near(ci.lo, want.lo, 0.03 * (want.hi - want.lo));
	assert_near(ci.hi, want.hi, 0.03 * (want.hi - want.lo));
}

/*
 * Three values give a median the most acceleration that it can have; the
 * many of y make the ratio nearly continuous, so that it shows.
 */
static void accelerated(void **state)
{
	const double x[] = { 10, 13.9, 14 };
	const double y[] = { 0.95, 0.96, 0.97, 0.985, 0.99,
			     1.01, 1.02, 1.03, 1.045, 1.05 };
	struct interval ci, want, plain;
	double a = naive_a(x, 3, y, 10);

	(void)state;
	assert_true(fabs(a) > 0.05);
	naive_interval(x, 3, y, 10, a, &want);
	naive_interval(x, 3, y, 10, 0, &plain);
	bca(STAT_RATIO, x, 3, y, 10, &ci);
	assert_true(fabs(want.lo - plain.lo) > 0.02);
	assert_near(ci.lo, want.lo, fabs(want.lo - plain.lo) / 4);
}

static void degenerate(void **state)
{
	const double same[] = { 5, 5, 5, 5, 5, 5 };
	const double nearly[] = { 5, 5, 5, 5, 5, 6 };
	const double zero[] = { 0, 1, 1, 1, 1, 1 };
	const double bad[] = { 1, 2, NAN, 4, 5, 6 };
	struct interval ci;

	(void)state;
	bca(STAT_MEDIAN, same, 6, NULL, 0, &ci);
	assert_near(ci.lo, 5, 0);
	assert_near(ci.hi, 5, 0);
	bca(STAT_RATIO, same, 6, same, 6, &ci);
	assert_near(ci.lo, 1, 0);
	/* The jackknife sees nothing, most resamples equal the estimate. */
	bca(STAT_MEDIAN, nearly, 6, NULL, 0, &ci);
	assert_near(ci.lo, 5, 0);
	assert_true(ci.hi >= 5 && ci.hi <= 6);
	bca(STAT_RATIO, nearly, 6, same, 6, &ci);
	assert_near(ci.lo, 1, 0);
	assert_true(isfinite(ci.hi));
	/* One value has no interval. */
	bca(STAT_MEDIAN, same, 1, NULL, 0, &ci);
	assert_true(isnan(ci.lo) && isnan(ci.hi));
	bca(STAT_MEDIAN, same, 0, NULL, 0, &ci);
	assert_true(isnan(ci.lo));
	assert_int_equal(stats_bca(STAT_MEDIAN, bad, 6, NULL, 0, 1, &ci),
			 -EINVAL);
	assert_int_equal(stats_bca(STAT_RATIO, same, 6, zero, 6, 1, &ci),
			 -EINVAL);
	assert_int_equal(stats_bca(STAT_DIFF, same, 6, zero, 6, 1, &ci), 0);
}

/* The same arguments, the same interval; the mirror image, mirrored. */
static void repeatable(void **state)
{
	const double x[] = { 1, 2, 4, 7, 11, 13, 17, 25 };
	const double mirror[] = { -1, -2, -4, -7, -11, -13, -17, -25 };
	struct interval a, b;

	(void)state;
	bca(STAT_MEDIAN, x, 8, NULL, 0, &a);
	bca(STAT_MEDIAN, x, 8, NULL, 0, &b);
	assert_true(!memcmp(&a, &b, sizeof(a)));
	bca(STAT_MEDIAN, mirror, 8, NULL, 0, &b);
	assert_near(a.lo, -b.hi, 2);
	assert_near(a.hi, -b.lo, 2);
}

/* Of 95% intervals, about 95% hold the truth: for small n a bit less. */
#define TRIALS 200

static void coverage(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t i, k, median = 0, ratio = 0;
	struct interval ci;
	double x[12], y[12];

	(void)state;
	assert_non_null(rng);
	gsl_rng_set(rng, 2026);
	for (i = 0; i < TRIALS; i++) {
		for (k = 0; k < 12; k++) {
			x[k] = 110 + gsl_ran_gaussian(rng, 5);
			y[k] = 100 + gsl_ran_gaussian(rng, 5);
		}
		assert_int_equal(stats_bca(STAT_MEDIAN, x, 12, NULL, 0, i, &ci),
				 0);
		median += ci.lo <= 110 && 110 <= ci.hi;
		assert_int_equal(stats_bca(STAT_RATIO, x, 12, y, 12, i, &ci),
				 0);
		ratio += ci.lo <= 1.1 && 1.1 <= ci.hi;
	}
	gsl_rng_free(rng);
	print_message("# coverage of %d: median %zu, ratio %zu\n", TRIALS,
		      median, ratio);
	assert_in_range(median, TRIALS * 90 / 100, TRIALS * 99 / 100);
	assert_in_range(ratio, TRIALS * 90 / 100, TRIALS * 99 / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_exact),
		cmocka_unit_test(against_naive),
		cmocka_unit_test(accelerated),
		cmocka_unit_test(degenerate),
		cmocka_unit_test(repeatable),
		cmocka_unit_test(coverage),
	};

	return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}
