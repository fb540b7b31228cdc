// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names, numbers, cleaning, wrapping, escaping.
 */
#include "unit.h"

#include "load/text.h"
#include "pages/wrap.h"

static void names(void **state)
{
	char longest[66];

	(void)state;
	assert_true(name_ok("swapbacked-flag", NAME_VARIANT));
	assert_true(name_ok("reclaim@map=droppable,share=25", NAME_SPEC));
	assert_false(name_ok("reclaim@map=droppable", NAME_VARIANT));
	assert_false(name_ok("", NAME_SPEC));
	assert_false(name_ok("..", NAME_SPEC));
	assert_false(name_ok("a..b", NAME_SPEC));
	assert_false(name_ok("../x", NAME_VARIANT));
	assert_false(name_ok(".hidden", NAME_VARIANT));
	assert_false(name_ok("-option", NAME_VARIANT));
	assert_false(name_ok("a/b", NAME_SPEC));
	assert_false(name_ok("A/A", NAME_VARIANT));
	assert_false(name_ok("a|b", NAME_SPEC));
	assert_false(name_ok("a b", NAME_SPEC));
	assert_false(name_ok("a\033[31m", NAME_SPEC));
	assert_false(name_ok("a\xc3\xa9", NAME_SPEC));
	assert_true(name_ok("insn/page", NAME_UNIT));
	memset(longest, 'a', sizeof(longest));
	longest[64] = '\0';
	assert_true(name_ok(longest, NAME_METRIC));
	longest[64] = 'a';
	longest[65] = '\0';
	assert_false(name_ok(longest, NAME_METRIC));
}

static void cleaning(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "a\033[31mb\a\b\r", "a[31mb" },
		{ "a\tb\nc", "a b c" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "x\xe2\x80\xaey", "xy" }, /* right-to-left override */
		{ "x\xc2\x9b"
		  "31m",
		  "x31m" }, /* CSI as one C1 character */
		{ "x\xff\xfey", "x??y" },
		{ "x\xc0\xafy", "x??y" }, /* overlong slash */
		{ "x\xed\xa0\x80", "x???" }, /* surrogate */
		{ "x\xe2\x82", "x??" }, /* cut short */
		{ "\x7f", "" },
	};
	char *s;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(cases); i++) {
		s = text_clean(cases[i].in, strlen(cases[i].in));
		assert_string_equal(s, cases[i].out);
		free(s);
	}
	s = text_ascii("a \xe2\x80\x94 b \xc3\xa9 \xff \xc2\xb5s");
	assert_string_equal(s, "a -- b ? ? us");
	free(s);
}

static void numbers(void **state)
{
	static const struct {
		double v;
		const char *s;
	} cases[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 2954, "2954" },
		{ 1234567, "1234570" },
		{ 609123456, "609123000" },
		{ 0.1234567, "0.123457" },
		{ 6820.14, "6820.14" },
		{ 999999.6, "1000000" },
		{ -12.5, "-12.5" },
		{ 1e-5, "1e-05" },
		{ 1e20, "1e+20" },
		{ NAN, "" },
		{ -INFINITY, "" },
	};
	char buf[TEXT_NUM];
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(cases); i++)
		assert_string_equal(text_num(buf, cases[i].v), cases[i].s);
	assert_string_equal(text_pct(buf, 1.016), "+1.60%");
	assert_string_equal(text_pct(buf, 0.5), "-50.0%");
	assert_string_equal(text_pct(buf, 1), "0.0%");
	assert_string_equal(text_pct(buf, 1.0004), "+0.040%");
	assert_string_equal(text_pct(buf, 3), "+200%");
	assert_string_equal(text_pct(buf, 327.68), "x 327.7");
	assert_string_equal(text_pct(buf, NAN), "");
	assert_string_equal(text_upct(buf, 0.016), "1.60%");
	assert_string_equal(text_p(buf, 2.0 / 12870), "0.00016");
	text_num(buf, -1.797e308);
	text_pct(buf, 1.797e308);
	text_upct(buf, 1e305);
}

/* Wrapped text, to free; no line of it is longer than the width. */
static char *wrapped(const char *text, int width, int command)
{
	char *out = NULL, *line;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);

	assert_non_null(f);
	if (command)
		text_wrap_command(f, text, width);
	else
		text_wrap(f, text, width, "- ", "  ");
	fclose(f);
	for (line = out; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > (size_t)width)
			fail_msg("wider than %d: %s", width, line);
	return out;
}

