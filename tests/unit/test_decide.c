// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who dominates whom, on planted data: variants a (the baseline), b, c; metrics x, y.
 */
#include "unit.h"

#include "load/criteria.h"
#include "pages/decision.h"
#include "stats/decide.h"

#define SEEDS 6
#define ARMS 3
#define METRICS 2

static const long seeds[SEEDS] = { 1, 2, 3, 4, 5, 6 };
static char *specs[] = { "case@a=1" };
static char *globs_x[] = { "case@*:x" };
static char *globs_y[] = { "*:y" };
static char *labels[ARMS] = { "a", "b", "c" };

/* All that a decision is made of. */
struct fixture {
	struct criterion criteria[2];
	struct variant variants[ARMS];
	struct property properties[ARMS][2];
	struct run run;
	struct arm arms[ARMS];
	struct cell cells[ARMS * SEEDS];
	double values[METRICS][ARMS * SEEDS];
	unsigned char status[METRICS][ARMS * SEEDS];
	struct metric metrics[METRICS];
	struct data data;
	struct comparison c;
	struct decision d;
};

static struct fixture f;

/* Every value 100 and a bit of noise, the same in all arms; nothing else known. */
static void prepare(void)
{
	size_t m, a, s;

	memset(&f, 0, sizeof(f));
	f.criteria[0] = (struct criterion){ "first", globs_x, 1 };
	f.criteria[1] = (struct criterion){ "second", globs_y, 1 };
	f.run = (struct run){ .dir = "r",
			      .criteria = f.criteria,
			      .n_criteria = 2,
			      .variants = f.variants,
			      .n_variants = ARMS,
			      .n_seeds = SEEDS };
	for (a = 0; a < ARMS; a++) {
		f.variants[a].name = labels[a];
		for (s = 0; s < N_STATIC_COSTS; s++)
			f.variants[a].cost[s] = NAN;
		f.arms[a] = (struct arm){ .label = labels[a],
					  .shown = labels[a],
					  .run = &f.run,
					  .variant = &f.variants[a],
					  .seeds = seeds,
					  .n_seeds = SEEDS,
					  .offset = a * SEEDS };
	}
	for (m = 0; m < METRICS; m++) {
		for (a = 0; a < ARMS; a++)
			for (s = 0; s < SEEDS; s++)
				f.values[m][a * SEEDS + s] =
					100 + 0.01 * (double)((s * 5 + m) % 6);
		f.metrics[m] = (struct metric){ .name = m ? "y" : "x",
						.unit = "insn",
						.desc = "",
						.how = "",
						.key = true,
						.better = BETTER_LOWER,
						.value = f.values[m],
						.status = f.status[m] };
	}
	f.data = (struct data){ .run = &f.run,
				.specs = specs,
				.n_specs = 1,
				.arms = f.arms,
				.n_arms = ARMS,
				.n_values = ARMS * SEEDS,
				.cells = f.cells,
				.n_cells = ARMS * SEEDS,
				.metrics = f.metrics,
				.n_metrics = METRICS };
}

/* Arm's values of a metric, times factor. */
static void scale(size_t metric, size_t arm, double factor)
{
	size_t s;

	for (s = 0; s < SEEDS; s++)
		f.values[metric][arm * SEEDS + s] *= factor;
}

static void run_decision(void)
{
	struct err err = { "" };

	if (compare_all(&f.data, 0.01, 0.05, &f.c, &err) ||
	    decide(&f.c, &f.d, &err))
		fail_msg("%s", err.msg);
}

static void done(void)
{
	decide_free(&f.d);
	compare_free(&f.c);
}

static bool dominates(size_t a, size_t b)
{
	return decide_dominates(&f.d, a, b, true);
}

static size_t aspect(const char *name)
{
	size_t i;

	for (i = 0; i < f.d.n_aspects; i++)
		if (!strcmp(f.d.aspects[i].name, name))
			return i;
	fail_msg("no aspect %s", name);
	return 0;
}

static void planted(void **state)
{
	(void)state;
	prepare();
	scale(0, 1, 0.9); /* b: x better than a and c */
	run_decision();
	assert_int_equal(f.d.n_aspects, 2);
	assert_true(dominates(1, 0));
	assert_true(dominates(1, 2)); /* of two that are no baseline */
	assert_false(dominates(0, 1));
	assert_false(dominates(2, 1));
	assert_false(decide_dominated(&f.d, 1, true));
	assert_int_equal(decide_relation(&f.d, 0, 2, 1, NULL), RELATION_WORSE);
	assert_int_equal(decide_relation(&f.d, 1, 2, 1, NULL), RELATION_SAME);
	done();
}

