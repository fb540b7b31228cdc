// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who dominates whom, on planted data (decided.h).
 */
#include "unit.h"

#include "decided.h"

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

/* Too few seeds to prove anything between two: what is open keeps one from dominating. */
static void too_few(void **state)
{
	(void)state;
	prepare();
	f.variants[1].cost[STATIC_LINES] = 1;
	f.variants[2].cost[STATIC_LINES] = 2;
	scale(0, 1, 1.02); /* b: x worse than c */
	f.run.n_seeds = 3;
	f.data.arms[0].n_seeds = 3;
	f.data.arms[1].n_seeds = 3;
	f.data.arms[2].n_seeds = 3;
	run_decision();
	assert_int_equal(f.d.needed, 4);
	assert_int_equal(decide_relation(&f.d, 0, 1, 2, NULL), RELATION_OPEN);
	assert_false(dominates(1, 2));
	f.d.needed = 0;
	assert_true(dominates(1, 2));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted),
		cmocka_unit_test(ties),
		cmocka_unit_test(too_few),
		cmocka_unit_test(not_proven),
		cmocka_unit_test(trade_off),
		cmocka_unit_test(nearer_to_one),
		cmocka_unit_test(missing),
		cmocka_unit_test(conformance),
		cmocka_unit_test(static_cost),
		cmocka_unit_test(nothing_to_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
