// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts from pairs of samples.
 */
#include "unit.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "stats/adjust.h"
#include "stats/compare.h"

#define DELTA 0.01
#define ALPHA 0.05

/* One comparison that is all there is: p_adj = p. */
static enum verdict judge(enum better better, const double *x, size_t nx,
			  const double *y, size_t ny, struct row *row)
{
	memset(row, 0, sizeof(*row));
	assert_int_equal(compare_row(row, x, nx, y, ny, ALPHA), 0);
	row->p_adj = row->p;
	compare_verdict(row, better, DELTA, ALPHA, 1);
	return row->verdict;
}

static const double low[] = { 100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1 };
static const double high[] = {
	110, 111, 109, 110.5, 109.5, 110.2, 109.8, 110.1
};

static void directions(void **state)
{
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, high, 8, low, 8, &r),
			 VERDICT_WORSE);
	assert_near(r.ratio, 1.1, 1e-3);
	assert_near(r.p, 2.0 / 12870, 1e-12);
	assert_true(r.ratio_ci.lo > 1.08 && r.ratio_ci.hi < 1.12);
	assert_true(r.tested && !r.exact);
	assert_int_equal(judge(BETTER_LOWER, low, 8, high, 8, &r),
			 VERDICT_BETTER);
	assert_int_equal(judge(BETTER_HIGHER, high, 8, low, 8, &r),
			 VERDICT_BETTER);
	assert_int_equal(judge(BETTER_NONE, high, 8, low, 8, &r),
			 VERDICT_DIFFERENT);
}

static void identical(void **state)
{
	const double c[] = { 7, 7, 7, 7, 7, 7 }, d[] = { 8, 8, 8, 8, 8, 8 };
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, low, 8, low, 8, &r), VERDICT_SAME);
	assert_near(r.p, 1, 1e-14);
	assert_int_equal(judge(BETTER_LOWER, c, 6, c, 6, &r), VERDICT_SAME);
	assert_true(r.exact && !r.tested && isnan(r.p));
	assert_string_equal(r.note, "exact");
	assert_near(r.ratio_ci.lo, 1, 0);
	assert_int_equal(judge(BETTER_LOWER, d, 6, c, 6, &r), VERDICT_WORSE);
	assert_near(r.diff, 1, 0);
	assert_near(r.ratio_ci.lo, 8.0 / 7, 0);
	/* A value of two may come up alike twice, here and there: what a test of
	 * so few could not prove is not proven, what is the same still is. */
	assert_int_equal(judge(BETTER_LOWER, d, 2, c, 2, &r),
			 VERDICT_NOT_PROVEN);
	assert_true(r.exact && !r.proven);
	assert_string_equal(
		r.note,
		"exact; too few seeds for significance among 1 variant: 4 needed");
	assert_int_equal(judge(BETTER_LOWER, d, 3, c, 3, &r),
			 VERDICT_NOT_PROVEN);
	assert_int_equal(judge(BETTER_LOWER, d, 4, c, 4, &r), VERDICT_WORSE);
	assert_int_equal(judge(BETTER_LOWER, c, 2, c, 2, &r), VERDICT_SAME);
	assert_string_equal(r.note, "exact");
}

/* Within delta is "same" even when it is surely not equal. */
static void small_but_sure(void **state)
{
	const double c[] = { 1000, 1000, 1000, 1000, 1000, 1000 };
	const double d[] = { 1005, 1005, 1005, 1005, 1005, 1005 };
	const double e[] = { 1005, 1005, 1005, 1006, 1004, 1005 };
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, d, 6, c, 6, &r), VERDICT_SAME);
	/* Variance on one side only. */
	assert_int_equal(judge(BETTER_LOWER, e, 6, c, 6, &r), VERDICT_SAME);
	assert_true(r.tested && !r.exact);
	assert_true(isfinite(r.p) && isfinite(r.ratio_ci.hi));
	assert_near(r.p, 2.0 / 924, 1e-12);
}

