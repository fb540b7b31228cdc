// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hodges-Lehmann, its interval, and maxT: known answers, brute force, and what they
 * promise, by simulation with fixed seeds.
 */
#include "unit.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>

#include "stats/stats.h"

#define DRAWS 4000
#define RUNS 400
#define MAX_N 20
#define METRICS 12

static void shift(bool ratio, const double *x, size_t nx, const double *y,
		  size_t ny, double *est, struct interval *ci)
{
	assert_int_equal(stats_shift(ratio, x, nx, y, ny, 0.05, est, ci), 0);
}

/*
 * Hollander and Wolfe, Nonparametric Statistical Methods, example 4.1: permeability
 * of the human chorioamnion at term and at 12 to 26 weeks.  Their estimate is 0.305
 * for term less earlier, and the interval of 95.6 % is from -0.15 to 0.76.
 */
static void textbook(void **state)
{
	const double term[] = { 0.80, 0.83, 1.89, 1.04, 1.45,
				1.38, 1.91, 1.64, 0.73, 1.46 };
	const double early[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
	struct interval ci;
	double est;

	(void)state;
	shift(false, term, 10, early, 5, &est, &ci);
	assert_near(est, 0.305, 1e-9);
	assert_near(ci.lo, -0.15, 1e-9);
	assert_near(ci.hi, 0.76, 1e-9);
}

/* 4 against 4: the outermost differences, 1 - 2/70. */
static void smallest(void **state)
{
	const double x[] = { 10, 11, 12, 13 }, y[] = { 1, 2, 3, 4 };
	const double c[] = { 5, 5, 5, 5 }, z[] = { 0, 1, 2, 3 };
	struct interval ci;
	double est;

	(void)state;
	shift(false, x, 4, y, 4, &est, &ci);
	assert_near(est, 9, 1e-12);
	assert_near(ci.lo, 6, 1e-12);
	assert_near(ci.hi, 12, 1e-12);
	shift(true, x, 4, y, 4, &est, &ci);
	assert_near(ci.lo, 10.0 / 4, 1e-12);
	assert_near(ci.hi, 13, 1e-12);
	shift(false, x, 3, y, 3, &est, &ci);
	assert_near(est, 9, 1e-12);
	assert_true(isnan(ci.lo) && isnan(ci.hi));
	/* Variance on one side, on none, and a value that has no logarithm. */
	shift(true, x, 4, c, 4, &est, &ci);
	assert_near(ci.lo, 2, 1e-12);
	assert_near(ci.hi, 2.6, 1e-12);
	shift(true, c, 4, c, 4, &est, &ci);
	assert_true(est == 1 && ci.lo == 1 && ci.hi == 1);
	assert_int_equal(stats_shift(true, x, 4, z, 4, 0.05, &est, &ci),
			 -EINVAL);
	assert_true(isnan(est));
}

static void medians(void **state)
{
	const double x[] = { 8, 3, 1, 6, 2, 7, 4, 5, 9, 10, 11, 12 };
	struct interval ci;

	(void)state;
	/* P(Bin(12, 1/2) <= 2) = 0.0193: the third from each end. */
	assert_int_equal(stats_median_interval(x, 12, 0.05, &ci), 0);
	assert_near(ci.lo, 3, 0);
	assert_near(ci.hi, 10, 0);
	assert_int_equal(stats_median_interval(x, 8, 0.05, &ci), 0);
	assert_near(ci.lo, 1, 0);
	assert_near(ci.hi, 8, 0);
	assert_int_equal(stats_median_interval(x, 4, 0.05, &ci), 0);
	assert_near(ci.lo, 1, 0);
	assert_near(ci.hi, 8, 0);
	assert_int_equal(stats_median_interval(x, 1, 0.05, &ci), 0);
	assert_true(isnan(ci.lo));
}

enum shape {
	NORMAL,
	SKEWED,
	TWO_HUMPS,
	TIED,
	N_SHAPES
};

static double draw(enum shape shape, gsl_rng *rng)
{
	switch (shape) {
	case NORMAL:
		return gsl_ran_gaussian(rng, 1);
	case SKEWED:
		return gsl_ran_lognormal(rng, 0, 1);
	case TWO_HUMPS:
		return gsl_ran_gaussian(rng, 0.3) +
		       (gsl_rng_uniform(rng) < 0.5 ? 4 : 0);
	default:
		return (double)gsl_rng_uniform_int(rng, 3);
	}
}

static double coverage(enum shape shape, size_t n, gsl_rng *rng)
{
	double x[MAX_N], y[MAX_N], est, in = 0;
	struct interval ci;
	size_t i, k;

	for (i = 0; i < DRAWS; i++) {
		for (k = 0; k < n; k++) {
			x[k] = draw(shape, rng) + 7;
			y[k] = draw(shape, rng);
		}
		shift(false, x, n, y, n, &est, &ci);
		in += ci.lo <= 7 + 1e-9 && ci.hi >= 7 - 1e-9;
	}
	return in / DRAWS;
}

/*
 * The exact levels that ranks give (5: 1 - 2 * 4/252, 10: 95.7 %, 20: 95.2 %), within
 * three standard errors of the simulation; with ties at least 95 %.
 */
static void covers(void **state)
{
	static const struct {
		size_t n;
		double level;
	} sizes[] = { { 4, 1 - 2.0 / 70 },
		      { 5, 1 - 2.0 * 4 / 252 },
		      { 10, 0.957 },
		      { 20, 0.952 } };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double got, error;

	(void)state;
	gsl_rng_set(rng, 20261127);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (enum shape s = 0; s < N_SHAPES; s++) {
			got = coverage(s, sizes[i].n, rng);
			error = 3 * sqrt(0.05 * 0.95 / DRAWS);
			print_message("# n %zu, shape %d: %.4f\n", sizes[i].n,
				      s, got);
			assert_true(got > sizes[i].level - error);
			assert_true(s == TIED || got < sizes[i].level + error);
		}
	gsl_rng_free(rng);
}

/* maxT of one metric is its permutation test; enumerated here without haste. */
static void one_metric(void **state)
{
	const double v[] = { 1, 5, 2, 9, 4, 7, 3, 8 };
	double observed, sum, total = 36 + 3, far = 0, all = 0, p;

	(void)state;
	observed = fabs(1 + 5 + 2 + 9 - total / 2);
	for (unsigned int m = 0; m < 256; m++) {
		if (__builtin_popcount(m) != 4)
			continue;
		sum = 0;
		for (size_t i = 0; i < 8; i++)
			sum += m >> i & 1 ? v[i] : 0;
		all++;
		far += fabs(sum - total / 2) >= observed - 1e-9;
	}
	assert_int_equal(stats_maxt(v, 1, 4, 4, &p), 0);
	assert_near(p, far / all, 1e-12);
}

/* A sure difference stays as sure, however many metrics there are beside it. */
static void many_metrics(void **state)
{
	enum {
		M = 300
	};
	double *v = calloc(M * 8, sizeof(*v)), *p = calloc(M, sizeof(*p));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	for (size_t i = 0; i < M * 8; i++)
		v[i] = gsl_ran_gaussian(rng, 1);
	for (size_t i = 0; i < 8; i++)
		v[17 * 8 + i] = (i < 4 ? 640 : 1000) + v[i] * 0.1;
	assert_int_equal(stats_maxt(v, M, 4, 4, p), 0);
	assert_near(p[17], 2.0 / 70, 1e-12);
	for (size_t i = 0; i < M; i++)
		assert_true(i == 17 || p[i] > 0.05);
	/* A seed that is missing, a metric that does not vary. */
	v[17 * 8 + 3] = NAN;
	for (size_t i = 0; i < 8; i++)
		v[18 * 8 + i] = 3;
	assert_int_equal(stats_maxt(v, M, 4, 4, p), 0);
	assert_near(p[17], 2.0 / 70, 1e-12);
	assert_near(p[18], 1, 1e-12);
	assert_int_equal(stats_maxt(v, 0, 4, 4, p), 0);
	assert_int_equal(stats_maxt(v, 1, 0, 4, p), -EINVAL);
	gsl_rng_free(rng);
	free(p);
	free(v);
}

/* How often the least p of METRICS without any difference is at most 5 %. */
static double family_wise(enum shape shape, size_t n, size_t runs, gsl_rng *rng)
{
	double v[METRICS * 2 * MAX_N], p[METRICS], wrong = 0, common;
	size_t i, k;

	for (size_t run = 0; run < runs; run++) {
		for (i = 0; i < 2 * n; i++) {
			common = draw(shape,
				      rng); /* metrics of a seed are alike */
			for (k = 0; k < METRICS; k++)
				v[k * 2 * n + i] =
					shape == TIED
						? draw(shape, rng)
						: draw(shape, rng) + common;
		}
		assert_int_equal(stats_maxt(v, METRICS, n, n, p), 0);
		wrong += p[gsl_stats_min_index(p, 1, METRICS)] <= 0.05;
	}
	return wrong / (double)runs;
}

static void errors(void **state)
{
	static const struct {
		size_t n, runs;
	} sizes[] = { { 5, 2 * RUNS }, { 10, RUNS / 2 }, { 20, RUNS / 4 } };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double got, error;

	(void)state;
	gsl_rng_set(rng, 20261127);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (enum shape s = 0; s < N_SHAPES; s++) {
			got = family_wise(s, sizes[i].n, sizes[i].runs, rng);
			error = 3 * sqrt(0.05 * 0.95 / (double)sizes[i].runs);
			print_message("# n %zu, shape %d: %.4f\n", sizes[i].n,
				      s, got);
			assert_true(got <= 0.05 + error);
		}
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(textbook),   cmocka_unit_test(smallest),
		cmocka_unit_test(medians),    cmocka_unit_test(covers),
		cmocka_unit_test(one_metric), cmocka_unit_test(many_metrics),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