static void ties(void **state)
{
	size_t a, b;

	(void)state;
	prepare();
	run_decision();
	for (a = 0; a < ARMS; a++)
		for (b = 0; b < ARMS; b++)
			assert_false(dominates(a, b));
	done();
	/* A proven difference that does not matter is one, too. */
	prepare();
	scale(0, 1, 0.992);
	scale(0, 2, 0.992);
	run_decision();
	assert_true(f.c.rows[1].proven);
	assert_int_equal(f.c.rows[1].verdict, VERDICT_SAME);
	for (a = 0; a < ARMS; a++)
		for (b = 0; b < ARMS; b++)
			assert_false(dominates(a, b));
	done();
}

/* x of b is all over the place: on the whole lower, which nobody can prove. */
static void wild(size_t arm)
{
	static const double v[SEEDS] = { 40, 70, 55, 130, 101, 90 };

	memcpy(&f.values[0][arm * SEEDS], v, sizeof(v));
}

static void not_proven(void **state)
{
	size_t open;

	(void)state;
	prepare();
	wild(1);
	run_decision();
	assert_true(f.c.rows[1].median < f.c.rows[0].median);
	assert_int_equal(decide_relation(&f.d, 0, 1, 0, &open), RELATION_OPEN);
	assert_int_equal(open, 1);
	assert_false(dominates(1, 0));
	assert_false(dominates(1, 2));
	done();
	/* Nor does it keep a proof in another metric from dominating. */
	prepare();
	wild(1);
	scale(1, 1, 0.9);
	run_decision();
	assert_true(dominates(1, 0));
	assert_true(dominates(1, 2));
	assert_false(dominates(0, 1));
	done();
}

static void trade_off(void **state)
{
	char *both[] = { "*:x", "*:y" };

	(void)state;
	prepare();
	scale(0, 1, 0.9);
	scale(1, 1, 1.1);
	run_decision();
	assert_false(dominates(1, 0));
	assert_false(dominates(0, 1));
	done();
	/* Two metrics of one criterion. */
	f.criteria[0] = (struct criterion){ "all", both, 2 };
	f.run.n_criteria = 1;
	run_decision();
	assert_int_equal(decide_relation(&f.d, 0, 1, 0, NULL), RELATION_MIXED);
	assert_int_equal(decide_relation(&f.d, 0, 0, 1, NULL), RELATION_MIXED);
	assert_false(dominates(1, 0));
	done();
}

static void nearer_to_one(void **state)
{
	size_t s;

	(void)state;
	prepare();
	f.metrics[0].better = BETTER_ONE;
	for (s = 0; s < ARMS * SEEDS; s++)
		f.values[0][s] = s < SEEDS ? 4 : s < 2 * SEEDS ? 1 : 0.9;
	run_decision();
	assert_true(dominates(1, 0)); /* exact: no variance at all */
	assert_true(dominates(2, 0));
	assert_true(dominates(1, 2));
	done();
}

static void missing(void **state)
{
	size_t s;

	(void)state;
	prepare();
	scale(0, 1, 0.9);
	for (s = 0; s < SEEDS; s++)
		f.values[1][1 * SEEDS + s] = NAN; /* y of b */
	run_decision();
	assert_int_equal(decide_relation(&f.d, 1, 1, 0, NULL),
			 RELATION_UNKNOWN);
	assert_false(dominates(1, 0));
	assert_false(dominates(1, 2));
	done();
}

static void judge(size_t arm, bool p_fails, bool q_passes)
{
	struct property *p = f.properties[arm];

	p[0] = (struct property){ "p", p_fails, true };
	p[1] = (struct property){ "q", false, q_passes };
	f.variants[arm].properties = p;
	f.variants[arm].n_properties = 2;
}

static void conformance(void **state)
{
	(void)state;
	prepare();
	judge(0, true, true);
	judge(1, false, true); /* keeps p */
	judge(2, false, false); /* has no q to keep */
	run_decision();
	assert_int_equal(aspect("conformance"), 0);
	assert_true(dominates(1, 0));
	assert_false(dominates(2, 0)); /* what it skips, nobody knows */
	assert_false(dominates(1, 2));
	assert_near(decide_failures(&f.d, 0), 1, 0);
	done();
}

