// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a folder: what stands in the conformance matrix and in the static cost, in
 * both formats, and what is no page.
 */
#include "folder.h"

#include "pages/page.h"

#define STATIC_HEAD "variant\tcheck\tresult\tvalue\twhy\n"

static void conform(int expected)
{
	struct err err = { "" };

	assert_int_equal(page_conform(folder, &err), expected);
}

/* one: all is well, but under classic a test of fork is skipped; two: thp fails. */
static void put_boots(void)
{
	folder_put("columns.tsv", "one\tmglru\t1m.tap\none\tclassic\t1c.tap\n"
				  "two\tmglru\t2m.tap\ntwo\tclassic\t2c.tap\n");
	folder_put("1m.tap", "ok 1 - fork: a\nok 2 - fork: b\nok 3 - thp: c\n");
	folder_put("1c.tap", "ok 1 - fork: a\nok 2 - fork: b # SKIP no root\n"
			     "ok 3 - thp: c\n");
	folder_put("2m.tap", "ok 1 - fork: a\nok 2 - fork: b\n"
			     "not ok 3 - thp: c\n# why: a tail\n");
	folder_put("2c.tap", "ok 1 - fork: a\nok 2 - fork: b\n"
			     "not ok 3 - thp: c\n# why: a tail\n");
}

static void matrix(void **state)
{
	(void)state;
	put_boots();
	conform(1);
	folder_is("matrix.tsv",
		  "property\tvariant\tlru\tresult\tpassed_count\tfailed_count"
		  "\tskipped_count\twhy\n"
		  "fork\tone\tmglru\tpass\t2\t0\t0\t\n"
		  "thp\tone\tmglru\tpass\t1\t0\t0\t\n"
		  "fork\tone\tclassic\tpass\t1\t0\t1\tb: no root\n"
		  "thp\tone\tclassic\tpass\t1\t0\t0\t\n"
		  "fork\ttwo\tmglru\tpass\t2\t0\t0\t\n"
		  "thp\ttwo\tmglru\tFAIL\t0\t1\t0\tc: a tail\n"
		  "fork\ttwo\tclassic\tpass\t2\t0\t0\t\n"
		  "thp\ttwo\tclassic\tFAIL\t0\t1\t0\tc: a tail\n");
	folder_is("skipped.tsv",
		  "property\tvariant\tlru\tskipped_count\tasked_count\twhy\n"
		  "fork\tone\tclassic\t1\t2\tb: no root\n");
	assert_false(folder_knows("matrix.md.new"));
}

static void matrix_pages(void **state)
{
	(void)state;
	put_boots();
	conform(1);
	folder_has("matrix.md",
		   "\n## Conformance\n\nDoes each variant keep "
		   "its promises?",
		   true);
	folder_has("matrix.md", "each of mglru, classic.", true);
	folder_has("matrix.md",
		   "| property | one | two |\n| --- | --- | --- |\n"
		   "| fork | P/p | pass |\n| thp | pass | FAIL |\n",
		   true);
	/* Both boots of two fail: no need to name them. */
	folder_has("matrix.md", "Why it fails:\n\n- **thp**, two: c: a tail\n",
		   true);
	folder_has("matrix.md",
		   "- **fork** 1 of 2, one (classic): b: no root\n", true);
	folder_has("matrix.md", "These kernels", false);
	folder_has("matrix.txt",
		   "  a = one\n  b = two\n"
		   "property         a    b\n"
		   "fork             P/p  pass\n"
		   "thp              pass FAIL\n",
		   true);
	folder_has("matrix.txt", "Failures:\n  thp [b]: c: a tail\n", true);
	folder_has("matrix.txt",
		   "Skipped tests:\n  fork 1 of 2 [a (classic)]: b: no root\n",
		   true);
}

/* One reason of two properties and two variants is one line. */
static void groups(void **state)
{
	(void)state;
	folder_put("columns.tsv", "one\tmglru\t1.tap\ntwo\tmglru\t2.tap\n");
	folder_put("1.tap", "ok 1 - fork: a # SKIP x\nok 2 - thp: a # SKIP x\n"
			    "ok 3 - gup: a # SKIP y\n");
	folder_put("2.tap", "ok 1 - fork: a # SKIP x\nok 2 - thp: a # SKIP x\n"
			    "ok 3 - gup: a\n");
	folder_put("promise", "\033what\nit says\n\n");
	folder_put("config", "debug\n");
	conform(0);
	folder_has("matrix.md",
		   "- **fork** 1 of 1, **thp** 1 of 1, one, two: a: x\n"
		   "- **gup** 1 of 1, one: a: y\n",
		   true);
	folder_has("matrix.md", "Why it fails", false);
	folder_has("matrix.md", "| gup | skip | pass |\n", true);
	folder_has("matrix.md", "## Conformance under CONFIG=debug\n", true);
	folder_has("matrix.md", "kernel-patches/config/debug.config", true);
	folder_has("matrix.md", "\033", false);
	folder_has("matrix.txt", "  fork 1 of 1, thp 1 of 1 [a, b]: a: x\n",
		   true);
}

