// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform/matrix.tsv: what is read from good files, what is said about bad ones.
 */
#include "unit.h"

#include "load/conform.h"

#define HEAD                                                           \
	"property\tvariant\tlru\tresult\tpassed_count\tfailed_count\t" \
	"skipped_count\twhy\n"
#define ROW(p, v, result) p "\t" v "\tmglru\t" result "\t1\t0\t0\twhy\n"

/* A run of the variants a and b, judged by text; its err. */
static int parse(struct run *run, const char *text, size_t len, struct err *err)
{
	static const char *const names[] = { "a", "b" };
	/* Of exactly this size, so that a sanitizer sees a byte too far. */
	char *buf = malloc(len + 1);
	int ret;

	assert_non_null(buf);
	memcpy(buf, text, len);
	buf[len] = '\0';
	memset(run, 0, sizeof(*run));
	run->variants = calloc(N_OF(names), sizeof(*run->variants));
	assert_non_null(run->variants);
	for (; run->n_variants < N_OF(names); run->n_variants++)
		run->variants[run->n_variants].name =
			strdup(names[run->n_variants]);
	run->name = strdup("r");
	run->family = strdup("");
	ret = conform_parse(buf, len, "f", run, err);
	free(buf);
	return ret;
}

static void good(struct run *run, const char *text)
{
	struct err err = { "" };

	if (parse(run, text, strlen(text), &err))
		fail_msg("refused: %s", err.msg);
}

static void bad_len(const char *text, size_t len, const char *msg)
{
	struct err err = { "" };
	struct run run;

	assert_int_equal(parse(&run, text, len, &err), -EINVAL);
	if (strncmp(err.msg, msg, strlen(msg)))
		fail_msg("\"%s\" is not \"%s\"", err.msg, msg);
	run_free(&run);
}

static void bad(const char *text, const char *msg)
{
	bad_len(text, strlen(text), msg);
}

static void says(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void reads(void **state)
{
	struct run run;

	(void)state;
	good(&run, HEAD ROW("p", "a", "pass") ROW("q", "a", "pass")
			   ROW("p", "a", "FAIL") ROW("p", "a", "pass")
				   ROW("r", "a", "skip") ROW("s", "a", "FAIL"));
	assert_true(conform_judged(&run));
	assert_string_equal(conform_mark(&run.variants[0]), CONFORM_MARK);
	assert_string_equal(conform_mark(&run.variants[1]), "");
	says(conform_text(&run.variants[0]),
	     "FAILS p, s (4 properties, 1 skipped)");
	says(conform_text(&run.variants[1]), "not judged");
	run_free(&run);
}

/* A skip under one LRU and a pass under the other is no skip. */
static void no_failure(void **state)
{
	struct run run;

	(void)state;
	good(&run, HEAD ROW("p", "b", "skip") ROW("p", "b", "pass")
			   ROW("q", "b", "skip"));
	says(conform_text(&run.variants[1]),
	     "no failure (2 properties, 1 skipped)");
	assert_string_equal(conform_mark(&run.variants[1]), "");
	run_free(&run);
}

static void others(void **state)
{
	struct run run;

	(void)state;
	good(&run, HEAD ROW("p", "c", "FAIL"));
	assert_false(conform_judged(&run));
	says(conform_hint(&run),
	     "not judged in this run (make conform FAMILY=... RUN=r)");
	run_free(&run);
}

static void bad_frame(void **state)
{
	static const char nul[] = HEAD "p\0";

	(void)state;
	bad("", "f:0: truncated");
	bad("x\n", "f:1: not the column names");
	bad("\n" HEAD, "f:1: not the column names");
	bad(HEAD "p", "f:2: truncated");
	bad_len(nul, sizeof(nul) - 1, "f: NUL byte");
}

static void bad_rows(void **state)
{
	(void)state;
	bad(HEAD "\n", "f:2: fewer columns");
	bad(HEAD "p\ta\tl\tpass\t1\t0\t0\n", "f:2: fewer columns");
	bad(HEAD "p\ta\tl\tpass\t1\t0\t0\tw\tx\n", "f:2: more columns");
	bad(HEAD "\t\t\t\t\t\t\t\t\t\t\t\t\n", "f:2: more columns");
	bad(HEAD ROW("", "a", "pass"), "f:2: not a valid property: \"\"");
	bad(HEAD ROW("p q", "a", "pass"), "f:2: not a valid property");
	bad(HEAD ROW("p", "..", "pass"), "f:2: not a valid variant: \"..\"");
	bad(HEAD ROW("p", "c", "fine"), "f:2: result is none of");
	bad(HEAD ROW("p", "a", "pass") ROW("p", "a", "\033"),
	    "f:3: result is none of pass, FAIL, skip: \"?\"");
}

static void too_many(void **state)
{
	struct err err = { "" };
	struct run run;
	char *text = NULL;
	size_t size = 0;
	FILE *mem = open_memstream(&text, &size);
	int i;

	(void)state;
	assert_non_null(mem);
	fputs(HEAD, mem);
	for (i = 0; i <= CONFORM_MAX_PROPERTIES; i++)
		fprintf(mem, ROW("p%d", "a", "pass"), i);
	fclose(mem);
	assert_int_equal(parse(&run, text, size, &err), -EINVAL);
	assert_string_equal(err.msg, "f:258: more than 256 properties of a");
	run_free(&run);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),    cmocka_unit_test(no_failure),
		cmocka_unit_test(others),   cmocka_unit_test(bad_frame),
		cmocka_unit_test(bad_rows), cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