static void static_cost(void **state)
{
	(void)state;
	prepare();
	scale(0, 1, 0.9);
	f.variants[0].cost[STATIC_LINES] = 0;
	f.variants[1].cost[STATIC_LINES] = 8;
	f.variants[2].cost[STATIC_LINES] = 9;
	run_decision();
	assert_false(dominates(1, 0)); /* it has to be carried */
	assert_true(decide_dominates(&f.d, 1, 0, false));
	assert_true(dominates(1, 2));
	assert_true(dominates(0, 2));
	assert_false(decide_dominates(&f.d, 0, 2, false));
	done();
}

static void nothing_to_decide(void **state)
{
	(void)state;
	prepare();
	f.run.n_criteria = 0;
	run_decision();
	assert_int_equal(f.d.n_aspects, 0);
	done();
	prepare(); /* a chain: more than one baseline */
	f.arms[2].base = 1;
	run_decision();
	assert_int_equal(f.d.n_aspects, 0);
	done();
	prepare(); /* neither way is better */
	f.metrics[0].better = f.metrics[1].better = BETTER_NONE;
	run_decision();
	assert_int_equal(f.d.n_aspects, 0);
	done();
}

static void worst_is_shown(void **state)
{
	char *both[] = { "*:x", "*:y" };
	char cell[DECISION_CELL];
	size_t better;

	(void)state;
	prepare();
	f.criteria[0] = (struct criterion){ "all", both, 2 };
	f.run.n_criteria = 1;
	scale(0, 1, 0.9);
	scale(1, 1, 0.8);
	wild(2);
	scale(1, 2, 1.05); /* proven worse, beside what looks far better */
	run_decision();
	assert_int_equal(decide_worst(&f.d, 0, 1, &better)->metric, 0);
	assert_int_equal(better, 2);
	assert_int_equal(decide_worst(&f.d, 0, 2, &better)->metric, 1);
	assert_int_equal(decision_sign(&f.d, 0, 1), '+');
	assert_int_equal(decision_sign(&f.d, 0, 2), '-');
	assert_string_equal(decision_word(&f.d, 0, 2), "worse");
	decision_cell(&f.d, 0, 1, cell);
	if (strncmp(cell, "-10.0", 5))
		fail_msg("\"%s\"", cell);
	done();
}

static bool said(const struct says *s, const char *text)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strstr(s->all[i].text, text))
			return true;
	return false;
}

static void sentences(void **state)
{
	struct says s;
	size_t i;

	(void)state;
	prepare();
	scale(0, 1, 0.9);
	scale(1, 2, 0.8);
	f.variants[0].cost[STATIC_LINES] = 0;
	f.variants[1].cost[STATIC_LINES] = 8;
	f.variants[2].cost[STATIC_LINES] = 9;
	run_decision();
	assert_int_equal(says_make(&f.d, false, &s), 0);
	assert_true(said(&s, "b against a: better in first (-10.0"));
	assert_true(said(&s,
			 "; worse in nothing; the same in second; to carry: "
			 "lines changed 8."));
	assert_true(said(&s, "a is dominated by b, static cost left out of "
			     "account: that one is better in first (-10.0"));
	assert_true(said(&s, "its price: lines changed 8."));
	assert_true(said(&s, "Nothing dominates a, b, c; static cost left out "
			     "of account: b, c."));
	assert_true(said(&s, "Between b and c: for the first first (-10.0"));
	assert_true(said(&s, "; for the second second (-20.0"));
	assert_true(said(&s, "Not known in this run: conformance, files"));
	/* What speaks of metrics knows which. */
	for (i = 0; i < s.n; i++)
		if (strstr(s.all[i].text, "first ("))
			assert_true(s.all[i].n_metrics > 0);
	says_free(&s);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted),
		cmocka_unit_test(ties),
		cmocka_unit_test(not_proven),
		cmocka_unit_test(trade_off),
		cmocka_unit_test(nearer_to_one),
		cmocka_unit_test(missing),
		cmocka_unit_test(conformance),
		cmocka_unit_test(static_cost),
		cmocka_unit_test(nothing_to_decide),
		cmocka_unit_test(worst_is_shown),
		cmocka_unit_test(sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
