// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said of a decision on planted data (decided.h): cells of the table, sentences.
 */
#include "decided.h"

#include "pages/decision.h"

/* The baseline is 0: no ratio, yet a difference, and nothing is worse than that. */
static void from_zero(void **state)
{
	char *both[] = { "*:x", "*:y" };
	char cell[DECISION_CELL];
	size_t better, s;

	(void)state;
	prepare();
	f.criteria[0] = (struct criterion){ "all", both, 2 };
	f.run.n_criteria = 1;
	for (s = 0; s < ARMS * SEEDS; s++)
		f.values[0][s] = s / SEEDS == 1 ? 5 : 0;
	scale(1, 1, 1.5);
	run_decision();
	assert_int_equal(decide_relation(&f.d, 0, 1, 0, NULL), RELATION_WORSE);
	assert_true(decide_dominates(&f.d, 0, 1, true));
	assert_true(decide_dominates(&f.d, 2, 1, true));
	assert_int_equal(decide_worst(&f.d, 0, 1, &better)->metric, 0);
	assert_string_equal(decision_cell(&f.d, 0, 1, cell), "5 insn (exact)");
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
		cmocka_unit_test(from_zero),
		cmocka_unit_test(worst_is_shown),
		cmocka_unit_test(sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