/* It is said, though, how much the proven difference is. */
static void same_with_a_difference(void **state)
{
	const double c[] = { 2905, 2905, 2905, 2905, 2905 };
	const double d[] = { 2908, 2908, 2908, 2908, 2908 };
	const double e[] = { 2904, 2905, 2906, 2905, 2904 };
	char text[VERDICT_TEXT];
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, d, 5, c, 5, &r), VERDICT_SAME);
	assert_true(r.proven);
	assert_string_equal(verdict_text(text, &r, "insn"),
			    "same, +3 insn (+0.10%)");
	assert_int_equal(judge(BETTER_LOWER, c, 5, d, 5, &r), VERDICT_SAME);
	assert_string_equal(verdict_text(text, &r, "insn"),
			    "same, -3 insn (-0.10%)");
	assert_int_equal(judge(BETTER_LOWER, e, 5, c, 5, &r), VERDICT_SAME);
	assert_false(r.proven);
	assert_string_equal(verdict_text(text, &r, "insn"), "same");
	assert_int_equal(judge(BETTER_LOWER, c, 5, c, 5, &r), VERDICT_SAME);
	assert_false(r.proven);
}

static void too_few(void **state)
{
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, high, 3, low, 8, &r),
			 VERDICT_NOT_PROVEN);
	assert_true(isnan(r.p) && isnan(r.ratio_ci.lo));
	assert_near(r.ci.lo, 109, 0); /* their range */
	assert_near(r.ci.hi, 111, 0);
	assert_non_null(strstr(r.note, "4 seeds needed"));
	assert_int_equal(judge(BETTER_HIGHER, high, 4, low, 4, &r),
			 VERDICT_BETTER);
	assert_near(r.p, 2.0 / 70, 1e-12);
	/* One seed: nothing is known of its variance. */
	assert_int_equal(judge(BETTER_LOWER, high, 1, low, 1, &r),
			 VERDICT_NOT_PROVEN);
	assert_true(r.tested && !r.exact);
	assert_near(r.ratio, 1.1, 1e-12);
}

/* Six seeds reach 2/924: too little among 100 variants. */
static void too_few_for_variants(void **state)
{
	struct row r;

	(void)state;
	memset(&r, 0, sizeof(r));
	assert_int_equal(compare_row(&r, high, 6, low, 6, ALPHA), 0);
	r.p_adj = r.p * 100;
	compare_verdict(&r, BETTER_LOWER, DELTA, ALPHA, 100);
	assert_int_equal(r.verdict, VERDICT_NOT_PROVEN);
	assert_non_null(strstr(r.note, "among 100 variants: 8 needed"));
}

static void missing(void **state)
{
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, low, 0, low, 8, &r),
			 VERDICT_MISSING);
	assert_true(isnan(r.median) && isnan(r.ratio) && isnan(r.diff));
	assert_int_equal(judge(BETTER_LOWER, low, 8, low, 0, &r),
			 VERDICT_MISSING);
	assert_near(r.median, 100.05, 1e-9);
}

static void baseline_zero(void **state)
{
	const double z[] = { 0, 0, 0, 0, 0, 0, 0 };
	const double some[] = { 0, 0, 0, 0, 1, 2, 3 };
	const double five[] = { 5, 5, 5, 5, 5, 5, 5 };
	const double more[] = { 5, 6, 7, 8, 9, 10, 11 };
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_LOWER, z, 7, z, 7, &r), VERDICT_SAME);
	assert_true(isnan(r.ratio));
	assert_near(r.diff, 0, 0);
	assert_int_equal(judge(BETTER_LOWER, five, 7, z, 7, &r), VERDICT_WORSE);
	assert_non_null(strstr(r.note, "no ratio"));
	assert_int_equal(judge(BETTER_HIGHER, more, 7, some, 7, &r),
			 VERDICT_BETTER);
	assert_true(isnan(r.ratio) && r.diff_ci.lo > 0);
	/* A median above 0, but quotients that would divide by 0. */
	assert_int_equal(judge(BETTER_LOWER, some, 7, more, 7, &r),
			 VERDICT_BETTER);
	assert_int_equal(judge(BETTER_LOWER, more, 7,
			       (const double[]){ 0, 1, 1, 1, 1, 1, 2 }, 7, &r),
			 VERDICT_WORSE);
	assert_true(isnan(r.ratio) && isnan(r.ratio_ci.lo) && r.diff_ci.lo > 0);
}

