// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several blocks: van Elteren's test, its shift and interval, and maxT within blocks,
 * against an enumeration of every deal in rational numbers that was made elsewhere (the
 * interval there: every shift tried, kept where neither one-sided test rejects it); one
 * block against the plain tests; what is promised, by simulation with fixed seeds.
 */
#include "unit.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "stats/blocks.h"

#define RUNS 400
#define HOSTS 3
#define SEEDS 5

static const double ax[] = { 3.1, 4.7, 5.2 }, ay[] = { 2.0, 3.5, 4.1, 1.1 };
static const double bx[] = { 10, 12.5, 9.1, 14 }, by[] = { 8, 9.1, 7.7 };
static const struct strata tied[] = { { ax, ay, 3, 4 }, { bx, by, 4, 3 } };

static const double cx[] = { 5.3, 6.1, 7.2, 8.4 }, cy[] = { 4, 4.9, 5.8, 6.6 };
static const double dx[] = { 50.2, 61.7, 58.3, 55.4 };
static const double dy[] = { 40.1, 49.6, 52.8, 47.5 };
static const double ex[] = { 1.31, 1.42 }, ey[] = { 1.05, 1.17, 1.22 };
static const struct strata uneven[] = { { cx, cy, 4, 4 },
					{ dx, dy, 4, 4 },
					{ ex, ey, 2, 3 } };

static double test_p(const struct strata *s, size_t n)
{
	bool exact;
	double p;

	assert_int_equal(stats_blocks_test(s, n, &p, &exact), 0);
	assert_true(exact);
	return p;
}

static void enumerated(void **state)
{
	(void)state;
	assert_near(test_p(tied, 2), 4.0 / 245, 1e-12);
	assert_near(test_p(uneven, 3), 13.0 / 6125, 1e-12);
	assert_near(stats_blocks_least_p(tied, 2), 2.0 / (35 * 35), 1e-12);
	assert_near(stats_blocks_least_p(uneven, 3), 2.0 / (70 * 70 * 10),
		    1e-12);
}

static void shift_is(const struct strata *s, size_t n, bool ratio, double est,
		     double lo, double hi)
{
	struct interval ci;
	double found;

	assert_int_equal(stats_blocks_shift(ratio, s, n, 0.05, &found, &ci), 0);
	assert_near(found, est, 1e-9);
	assert_near(ci.lo, lo, 1e-9);
	assert_near(ci.hi, hi, 1e-9);
}

static void shifts(void **state)
{
	(void)state;
	shift_is(tied, 2, false, 2, 0.6, 4.8);
	shift_is(tied, 2, true, 1.4285714285714286, 1.0989010989010992, 2.6);
	shift_is(uneven, 3, false, 1.8, 0.25, 7.9);
	shift_is(uneven, 3, true, 1.2136752136752138, 1.0816326530612244,
		 1.3523809523809522);
}

