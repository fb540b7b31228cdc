// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TAP of conformance boots: what is counted, whose reason is kept, what is refused.
 */
#include "folder.h"

#include "load/tap.h"

/* One boot of the variant v, of which text is the TAP. */
static int load_len(struct tap *t, const char *text, size_t len,
		    struct err *err)
{
	memset(t, 0, sizeof(*t));
	folder_put("columns.tsv", "v\tmglru\tt.tap\n");
	folder_put_len("t.tap", text, len);
	return tap_load(folder, t, err);
}

static void good(struct tap *t, const char *text)
{
	struct err err = { "" };

	if (load_len(t, text, strlen(text), &err))
		fail_msg("refused: %s", err.msg);
}

static void refused(int ret, int expected, struct tap *t, const struct err *err,
		    const char *msg)
{
	assert_int_equal(ret, expected);
	if (!strstr(err->msg, msg))
		fail_msg("\"%s\" has no \"%s\"", err->msg, msg);
	tap_free(t);
}

static void row_is(const struct tap_row *row, const char *property,
		   unsigned int passed, unsigned int failed,
		   unsigned int skipped, const char *why)
{
	assert_string_equal(row->property, property);
	assert_string_equal(row->variant, "v");
	assert_string_equal(row->lru, "mglru");
	assert_int_equal(row->passed, passed);
	assert_int_equal(row->failed, failed);
	assert_int_equal(row->skipped, skipped);
	assert_string_equal(row->why, why);
}

/* A failure outweighs a pass, a pass a skip; the first reason of the worst is kept. */
static void counts(void **state)
{
	struct tap t;

	(void)state;
	good(&t,
	     "TAP version 13\n1..8\n"
	     "ok 1 - fork: child\nok 2 - fork: twice # SKIP no root\n"
	     "not ok 3 - thp: split\n# why: a tail is left\n"
	     "not ok 4 - thp: again\n# why: as well\n"
	     "ok 5 - thp: small # SKIP no huge page\n"
	     "ok 6 - swap: a # SKIP no swap\nok 7 - swap: b # SKIP no swap\n"
	     "ok 8 - gup: fine\n");
	assert_int_equal(t.n_rows, 4);
	row_is(&t.rows[0], "fork", 1, 0, 1, "twice: no root");
	assert_string_equal(tap_result(&t.rows[0]), "pass");
	row_is(&t.rows[1], "thp", 0, 2, 1,
	       "split: a tail is left (and 1 more)");
	assert_string_equal(tap_result(&t.rows[1]), "FAIL");
	row_is(&t.rows[2], "swap", 0, 0, 2, "a: no swap (and 1 more)");
	assert_string_equal(tap_result(&t.rows[2]), "skip");
	row_is(&t.rows[3], "gup", 1, 0, 0, "");
	tap_free(&t);
	assert_null(t.rows);
}

/* Of tests that were skipped for one reason, one line; asked counts all of them. */
static void skips(void **state)
{
	struct tap t;

	(void)state;
	good(&t,
	     "ok 1 - fork: a\nok 2 - fork: b # SKIP no root\n"
	     "ok 3 - fork: c # SKIP no root\nok 4 - fork: d # SKIP no pipe\n"
	     "ok 5 - thp: e # SKIP no root\n");
	assert_int_equal(t.n_skips, 3);
	assert_int_equal(t.skips[0].skipped, 2);
	assert_int_equal(t.skips[0].asked, 4);
	assert_string_equal(t.skips[0].why, "no root");
	assert_int_equal(t.skips[1].skipped, 1);
	assert_string_equal(t.skips[1].why, "d: no pipe");
	assert_string_equal(t.skips[2].property, "thp");
	assert_int_equal(t.skips[2].asked, 1);
	tap_free(&t);
}