static void nearer_to_one(void **state)
{
	const double two[] = { 2, 2, 2, 2 }, half[] = { 0.5, 0.5, 0.5, 0.5 },
		     z[] = { 0, 0, 0, 0 };
	const double near[] = { 1.1, 1.1, 1.1, 1.1 }, one[] = { 1, 1, 1, 1 };
	struct row r;

	(void)state;
	assert_int_equal(judge(BETTER_ONE, near, 4, two, 4, &r),
			 VERDICT_BETTER);
	assert_int_equal(judge(BETTER_ONE, near, 4, half, 4, &r),
			 VERDICT_BETTER);
	assert_int_equal(judge(BETTER_ONE, two, 4, one, 4, &r), VERDICT_WORSE);
	assert_int_equal(judge(BETTER_ONE, half, 4, two, 4, &r),
			 VERDICT_NOT_PROVEN);
	assert_non_null(strstr(r.note, "as far from 1"));
	/* 0 is farther from 1 than anything. */
	assert_int_equal(judge(BETTER_ONE, z, 4, two, 4, &r), VERDICT_WORSE);
	assert_int_equal(judge(BETTER_ONE, two, 4, z, 4, &r), VERDICT_BETTER);
	assert_int_equal(judge(BETTER_ONE, z, 4, z, 4, &r), VERDICT_SAME);
	assert_int_equal(judge(BETTER_ONE, two, 4, two, 4, &r), VERDICT_SAME);
}

static void not_finite(void **state)
{
	const double bad[] = { 1, 2, 3, NAN, 5, 6 };
	const double inf[] = { 1, 2, 3, -INFINITY, 5, 6 };
	struct row r;

	(void)state;
	memset(&r, 0, sizeof(r));
	assert_int_equal(compare_row(&r, bad, 6, low, 6, ALPHA), -EINVAL);
	assert_int_equal(compare_row(&r, low, 6, inf, 6, ALPHA), -EINVAL);
}

/* p_adj of A/A rows stays empty: their own p decides. */
static void aa_uses_raw_p(void **state)
{
	struct row r;

	(void)state;
	memset(&r, 0, sizeof(r));
	assert_int_equal(compare_row(&r, high, 8, low, 8, ALPHA), 0);
	compare_verdict(&r, BETTER_LOWER, DELTA, ALPHA, 1);
	assert_int_equal(r.verdict, VERDICT_WORSE);
	assert_true(verdict_differs(r.verdict));
}

#define METRICS 12
#define SEEDS 5
#define VARIANTS 3
#define RUNS 2000

/*
 * One run of VARIANTS in which all but the last really differ in one metric: is
 * anything else called proven?
 */
static bool false_proof(gsl_rng *rng)
{
	static double value[METRICS][(VARIANTS + 1) * SEEDS];
	struct row rows[METRICS * (VARIANTS + 1)] = { 0 };
	struct arm arms[VARIANTS + 1] = { 0 };
	struct metric metrics[METRICS] = { 0 };
	const struct data d = { .arms = arms,
				.n_arms = VARIANTS + 1,
				.metrics = metrics,
				.n_metrics = METRICS };
	struct comparison c = { .data = &d,
				.rows = rows,
				.n_rows = METRICS * (VARIANTS + 1) };
	bool wrong = false;

	for (size_t a = 0; a <= VARIANTS; a++)
		arms[a] = (struct arm){ .n_seeds = SEEDS, .offset = a * SEEDS };
	for (size_t m = 0; m < METRICS; m++) {
		metrics[m] = (struct metric){ .key = true, .value = value[m] };
		for (size_t i = 0; i < (VARIANTS + 1) * SEEDS; i++)
			value[m][i] =
				100 + gsl_ran_gaussian(rng, 1) +
				(!m && i >= SEEDS && i < VARIANTS * SEEDS ? 1000
									  : 0);
		for (size_t a = 0; a <= VARIANTS; a++) {
			struct row *r = &rows[m * (VARIANTS + 1) + a];

			if (a)
				assert_int_equal(
					compare_row(r, value[m] + a * SEEDS,
						    SEEDS, value[m], SEEDS,
						    ALPHA),
					0);
			r->metric = m;
			r->arm = a;
		}
	}
	assert_int_equal(compare_adjust(&c), 0);
	for (size_t i = 0; i < c.n_rows; i++)
		if (rows[i].arm && rows[i].p_adj <= ALPHA &&
		    (rows[i].metric || rows[i].arm == VARIANTS))
			wrong = true;
	return wrong;
}

