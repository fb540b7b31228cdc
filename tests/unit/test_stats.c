// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rank test, medians: known answers, and brute force.
 */
#include "unit.h"

#include "stats/stats.h"

static double p_of(const double *x, size_t nx, const double *y, size_t ny)
{
	bool exact = false;
	double p = NAN;

	assert_int_equal(stats_rank_test(x, nx, y, ny, &p, &exact), 0);
	assert_true(exact);
	return p;
}

/* Complete separation: 2 / C(n + m, n). */
static void separation(void **state)
{
	const double x[] = { 1, 2, 3, 4 }, y[] = { 5, 6, 7, 8 };
	double big[16];
	size_t i;

	(void)state;
	assert_near(p_of(x, 4, y, 4), 2.0 / 70, 1e-14);
	assert_near(p_of(y, 4, x, 4), 2.0 / 70, 1e-14);
	assert_near(p_of(x, 3, y, 3), 2.0 / 20, 1e-14);
	assert_near(p_of(x, 1, y, 1), 1, 1e-14);
	for (i = 0; i < 16; i++)
		big[i] = (double)i;
	assert_near(p_of(big, 8, big + 8, 8), 2.0 / 12870, 1e-14);
	assert_near(stats_least_p(8, 8), 2.0 / 12870, 1e-12);
	assert_near(stats_least_p(1, 1), 1, 1e-12);
}

/*
 * Small U by counting partitions.  n = m = 5, U = 3: 1 + 1 + 2 + 3 = 7 of 252
 * ways in one tail, p = 0.05556.  n = 3, m = 5, U = 1: 2 of 56, p = 0.07143.
 * R's wilcox.test() gives the same.
 */
static void tabulated(void **state)
{
	const double x5[] = { 1, 2, 3, 4, 8 }, y5[] = { 5, 6, 7, 9, 10 };
	const double x3[] = { 1, 2, 4 }, y3[] = { 3, 5, 6, 7, 8 };

	(void)state;
	/* U counts pairs with x above y: 8 is above 5, 6 and 7, so U = 3. */
	assert_near(p_of(x5, 5, y5, 5), 2.0 * 7 / 252, 1e-14);
	assert_near(p_of(x3, 3, y3, 5), 2.0 * 2 / 56, 1e-14);
}

/* Twice the sum of midranks over the set, by counting, not by sorting. */
static long rank_sum2(const double *v, size_t n, unsigned int set)
{
	long sum = 0;
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (!(set >> i & 1))
			continue;
		for (j = 0; j < n; j++)
			sum += v[j] < v[i] ? 2 : v[j] == v[i] ? 1 : 0;
		sum += 1;
	}
	return sum;
}

static double brute_p(const double *x, size_t nx, const double *y, size_t ny)
{
	size_t n = nx + ny, i;
	long mean = (long)(nx * (n + 1)), w;
	unsigned int set;
	double v[16], far = 0, all = 0;

	for (i = 0; i < n; i++)
		v[i] = i < nx ? x[i] : y[i - nx];
	w = labs(rank_sum2(v, n, (1U << nx) - 1) - mean);
	for (set = 0; set < 1U << n; set++) {
		if ((size_t)__builtin_popcount(set) != nx)
			continue;
		all++;
		far += labs(rank_sum2(v, n, set) - mean) >= w;
	}
	return far / all;
}

static void ties_by_enumeration(void **state)
{
	const double x[] = { 1, 2, 2, 3, 5 }, y[] = { 2, 3, 3, 4, 5, 5 };
	uint32_t r = 12345;
	double a[7], b[7];
	size_t i, t, na, nb;

	(void)state;
	assert_near(p_of(x, 5, y, 6), brute_p(x, 5, y, 6), 1e-12);
	/* Values 0 to 3 tie all the time; sizes differ. */
	for (t = 0; t < 200; t++) {
		na = 1 + t % 7;
		nb = 1 + t / 7 % 7;
		for (i = 0; i < 7; i++) {
			r = r * 1664525 + 1013904223;
			a[i] = r >> 30;
			r = r * 1664525 + 1013904223;
			b[i] = r >> 30;
		}
		assert_near(p_of(a, na, b, nb), brute_p(a, na, b, nb), 1e-12);
	}
}