static void squeeze(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != ' ' && *s != '\n')
			*to++ = *s;
	*to = '\0';
}

/* Nothing is lost and nothing is added but blanks. */
static void check_text(const char *text, int width)
{
	char *out = wrapped(text, width, 0), *want;

	assert_true(asprintf(&want, "- %s", text) > 0);
	squeeze(out);
	squeeze(want);
	assert_string_equal(out, want);
	free(want);
	free(out);
}

/* A shell reads the same words from the lines as from the original. */
static void check_command(const char *words, int width)
{
	char *out = wrapped(words, width, 1), *script, got[1024];
	size_t len;
	FILE *f;

	assert_true(asprintf(&script, "a() { printf '<%%s>' \"$@\"; }\na %s\n",
			     words) > 0);
	f = popen(script, "r");
	assert_non_null(f);
	len = fread(got, 1, sizeof(got) - 1, f);
	got[len] = '\0';
	assert_int_equal(pclose(f), 0);
	free(script);
	assert_true(asprintf(&script,
			     "a() { printf '<%%s>' \"$@\"; }\na \\\n%s",
			     out) > 0);
	free(out);
	out = calloc(1, sizeof(got));
	assert_non_null(out);
	f = popen(script, "r");
	assert_non_null(f);
	assert_true(fread(out, 1, sizeof(got) - 1, f) > 0);
	assert_int_equal(pclose(f), 0);
	assert_string_equal(out, got);
	free(script);
	free(out);
}

static void wrapping(void **state)
{
	char word[400];
	int width;

	(void)state;
	memset(word, 'x', sizeof(word));
	word[399] = '\0';
	word[100] = ' ';
	word[120] = ' ';
	word[200] = ',';
	for (width = 20; width < 120; width++) {
		check_text("", width);
		check_text("short words here and there, all of them", width);
		check_text(word, width);
	}
	for (width = 20; width < 100; width += 7) {
		check_command("bench A='b c d' E=f --g", width);
		check_command(word, width);
		check_command("CASES='fault-first-touch reclaim-proactive"
			      "@map=droppable,share=25  two blanks' J=2",
			      width);
		check_command(
			"\"double quoted \\\" with an escape and length\" "
			"a\\ b\\ c\\'d 'x' \"it's\" z",
			width);
		check_command(
			"'\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\' "
			"\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"",
			width);
	}
}

static void markdown(void **state)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);

	(void)state;
	assert_non_null(f);
	text_md(f, "a|b <script> *x* [l](u) `c` & \\ _u_");
	fclose(f);
	assert_string_equal(out, "a\\|b &lt;script&gt; \\*x\\* \\[l\\]\\(u\\) "
				 "\\`c\\` &amp; \\\\ \\_u\\_");
	free(out);
}

static void errors_are_ascii(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, -EINVAL, "a\033b\n%s", "\xc3\xa9"),
			 -EINVAL);
	assert_string_equal(err.msg, "a?b???");
}

/* @text as text_mail() lays it out; free it. */
static char *mailed(const char *text)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	assert_int_equal(text_mail(f, text), 0);
	fclose(f);
	return out;
}

/* 72 columns stay, 73 do not; what goes on below an item stands further in. */
static void mail_lines(void **state)
{
	char line[80], *out;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[60] = ' ';
	line[72] = '\0';
	out = mailed(line);
	assert_int_equal(strlen(out), 73);
	assert_int_equal(strcspn(out, "\n"), 72);
	free(out);
	line[72] = 'x';
	line[73] = '\0';
	out = mailed(line);
	assert_int_equal(strcspn(out, "\n"), 60);
	assert_string_equal(out + 61, "xxxxxxxxxxxx\n");
	free(out);
	line[0] = line[1] = ' ';
	out = mailed(line);
	assert_string_equal(out + 61, "    xxxxxxxxxxxx\n");
	free(out);
	line[60] = 'x'; /* nowhere to break: at 72 */
	out = mailed(line + 2);
	assert_int_equal(strcspn(out, "\n"), 71);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(cleaning),
		cmocka_unit_test(numbers),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(markdown),
		cmocka_unit_test(mail_lines),
		cmocka_unit_test(errors_are_ascii),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