/* The kernel writes into the same console. */
static void noise(void **state)
{
	struct tap t;

	(void)state;
	good(&t,
	     "[ 1.2] ok then\nok\nok 1\nok x - fork: a\nok 1 fork: a\n"
	     "ok 2 - fork\nok 3 - : a\nok 4 -  fork: a\nnot  ok 5 - fork: a\n"
	     "# why: of nothing\nok 6 - fork:a\n\n"
	     "ok 7 - fork: \033[31m # SKIP \377\n");
	assert_int_equal(t.n_rows, 1);
	row_is(&t.rows[0], "fork", 0, 0, 1, "?[31m: ?");
	tap_free(&t);
}

static void columns_refused(const char *text, int expected, const char *msg)
{
	struct tap t = { 0 };
	struct err err = { "" };

	folder_put("columns.tsv", text);
	refused(tap_load(folder, &t, &err), expected, &t, &err, msg);
}

static void bad_columns(void **state)
{
	struct tap t = { 0 };
	struct err err = { "" };

	(void)state;
	refused(tap_load(folder, &t, &err), -ENOENT, &t, &err,
		"columns.tsv: no conformance run there");
	columns_refused("", -ENOENT, "no conformance run there");
	columns_refused("v\n", -EINVAL, "columns.tsv:1: not a variant");
	columns_refused("v\tmglru\n", -EINVAL, "columns.tsv:1: not a variant");
	columns_refused("v\tmglru\tt.tap\n\nw\tmglru\t../t.tap\n", -EINVAL,
			"columns.tsv:2: not a variant");
	columns_refused("v w\tmglru\tt.tap\n", -EINVAL, "not a variant");
	folder_put_len("columns.tsv", "v\0\n", 3);
	refused(tap_load(folder, &t, &err), -EINVAL, &t, &err,
		"columns.tsv: NUL byte");
}

static void bad_tap(void **state)
{
	struct err err = { "" };
	struct tap t = { 0 };

	(void)state;
	columns_refused("v\tmglru\tnone.tap\n", -ENOENT,
			"none.tap: no TAP there");
	refused(load_len(&t, "", 0, &err), -ENOENT, &t, &err,
		"t.tap: no TAP there");
	refused(load_len(&t, "ok\0\n", 4, &err), -EINVAL, &t, &err,
		"t.tap: NUL byte");
}

/* n lines of this form, which has one number. */
static int load_many(struct tap *t, const char *format, int n, struct err *err)
{
	char *text = NULL;
	size_t size = 0;
	FILE *mem = open_memstream(&text, &size);
	int ret;

	assert_non_null(mem);
	for (int i = 0; i < n; i++) {
		fprintf(mem, "ok 1 - ");
		fprintf(mem, *format == 'p' ? "p%d: a\n" : "p: a # SKIP %d\n",
			i);
	}
	fclose(mem);
	ret = load_len(t, text, size, err);
	free(text);
	return ret;
}

static void too_many(void **state)
{
	struct err err = { "" };
	struct tap t = { 0 };
	FILE *f;

	(void)state;
	assert_int_equal(load_many(&t, "p", TAP_MAX_PROPERTIES, &err), 0);
	assert_int_equal(t.n_rows, TAP_MAX_PROPERTIES);
	tap_free(&t);
	refused(load_many(&t, "p", TAP_MAX_PROPERTIES + 1, &err), -EINVAL, &t,
		&err, "t.tap: more than 256 properties");
	assert_int_equal(load_many(&t, "skip", TAP_MAX_REASONS, &err), 0);
	assert_int_equal(t.n_skips, TAP_MAX_REASONS);
	tap_free(&t);
	refused(load_many(&t, "skip", TAP_MAX_REASONS + 1, &err), -EINVAL, &t,
		&err, "t.tap: more than 1000 reasons");
	f = fopen(folder_path("columns.tsv"), "w");
	assert_non_null(f);
	for (int i = 0; i <= TAP_MAX_BOOTS; i++)
		fputs("v\tmglru\tt.tap\n", f);
	fclose(f);
	refused(tap_load(folder, &t, &err), -EINVAL, &t, &err,
		"columns.tsv: more than 1000 boots");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		folder_test(counts),  folder_test(skips),
		folder_test(noise),   folder_test(bad_columns),
		folder_test(bad_tap), folder_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
