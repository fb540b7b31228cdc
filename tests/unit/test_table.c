// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tab-separated files that a page shows: what is read, what makes them empty; and that
 * nothing in a text is markup.
 */
#include "unit.h"

#include "load/table.h"
#include "pages/html.h"

static char dir[] = "/tmp/mmvs-table-XXXXXX";

static void load_len(struct table *t, const char *text, size_t len)
{
	struct err why = { "" };
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
	assert_int_equal(table_load(dir, "t", t, &why), 0);
	remove(path);
	/* Empty for a reason, and only then. */
	assert_int_equal(!t->n_rows, why.msg[0] != '\0');
}

static void load(struct table *t, const char *text)
{
	load_len(t, text, strlen(text));
}

static void reads(void **state)
{
	struct table t;

	(void)state;
	load(&t, "# magic\n# more\na\tb\n1\t2\n\n#x\t\n3\t4");
	assert_int_equal(t.n_columns, 2);
	assert_int_equal(table_rows(&t), 3);
	assert_string_equal(table_field(&t, 0, 1), "2");
	assert_string_equal(table_field(&t, 1, 0), "#x");
	assert_string_equal(table_field(&t, 1, 1), "");
	assert_string_equal(table_field(&t, 2, 1), "4");
	assert_string_equal(table_field(&t, 3, 0), "");
	assert_string_equal(table_field(&t, 0, 2), "");
	assert_int_equal(table_column(&t, "b"), 1);
	assert_int_equal(table_column(&t, "c"), 2);
	assert_true(table_has(&t, "a\tb"));
	assert_false(table_has(&t, "a"));
	assert_false(table_has(&t, "a\tb\tc"));
	assert_false(table_has(&t, "b\ta"));
	assert_false(table_has(&t, "a\tbb"));
	table_free(&t);
	load(&t, "a\n\033[31mred\377\n");
	assert_string_equal(table_field(&t, 0, 0), "[31mred?");
	table_free(&t);
}

static void empty(void **state)
{
	static const char *const bad[] = {
		"",	  "\n",	       "\n\n \n",	  "# only\n",
		"# only", "a\tb\n1\n", "a\tb\n1\t2\t3\n",
	};
	char wide[TABLE_MAX_COLUMNS + 2];
	struct err why = { "" };
	struct table t;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(bad); i++) {
		load(&t, bad[i]);
		assert_int_equal(t.n_rows, 0);
		assert_int_equal(table_rows(&t), 0);
		table_free(&t);
	}
	load_len(&t, "a\tb\n1\0\t2\n", 9);
	assert_int_equal(t.n_rows, 0);
	assert_false(table_has(&t, ""));
	memset(wide, '\t', sizeof(wide));
	wide[0] = 'a';
	wide[sizeof(wide) - 1] = '\0';
	load(&t, wide);
	assert_int_equal(t.n_rows, 0);
	assert_int_equal(table_load(dir, "none", &t, &why), 0);
	assert_int_equal(t.n_rows, 0);
	assert_int_equal(table_load("/dev", "zero", &t, &why), 0);
	assert_int_equal(t.n_rows, 0);
}

static void says(void (*put)(FILE *f, const char *text), const char *text,
		 const char *expected)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	assert_non_null(f);
	put(f, text);
	fclose(f);
	assert_string_equal(out, expected);
	free(out);
}

static void escapes(void **state)
{
	(void)state;
	says(html_text, "<a href=\"x\" b='y'>&amp;</a>",
	     "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
	says(html_text, "\xc3\xa4", "\xc3\xa4");
	says(html_path, "a@b=c,d[1]/../\"<x> %\xc3\xa4",
	     "a%40b%3Dc%2Cd%5B1%5D%2F..%2F%22%3Cx%3E%20%25%C3%A4");
	says(html_lines, "one <b>\n- two\n  - three\nfour\n",
	     "<p>one &lt;b&gt;</p>\n<ul>\n<li>two\n<ul>\n<li>three</li>\n"
	     "</ul>\n</li>\n</ul>\n<p>four</p>\n");
	says(html_lines, "- a\n  - b\n- c\n      - d\n- e\n",
	     "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c\n"
	     "<ul>\n<li>d</li>\n</ul>\n</li>\n<li>e</li>\n</ul>\n");
	says(html_lines, "    - a\n- b\n",
	     "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
	says(html_lines, "- a", "<ul>\n<li>a</li>\n</ul>\n");
	says(html_lines, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(empty),
		cmocka_unit_test(escapes),
	};
	int ret;

	if (!mkdtemp(dir))
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	remove(dir);
	return ret;
}