/* One tie by hand: {1,2,2} against {2,3,3}: ranks 1 3 3 | 3 5.5 5.5. */
static void ties_by_hand(void **state)
{
	const double x[] = { 1, 2, 2 }, y[] = { 2, 3, 3 };

	(void)state;
	/*
	 * W = 7, mean 10.5.  Of the 20 sums, at most 7: {1,3,3} three ways;
	 * at least 14: {5.5,5.5,3} three ways.  6 / 20.
	 */
	assert_near(p_of(x, 3, y, 3), 0.3, 1e-14);
}

static void symmetric(void **state)
{
	const double x[] = { 1, 4, 6, 7 }, y[] = { 2, 3, 5, 8 };
	const double same[] = { 3, 3, 3, 3, 3, 3 };

	(void)state;
	assert_near(p_of(x, 4, y, 4), 1, 1e-14); /* rank sums 18 and 18 */
	assert_near(p_of(same, 6, same, 6), 1, 1e-14);
}

static void refused(void **state)
{
	const double good[] = { 1, 2 }, bad[] = { 1, NAN };
	const double inf[] = { INFINITY, 1 };
	bool exact;
	double p;

	(void)state;
	assert_int_equal(stats_rank_test(bad, 2, good, 2, &p, &exact), -EINVAL);
	assert_int_equal(stats_rank_test(good, 2, inf, 2, &p, &exact), -EINVAL);
	assert_int_equal(stats_rank_test(good, 0, good, 2, &p, &exact),
			 -EINVAL);
	assert_false(stats_finite(bad, 2));
	assert_true(stats_finite(good, 2));
}

/* Just inside the exact limit and just outside, p must nearly agree. */
static void large(void **state)
{
	double x[101], y[101], exact_p, normal_p;
	bool exact;
	size_t i;

	(void)state;
	for (i = 0; i < 101; i++) {
		x[i] = (double)(i % 17);
		y[i] = (double)(i % 19);
	}
	x[100] = 8; /* about the middle: it hardly moves p */
	exact_p = p_of(x, 100, y, 100);
	assert_int_equal(stats_rank_test(x, 101, y, 100, &normal_p, &exact), 0);
	assert_false(exact);
	assert_near(normal_p, exact_p, 0.02);
	assert_true(exact_p > 0.01 && exact_p < 0.5);
}

static void medians(void **state)
{
	const double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 };

	(void)state;
	assert_near(stats_median(odd, 3), 2, 0);
	assert_near(stats_median(even, 4), 2.5, 0);
	assert_near(stats_median(odd, 1), 3, 0);
	assert_true(isnan(stats_median(odd, 0)));
	assert_true(stats_constant(odd, 1));
	assert_false(stats_constant(odd, 2));
}

/* 2/C(8,4) = 2/70, 2/C(10,5) = 2/252, 2/C(12,6) = 2/924, 2/C(14,7) = 2/3432. */
static void needed(void **state)
{
	(void)state;
	assert_int_equal(stats_needed(1, 0.05), 4); /* 2/70 = 0.0286 */
	assert_int_equal(stats_needed(2, 0.05), 5); /* 4/70 = 0.0571 */
	assert_int_equal(stats_needed(6, 0.05), 5); /* 12/252 = 0.0476 */
	assert_int_equal(stats_needed(7, 0.05), 6); /* 14/252 = 0.0556 */
	assert_int_equal(stats_needed(23, 0.05), 6); /* 46/924 = 0.0498 */
	assert_int_equal(stats_needed(24, 0.05), 7); /* 48/924 = 0.0519 */
	assert_int_equal(stats_needed(35, 1), 4); /* exactly alpha */
	assert_int_equal(stats_needed(36, 1), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separation),
		cmocka_unit_test(tabulated),
		cmocka_unit_test(ties_by_enumeration),
		cmocka_unit_test(ties_by_hand),
		cmocka_unit_test(symmetric),
		cmocka_unit_test(refused),
		cmocka_unit_test(large),
		cmocka_unit_test(medians),
		cmocka_unit_test(needed),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