/* Real effects beside it do not loosen what the others have to show. */
static void family_wise(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double wrong = 0;

	(void)state;
	gsl_rng_set(rng, 1);
	for (size_t i = 0; i < RUNS; i++)
		wrong += false_proof(rng);
	gsl_rng_free(rng);
	print_message("# family-wise error %.4f\n", wrong / RUNS);
	assert_true(wrong / RUNS <= 0.05 + 3 * sqrt(0.05 * 0.95 / RUNS));
}

#define LOOKS 3 /* at 6, 9 and 12 seeds, as run-auto.sh does */
#define LOOK_METRICS 3
#define LOOK_VARIANTS 2
#define LOOK_RUNS 400

/* The least p of any metric of any variant, times variants, with @n seeds. */
static double least(const double (*value)[12], size_t n)
{
	double p[LOOK_METRICS], v[LOOK_METRICS * 24], min = 1;

	for (size_t a = 1; a <= LOOK_VARIANTS; a++) {
		for (size_t m = 0; m < LOOK_METRICS; m++) {
			const double *x = value[a * LOOK_METRICS + m];

			memcpy(v + m * 2 * n, x, n * sizeof(*x));
			memcpy(v + m * 2 * n + n, value[m], n * sizeof(*x));
		}
		assert_int_equal(stats_maxt(v, LOOK_METRICS, n, n, p), 0);
		for (size_t m = 0; m < LOOK_METRICS; m++)
			min = fmin(min, p[m] * LOOK_VARIANTS);
	}
	return min;
}

/*
 * Equal variants, looked at until something is found: with a share of alpha a look
 * something is found as rarely as with one look, without it is not.
 */
static void looks(void **state)
{
	static double value[(LOOK_VARIANTS + 1) * LOOK_METRICS][12];
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double shared = 0, whole = 0, error;

	(void)state;
	gsl_rng_set(rng, 1);
	for (size_t i = 0; i < LOOK_RUNS; i++) {
		double min = 1;

		for (size_t k = 0; k < sizeof(value) / sizeof(**value); k++)
			value[k / 12][k % 12] = 100 + gsl_ran_gaussian(rng, 1);
		for (size_t look = 0; look < LOOKS; look++)
			min = fmin(min, least(value, 6 + 3 * look));
		shared += min <= ALPHA / LOOKS;
		whole += min <= ALPHA;
	}
	gsl_rng_free(rng);
	print_message(
		"# at least one false proof over %d looks: %.4f, at the whole alpha each %.4f\n",
		LOOKS, shared / LOOK_RUNS, whole / LOOK_RUNS);
	error = 3 * sqrt(ALPHA * (1 - ALPHA) / LOOK_RUNS);
	assert_true(shared / LOOK_RUNS <= ALPHA + error);
	assert_true(shared > 0 && whole / LOOK_RUNS > ALPHA);
}

/* The share of alpha widens intervals as it does tests. */
static void narrower_alpha(void **state)
{
	static const double x[] = {
		101, 102, 103, 104, 105, 106, 107, 108, 109
	};
	static const double y[] = { 91, 92, 93, 94, 95, 96, 97, 98, 99 };
	struct row wide, narrow;

	(void)state;
	memset(&wide, 0, sizeof(wide));
	memset(&narrow, 0, sizeof(narrow));
	assert_int_equal(compare_row(&narrow, x, 9, y, 9, ALPHA), 0);
	assert_int_equal(compare_row(&wide, x, 9, y, 9, ALPHA / LOOKS), 0);
	assert_true(wide.ratio_ci.lo < narrow.ratio_ci.lo);
	assert_true(wide.ratio_ci.hi > narrow.ratio_ci.hi);
	assert_true(wide.diff_ci.lo < narrow.diff_ci.lo);
	assert_true(wide.ci.lo < narrow.ci.lo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directions),
		cmocka_unit_test(identical),
		cmocka_unit_test(small_but_sure),
		cmocka_unit_test(same_with_a_difference),
		cmocka_unit_test(too_few),
		cmocka_unit_test(too_few_for_variants),
		cmocka_unit_test(missing),
		cmocka_unit_test(baseline_zero),
		cmocka_unit_test(nearer_to_one),
		cmocka_unit_test(not_finite),
		cmocka_unit_test(aa_uses_raw_p),
		cmocka_unit_test(family_wise),
		cmocka_unit_test(looks),
		cmocka_unit_test(narrower_alpha),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