/* Three metrics, one of them with values missing; 200 deals. */
static void maxt(void **state)
{
	static const struct block b[] = { { 3, 3 }, { 2, 3 } };
	double v[3][11] = {
		{ 3, 4, 6, 1, 2, 5, 9, 8, 4, 5, 7 },
		{ 1, 5, 2, 4, 3, 6, 2, 7, 1, 9, 4 },
		{ 7, 8, NAN, 5, 6, 2, 30, 40, 10, NAN, 20 },
	};
	double p[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(stats_blocks_scores(v[i], b, 2), 0);
	assert_near(v[0][0], 3.0 / 7, 1e-12);
	assert_true(isnan(v[2][2]));
	assert_near(v[2][1], 5.0 / 6, 1e-12);
	assert_int_equal(stats_maxt_blocks(v[0], 3, b, 2, p), 0);
	assert_near(p[0], 0.1, 1e-12);
	assert_near(p[1], 0.47, 1e-12);
	assert_near(p[2], 0.02, 1e-12);
}

/* A host that has nothing of the one side changes nothing. */
static void one_sided(void **state)
{
	const struct strata s[] = { tied[0], { bx, NULL, 4, 0 }, tied[1] };
	static const struct block b[] = { { 3, 3 }, { 4, 0 }, { 2, 3 } };
	double v[] = { 3, 4, 6, 1, 2, 5, 4, 3, 2, 1, 9, 8, 4, 5, 7 }, p;

	(void)state;
	assert_near(test_p(s, 3), 4.0 / 245, 1e-12);
	shift_is(s, 3, false, 2, 0.6, 4.8);
	assert_int_equal(stats_blocks_scores(v, b, 3), 0);
	assert_int_equal(stats_maxt_blocks(v, 1, b, 3, &p), 0);
	/* One metric: van Elteren's own p. */
	assert_near(
		p,
		test_p((const struct strata[]){ { (double[]){ 3, 4, 6 },
						  (double[]){ 1, 2, 5 }, 3, 3 },
						{ (double[]){ 9, 8 },
						  (double[]){ 4, 5, 7 }, 2,
						  3 } },
		       2),
		1e-12);
}

/* One block: Mann and Whitney, Hodges and Lehmann, to the last digit that counts. */
static void one_block(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double x[30], y[30], p, q, est, plain;
	struct interval a, b;
	bool exact;

	(void)state;
	for (size_t run = 0; run < RUNS; run++) {
		size_t nx = 4 + run % 23, ny = 4 + run % 19;
		struct strata s = { x, y, nx, ny };

		/* Every other run has ties. */
		for (size_t i = 0; i < 30; i++) {
			x[i] = gsl_ran_gaussian(rng, 4) + 21;
			y[i] = gsl_ran_gaussian(rng, 4) + 20;
			if (run % 2) {
				x[i] = round(x[i]);
				y[i] = round(y[i]);
			}
		}
		assert_int_equal(stats_rank_test(x, nx, y, ny, &q, &exact), 0);
		p = test_p(&s, 1);
		assert_near(p, q, 1e-9);
		assert_int_equal(
			stats_blocks_shift(true, &s, 1, 0.05, &est, &a), 0);
		assert_int_equal(
			stats_shift(true, x, nx, y, ny, 0.05, &plain, &b), 0);
		assert_near(est, plain, 1e-9);
		assert_near(a.lo, b.lo, 1e-9);
		assert_near(a.hi, b.hi, 1e-9);
	}
	gsl_rng_free(rng);
}

/*
 * Hosts that lie far apart, each with the same shift: the interval covers it, no shift
 * is found where none is, and one that a host alone cannot prove is.
 */
static void promises(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double x[HOSTS][SEEDS], y[HOSTS][SEEDS], p, est;
	size_t covered = 0, alarms = 0, found = 0;
	struct strata s[HOSTS];
	struct interval ci;

	(void)state;
	for (size_t run = 0; run < RUNS; run++) {
		for (size_t h = 0; h < HOSTS; h++) {
			for (size_t i = 0; i < SEEDS; i++) {
				x[h][i] = 100 * (double)h +
					  gsl_ran_gaussian(rng, 1);
				y[h][i] = 100 * (double)h +
					  gsl_ran_gaussian(rng, 1);
			}
			s[h] = (struct strata){ x[h], y[h], SEEDS, SEEDS };
		}
		alarms += test_p(s, HOSTS) <= 0.05;
		for (size_t h = 0; h < HOSTS; h++)
			for (size_t i = 0; i < SEEDS; i++)
				x[h][i] += 2;
		p = test_p(s, HOSTS);
		found += p <= 0.05 / 20;
		assert_int_equal(
			stats_blocks_shift(false, s, HOSTS, 0.05, &est, &ci),
			0);
		covered += ci.lo <= 2 && ci.hi >= 2;
	}
	gsl_rng_free(rng);
	assert_in_range(alarms, RUNS / 100, RUNS * 8 / 100);
	assert_in_range(covered, RUNS * 93 / 100, RUNS * 99 / 100);
	assert_true(found > RUNS * 9 / 10);
	/* 2/252 is the least of one host. */
	assert_true(stats_blocks_least_p(s, 1) > 0.05 / 20);
}

/*
 * Many sizes without a common weight, or too many values: normal approximation.  A block
 * of ties adds values and nothing else, so that the p beside it is what it should come near.
 */
static void approximation(void **state)
{
	enum {
		N = 4,
		MAX = 40
	};
	static const size_t n[N] = { 30, 33, 35, 36 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double x[N][MAX], y[N][MAX], ties[MAX] = { 0 }, p, q, est;
	struct strata s[N], even[N + 1];
	struct interval ci;
	bool exact;

	(void)state;
	for (size_t h = 0; h < N; h++) {
		for (size_t i = 0; i < MAX; i++) {
			x[h][i] = gsl_ran_gaussian(rng, 1) + 0.3;
			y[h][i] = gsl_ran_gaussian(rng, 1);
		}
		s[h] = (struct strata){ x[h], y[h], n[h], n[h] - 1 };
		even[h] = (struct strata){ x[h], y[h], 20, 20 };
	}
	even[N] = (struct strata){ ties, ties, 20, 21 };
	gsl_rng_free(rng);
	q = test_p(even, N);
	assert_int_equal(stats_blocks_test(even, N + 1, &p, &exact), 0);
	assert_false(exact);
	assert_true(fabs(log(p / q)) < 0.1);
	assert_int_equal(stats_blocks_test(s, N, &p, &exact), 0);
	assert_false(exact);
	assert_int_equal(stats_blocks_shift(false, s, N, 0.05, &est, &ci), 0);
	assert_true(ci.lo < est && est < ci.hi);
	/* 2 x 1.96 deviations of the estimate, sqrt(pi / 3 (1 / 134 + 1 / 130)). */
	assert_in_range((size_t)(1000 * (ci.hi - ci.lo)), 440, 560);
}

static void constants(void **state)
{
	static const double a[] = { 11, 11, 11 }, b[] = { 10, 10, 10 };
	static const double c[] = { 26, 26, 26 }, d[] = { 20, 20, 20 };
	const struct strata s[] = { { a, b, 3, 3 }, { c, d, 3, 3 } };
	const struct strata same[] = { { a, a, 3, 3 }, { c, c, 3, 3 } };

	(void)state;
	/* Between two equal weights: the middle of the logarithms. */
	shift_is(s, 2, true, sqrt(1.1 * 1.3), 1.1, 1.3);
	shift_is(same, 2, true, 1, 1, 1);
	assert_near(test_p(same, 2), 1, 0);
}

static void refused(void **state)
{
	static const double bad[] = { 1, NAN, 3 }, zero[] = { 0, 1, 2 };
	struct strata s[] = { { ax, ay, 3, 4 }, { bad, by, 3, 3 } };
	const struct strata none[] = { { ax, ay, 3, 0 }, { bx, by, 0, 3 } };
	static const struct block empty[] = { { 3, 0 }, { 0, 3 } };
	double est, p, v[] = { 1, 2, 3, 1, 2, 3 };
	struct interval ci;
	bool exact;

	(void)state;
	assert_int_equal(stats_blocks_test(s, 2, &p, &exact), -EINVAL);
	assert_int_equal(stats_blocks_test(none, 2, &p, &exact), -EINVAL);
	assert_int_equal(stats_blocks_shift(false, none, 2, 0.05, &est, &ci),
			 -EINVAL);
	s[1].x = zero;
	assert_int_equal(stats_blocks_shift(true, s, 2, 0.05, &est, &ci),
			 -EINVAL);
	assert_true(isnan(est) && isnan(ci.lo));
	assert_int_equal(stats_blocks_shift(false, s, 2, 0.05, &est, &ci), 0);
	assert_int_equal(stats_maxt_blocks(v, 1, empty, 2, &p), -EINVAL);
}

/* Too few seeds for an interval: 2/36 is more than 5 %. */
static void too_few(void **state)
{
	const struct strata s[] = { { ax, ay, 2, 2 }, { bx, by, 2, 2 } };
	struct interval ci;
	double est;

	(void)state;
	assert_int_equal(stats_blocks_shift(false, s, 2, 0.05, &est, &ci), 0);
	assert_true(isfinite(est) && isnan(ci.lo) && isnan(ci.hi));
	assert_near(stats_blocks_least_p(s, 2), 2.0 / 36, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enumerated),	 cmocka_unit_test(shifts),
		cmocka_unit_test(maxt),		 cmocka_unit_test(one_sided),
		cmocka_unit_test(one_block),	 cmocka_unit_test(promises),
		cmocka_unit_test(approximation), cmocka_unit_test(constants),
		cmocka_unit_test(refused),	 cmocka_unit_test(too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
