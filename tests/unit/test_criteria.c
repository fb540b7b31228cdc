// SPDX-License-Identifier: GPL-2.0-only
/*
 * RUN/criteria and static/static.tsv: what is read, what is refused.
 */
#include "unit.h"

#include "load/criteria.h"

typedef int parser(char *buf, size_t len, const char *path, struct run *run,
		   struct err *err);

static struct variant variant;

static int parse(parser *p, struct run *run, const char *text, size_t len,
		 struct err *err)
{
	/* Of exactly this size, so that a sanitizer sees a byte too far. */
	char *buf = malloc(len + 1);
	size_t i;
	int ret;

	assert_non_null(buf);
	memcpy(buf, text, len);
	buf[len] = '\0';
	memset(run, 0, sizeof(*run));
	variant = (struct variant){ .name = "a" };
	for (i = 0; i < N_STATIC_COSTS; i++)
		variant.cost[i] = NAN;
	run->variants = &variant;
	run->n_variants = 1;
	ret = p(buf, len, "f", run, err);
	free(buf);
	return ret;
}

static void bad_len(parser *p, const char *text, size_t len, const char *msg)
{
	struct err err = { "" };
	struct run run;

	assert_int_equal(parse(p, &run, text, len, &err), -EINVAL);
	if (strncmp(err.msg, msg, strlen(msg)))
		fail_msg("\"%s\" is not \"%s\"", err.msg, msg);
	criteria_free(&run);
}

static void bad(parser *p, const char *text, const char *msg)
{
	bad_len(p, text, strlen(text), msg);
}

static void globs(void **state)
{
	(void)state;
	assert_true(criteria_match("a@x=1:m", "a@x=1", "m"));
	assert_false(criteria_match("a@x=1:m", "a@x=1,y=2", "m"));
	assert_true(criteria_match("a@x=1*:m", "a@x=1,y=2", "m"));
	assert_true(criteria_match("*@map=private*:*", "f@map=private", "q"));
	assert_false(criteria_match("*@map=private:*", "f@map=private-f", "q"));
	/* Brackets are themselves. */
	assert_true(criteria_match("a:c[over=1]", "a", "c[over=1]"));
	assert_false(criteria_match("a:c[over=1]", "a", "co"));
	assert_true(criteria_match("a:c[*]", "a", "c[over=1]"));
	assert_true(criteria_match("*a*b:*", "xaxxaxb", ""));
	assert_false(criteria_match("*a*b:*", "xaxxaxbc", ""));
	assert_true(criteria_match("**:m", "", "m"));
}

static void reads(void **state)
{
	struct err err = { "" };
	struct run run;
	const char *text = "fault: f@map=a:p50\nscan cost: s@*:c* t:*\n";

	(void)state;
	assert_int_equal(parse(criteria_parse, &run, text, strlen(text), &err),
			 0);
	assert_int_equal(run.n_criteria, 2);
	assert_string_equal(run.criteria[1].name, "scan cost");
	assert_int_equal(run.criteria[1].n_globs, 2);
	assert_string_equal(run.criteria[1].globs[1], "t:*");
	criteria_free(&run);
	assert_int_equal(parse(criteria_parse, &run, "", 0, &err), 0);
	assert_int_equal(run.n_criteria, 0);
}

static void refused(void **state)
{
	char many[4096] = "", line[32];
	int i;

	(void)state;
	bad(criteria_parse, "fault f\n", "f:1: not NAME: SPEC");
	bad(criteria_parse, "a: b:c", "f:1: truncated");
	bad(criteria_parse, "a: b:c\n<b>: b:c\n", "f:2: not the name");
	bad(criteria_parse, "a|b: b:c\n", "f:1: not the name");
	bad(criteria_parse, "\033[1m: b:c\n", "f:1: not the name");
	bad(criteria_parse, "a name that is far too long: b:c\n",
	    "f:1: not the name");
	bad(criteria_parse, ": b:c\n", "f:1: not the name");
	bad(criteria_parse, "a:\n", "f:1: criterion \"a\" names no metric");
	bad(criteria_parse, "a: b\n", "f:1: not SPEC:METRIC: \"b\"");
	bad(criteria_parse, "a: b:c:d\n", "f:1: not SPEC:METRIC");
	bad(criteria_parse, "a: ../b:<c>\n", "f:1: not SPEC:METRIC");
	bad(criteria_parse, "a: b:c\na: b:d\n", "f:2: criterion \"a\" is th");
	bad_len(criteria_parse, "a: b:c\n\0\n", 9, "f: NUL byte");
	for (i = 0; i <= CRITERIA_MAX; i++) {
		snprintf(line, sizeof(line), "n%d: b:c\n", i);
		strcat(many, line);
	}
	bad(criteria_parse, many, "f:33: more than 32 criteria");
}

#define HEAD "variant\tcheck\tresult\tvalue\twhy\n"

static void costs(void **state)
{
	struct err err = { "" };
	struct run run;
	const char *text = HEAD "a\tadded\tinfo\t7\t\na\tremoved\tinfo\t1\t\n"
				"a\ttext\tinfo\t+34\tf +34\n"
				"a\tpageflags\tinfo\t21 (+1), 11 left\t\n"
				"a\tarchitectures\tinfo\t-\t\n"
				"b\tfiles\tinfo\t3\t\n";

	(void)state;
	assert_int_equal(parse(static_parse, &run, text, strlen(text), &err),
			 0);
	assert_near(variant.cost[STATIC_LINES], 8, 0);
	assert_near(variant.cost[STATIC_TEXT], 34, 0);
	assert_near(variant.cost[STATIC_FLAGS], 21, 0);
	assert_true(isnan(variant.cost[STATIC_ARCHES]));
	assert_true(isnan(variant.cost[STATIC_FILES]));
	bad(static_parse, "variant\n", "f:1: not the column names");
	bad(static_parse, HEAD "a\tb\tc\td\n", "f:2: fewer columns");
	bad(static_parse, HEAD "a\tb\tc\td\te\tf\n", "f:2: more columns");
	bad(static_parse, HEAD "../a\tb\tc\td\te\n", "f:2: not a valid var");
	bad(static_parse, HEAD "a\tb", "f: truncated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs),
		cmocka_unit_test(reads),
		cmocka_unit_test(refused),
		cmocka_unit_test(costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