static void no_matrix(void **state)
{
	struct err err = { "" };

	(void)state;
	conform(-ENOENT);
	put_boots();
	folder_put("1c.tap", "");
	assert_int_equal(page_conform(folder, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "1c.tap: no TAP there"));
	assert_false(folder_knows("matrix.tsv"));
	/* Where matrix.tsv cannot be put, nothing is left half done. */
	put_boots();
	assert_int_equal(mkdir(folder_path("matrix.tsv"), 0700), 0);
	assert_true(page_conform(folder, &err) < 0);
	assert_non_null(strstr(err.msg, "/matrix.tsv: "));
	assert_false(folder_knows("matrix.tsv.new"));
	assert_true(page_conform("/proc/self", &err) < 0);
}

static void word(void **state)
{
	static const struct {
		const char *text, *expected;
	} words[] = {
		{ "small\n", "small" }, { "a b\n\n", "a b" }, { "", "else" },
		{ "\n\n", "else" },	{ "x", "x" },
	};
	char *text;

	(void)state;
	for (size_t i = 0; i < N_OF(words); i++) {
		folder_put("w", words[i].text);
		text = page_word(folder, "w", "else");
		assert_string_equal(text, words[i].expected);
		free(text);
	}
	text = page_word(folder, "none", "else");
	assert_string_equal(text, "else");
	free(text);
}

static void statics(int expected, const char *rows)
{
	struct err err = { "" };
	char *text;

	assert_true(asprintf(&text, STATIC_HEAD "%s", rows) > 0);
	folder_put("static.tsv", text);
	free(text);
	assert_int_equal(page_static(folder, &err), expected);
}

static void cost(void **state)
{
	(void)state;
	statics(0, "one\tpatches\tinfo\t2\t\none\tadded\tinfo\t12\t\n"
		   "two\tpatches\tinfo\t3\t\ntwo\tsparse\tskip\t-\tno sparse\n"
		   "two\ttext\tinfo\t+64\tmm/rmap.o +64\n"
		   "two\tunbuilt\tinfo\t1\tmm/hugetlb.c\n");
	folder_has("static.md", "\n## Static cost\n", true);
	folder_has("static.md",
		   "| | one | two |\n| --- | --: | --: |\n"
		   "| patches | 2 | 3 |\n",
		   true);
	folder_has("static.md", "| lines added | 12 | - |\n", true);
	folder_has("static.md",
		   "\nNot checked:\n\n- **two**, sparse: no sparse\n", true);
	folder_has("static.md", "- **two**, text: mm/rmap.o +64\n", true);
	folder_has("static.md",
		   "so not looked at:\n\n- **two**, unbuilt: "
		   "mm/hugetlb.c\n",
		   true);
	folder_has("static.md", "FAIL", false);
	folder_has("static.md", "Not clean", false);
	folder_has("static.txt", "  A = one\n  B = two\n", true);
	folder_has("static.txt", "\nA  2     -    12", true);
	folder_has("static.txt", "  B, sparse: no sparse\n", true);
}

/* The last word on a check is what counts; a failure is marked and explained. */
static void not_clean(void **state)
{
	(void)state;
	statics(1, "one\tcheckpatch\tFAIL\t3\tlong line\n"
		   "one\tsteps\tpass\tyes\tnot said\n"
		   "one\tbuilds\tFAIL\tno\tno check of the list\n");
	folder_has("static.md", "| checkpatch --strict | **FAIL** 3 |\n", true);
	folder_has("static.md",
		   "\nNot clean:\n\n- **one**, checkpatch: long "
		   "line\n",
		   true);
	folder_has("static.md", "not said", false);
	folder_has("static.md", "no check of the list", false);
	folder_has("static.txt", "   3!", true);
	folder_has("static.txt", "\nNot clean:\n  A, checkpatch: long line\n",
		   true);
}

static void static_refused(const char *text, const char *msg)
{
	struct err err = { "" };

	if (text)
		folder_put("static.tsv", text);
	assert_int_equal(page_static(folder, &err), -EINVAL);
	if (!strstr(err.msg, msg))
		fail_msg("\"%s\" has no \"%s\"", err.msg, msg);
	assert_false(folder_knows("static.md"));
}

static void no_cost(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	(void)state;
	static_refused(NULL, "static.tsv: no static checks there: ");
	static_refused(STATIC_HEAD, "'make stacks-check' makes them");
	static_refused("variant\tcheck\tresult\tvalue\treason\n1\t2\t3\t4\t5\n",
		       "static.tsv:1: not the column names");
	static_refused("check\tvariant\tresult\tvalue\twhy\n1\t2\t3\t4\t5\n",
		       "static.tsv:1: not the column names");
	static_refused("variant\tcheck\tresult\tvalue\n1\t2\t3\t4\n",
		       "static.tsv:1: not the column names");
	f = open_memstream(&text, &size);
	assert_non_null(f);
	fputs(STATIC_HEAD, f);
	for (int i = 0; i <= 256; i++)
		fprintf(f, "v%d\tpatches\tinfo\t1\t\n", i);
	fclose(f);
	static_refused(text, "more than 256 variants");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(matrix),	folder_test(matrix_pages),
		folder_test(groups),	folder_test(no_matrix),
		folder_test(word),	folder_test(cost),
		folder_test(not_clean), folder_test(no_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
