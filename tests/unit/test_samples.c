// SPDX-License-Identifier: GPL-2.0-only
/*
 * samples.tsv: what is read from good files, what is said about bad ones.
 */
#include "unit.h"

#include "load/samples.h"
#include "stats/reduce.h"

#define MAGIC "# mmvs-samples 1\n"
#define HEAD MAGIC "# unit\tinsn\n"
#define METRIC "# metric\tm\tinsn\tlower\tkey\tp50\ta\t-\t-\tdesc\n"

static struct samples *parse(const char *text, size_t len, struct err *err,
			     int *ret)
{
	/* Of exactly this size, so that a sanitizer sees a byte too far. */
	char *buf = malloc(len + 1);
	struct samples *s;

	assert_non_null(buf);
	memcpy(buf, text, len);
	buf[len] = '\0';
	err->msg[0] = '\0';
	s = samples_parse(buf, len, "f", "insn", "case@x=1", ret, err);
	free(buf);
	return s;
}

static struct samples *good(const char *text)
{
	struct samples *s;
	struct err err;
	int ret;

	s = parse(text, strlen(text), &err, &ret);
	if (!s)
		fail_msg("refused: %s", err.msg);
	assert_int_equal(ret, 0);
	return s;
}

/* Refused, with a message that begins as expected. */
static void bad_len(const char *text, size_t len, const char *msg)
{
	struct samples *s;
	struct err err;
	int ret;

	s = parse(text, len, &err, &ret);
	assert_null(s);
	assert_int_equal(ret, -EINVAL);
	if (strncmp(err.msg, msg, strlen(msg)))
		fail_msg("\"%s\" is not \"%s\"", err.msg, msg);
}

static void bad(const char *text, const char *msg)
{
	bad_len(text, strlen(text), msg);
}

static void reads(void **state)
{
	struct samples *s = good(HEAD "# case\tcase\n# spec\tcase@x=1\n"
				      "# whatever\t1\t2\n#\n# loose words\n"
				      "# clock_cost\t14\n"
				      "# clocked\tlat_insn\n"
				      "i\tlat_insn\n0\t2954\n1\t-1e3\n2\t14\n");

	(void)state;
	assert_int_equal(s->n_rows, 3);
	assert_int_equal(s->n_columns, 2);
	assert_near(s->rows[1], 2940, 0); /* the clock's cost is gone */
	assert_near(s->rows[3], 0, 0); /* never below 0 */
	assert_near(s->rows[4], 2, 0); /* not clocked */
	samples_free(s);
}

static void skipped(void **state)
{
	struct samples *s = good(HEAD "# skip\tno \033[31mswap\a\n");

	(void)state;
	assert_string_equal(s->skip, "no [31mswap");
	assert_int_equal(s->n_rows, 0);
	samples_free(s);
	bad(HEAD "# skip\tx\na\n1\n", "f:5: rows in a file that says skip");
}

static void bad_frame(void **state)
{
	(void)state;
	bad("", "f:0: line 1 is not");
	bad("\n", "f:1: line 1 is not");
	bad("a\tb\n1\t2\n", "f:1: line 1 is not");
	bad("# mmvs-samples 2\n", "f:1: line 1 is not");
	bad("# mmvs-cell 1\n", "f:1: line 1 is not");
	bad("# mmvs-samples 1", "f:1: truncated");
	bad(HEAD, "f:2: truncated: no line of column names");
	bad(HEAD "a\tb\n1\t2\n3", "f:5: truncated: no newline");
	bad(HEAD "# rows\t3\na\tb\n1\t2\n3\t4\n",
	    "f:6: truncated: 2 rows, the header says 3");
	bad(HEAD "# rows\tmany\na\n1\n", "f:3: rows is not a number");
	bad(MAGIC "a\n1\n", "f:2: no unit line");
	bad(MAGIC "# unit\tns\n", "f:2: unit is \"ns\", the run's is \"insn\"");
	bad(HEAD "# spec\tother\n", "f:3: spec is \"other\"");
	bad_len(HEAD "a\n1\0002\n", sizeof(HEAD "a\n1\0002\n") - 1,
		"f:4: NUL byte");
}

static void bad_columns(void **state)
{
	char many[256] = HEAD;
	size_t i;

	(void)state;
	bad(HEAD "a\tb\ta\n", "f:3: duplicate column a");
	bad(HEAD "a\t\tb\n", "f:3: not a valid column name");
	bad(HEAD "a b\n", "f:3: not a valid column name");
	bad(HEAD "\033[2Jx\n", "f:3: not a valid column name: \"?[2Jx\"");
	bad(HEAD "../a\n", "f:3: not a valid column name");
	for (i = 0; i < MMVS_MAX_COLUMNS + 1; i++)
		sprintf(many + strlen(many), "%sc%zu", i ? "\t" : "", i);
	strcat(many, "\n");
	bad(many, "f:3: more than 32 columns");
}

static void bad_rows(void **state)
{
	static const char *const values[] = {
		"nan", "inf", "-inf", "NaN",   "0x10", "1e999",
		"",    " 1",  "1 ",   "1,5",   "--1",  "1e",
		".",   "+",   "1\r",  "\033[", "e5",
	};
	char text[256];
	size_t i;

	(void)state;
	bad(HEAD "a\tb\n1\n", "f:4: row has fewer columns than the 2");
	bad(HEAD "a\tb\n1\t2\t3\n", "f:4: row has more columns than the 2");
	bad(HEAD "a\tb\n1\t2\n\n", "f:5: row has fewer");
	bad(HEAD "a\n# late\n", "f:4: column a: not a number");
	for (i = 0; i < N_OF(values); i++) {
		snprintf(text, sizeof(text), HEAD "a\n%s\n", values[i]);
		bad(text, "f:4: column a: not a number");
	}
}

static void bad_sizes(void **state)
{
	size_t n = MMVS_MAX_ROWS + 1, i, at;
	char *text = malloc(2 * n + 64);

	(void)state;
	assert_non_null(text);
	strcpy(text, HEAD "a\n");
	at = strlen(text);
	for (i = 0; i < n; i++) {
		text[at++] = '1';
		text[at++] = '\n';
	}
	bad_len(text, at, "f:1048580: more than 1048576 rows");
	strcpy(text, HEAD);
	at = strlen(text);
	memset(text + at, 'a', MMVS_MAX_LINE + 1);
	strcpy(text + at + MMVS_MAX_LINE + 1, "\n");
	bad(text, "f:3: line longer than 4096 bytes");
	strcpy(text, HEAD);
	for (i = 0; i <= MMVS_MAX_METRICS; i++)
		strcat(text, METRIC);
	bad(text, "f:67: more than 64 metrics");
	free(text);
}

#define M(f) HEAD "# metric\t" f "\na\tb\n1\t2\n"

static void bad_metrics(void **state)
{
	(void)state;
	bad(M("m\tinsn\tlower\tkey\tp51\ta\t-\t-\td"),
	    "f:3: metric m: unknown reduce \"p51\"");
	bad(M("m\tinsn\tlower\tkey\tp50\tz\t-\t-\td"),
	    "f:3: metric m: no column \"z\"");
	bad(M("m\tinsn\tlower\tkey\tsum\ta\tz\t-\td"),
	    "f:3: metric m: no column \"z\"");
	bad(M("m\tinsn\tlower\tkey\tsum\ta\tb\tb,z\td"),
	    "f:3: metric m: no column \"z\"");
	bad(M("m\tinsn\tlower\tkey\tp50\ta\tb\t-\td"),
	    "f:3: metric m: per needs");
	bad(M("m\tinsn\tlower\tkey\tslope\ta\t-\t-\td"),
	    "f:3: metric m: slope needs per");
	bad(M("m\tinsn\tbest\tkey\tp50\ta\t-\t-\td"),
	    "f:3: metric m: unknown better");
	bad(M("m\tinsn\tlower\ttop\tp50\ta\t-\t-\td"),
	    "f:3: metric m: unknown rank");
	bad(M("../m\tinsn\tlower\tkey\tp50\ta\t-\t-\td"),
	    "f:3: not a valid metric name");
	bad(M("m|x\tinsn\tlower\tkey\tp50\ta\t-\t-\td"),
	    "f:3: not a valid metric name");
	bad(M("m\tin\033sn\tlower\tkey\tp50\ta\t-\t-\td"),
	    "f:3: metric m: not a valid unit");
	bad(M("m\tinsn\tlower\tkey\tp50\ta\t-\t-"),
	    "f:3: a metric has ten fields");
	bad(M("m\tinsn\tlower\tkey\tp50\ta\t-\t-\td\te"),
	    "f:3: a metric has ten fields");
	bad(HEAD METRIC METRIC "a\n1\n", "f:4: duplicate metric m");
	bad(HEAD "# clocked\ta_insn\na_insn\n1\n", "f:3: clocked, but no");
	bad(HEAD "# clock_cost\t1\n# clocked\ta\na\n1\n",
	    "f:4: clocked column a is not in insn");
	bad(HEAD "# clock_cost\t1\n# clocked\tb_ns\nb_ns\n1\n",
	    "f:4: clocked column b_ns is not in insn");
	bad(HEAD "# clock_cost\t1\n# clocked\tz\na\n1\n",
	    "f:4: clocked: no column");
	bad(HEAD "# clock_cost\t-1\na\n1\n", "f:3: clock_cost is not");
	bad(HEAD "# clock_cost\tinf\na\n1\n", "f:3: clock_cost is not");
}

static struct value *reduced(const char *text, size_t *n)
{
	struct samples *s = good(text);
	struct value *v;
	struct err err;

	if (samples_reduce(s, "f", &v, n, &err))
		fail_msg("not reduced: %s", err.msg);
	samples_free(s);
	return v;
}

/* Type 7 quantiles, R's default: of 1 2 3 10, p90 is 3 + 0.7 * 7. */
static void reductions(void **state)
{
	static const struct {
		const char *name;
		double want;
	} cases[] = {
		{ "p50", 2.5 },	   { "p90", 7.9 },  { "p99", 9.79 },
		{ "p999", 9.979 }, { "max", 10 },   { "mean", 4 },
		{ "sum", 16 },	   { "first", 10 }, { "last", 3 },
	};
	struct value *v;
	char text[256];
	size_t i, n;

	(void)state;
	for (i = 0; i < N_OF(cases); i++) {
		snprintf(text, sizeof(text),
			 HEAD "# metric\tm\tinsn\tlower\tkey\t%s\ta\t-\t-\td\n"
			      "a\n10\n1\n2\n3\n",
			 cases[i].name);
		v = reduced(text, &n);
		assert_int_equal(n, 1);
		assert_int_equal(v[0].status, VALUE_OK);
		assert_near(v[0].value, cases[i].want, 1e-12);
		assert_string_equal(v[0].name, "m");
		free(v);
	}
}

static void per(void **state)
{
	struct value *v;
	size_t n;

	(void)state;
	v = reduced(HEAD "# metric\tm\tinsn\tlower\tkey\tsum\ta\tb\t-\td\n"
			 "# metric\tz\tinsn\tlower\tkey\tsum\ta\tc\t-\td\n"
			 "# metric\tl\tinsn\tlower\tkey\tlast\ta\tb\t-\td\n"
			 "a\tb\tc\n1\t2\t1\n5\t10\t-1\n",
		    &n);
	assert_int_equal(n, 3);
	assert_near(v[0].value, 0.5, 0);
	assert_int_equal(v[1].status, VALUE_ZERO_PER);
	assert_true(isnan(v[1].value));
	assert_near(v[2].value, 0.5, 0);
	free(v);
}

/* Least squares by hand: a line, points beside one, a group each, one x. */
static void slope(void **state)
{
	struct value *v;
	size_t n;

	(void)state;
	v = reduced(HEAD "# metric\tm\tinsn\tlower\tkey\tslope\ta\tb\tc\td\n"
			 "a\tb\tc\n"
			 "107\t1\t0\n121\t3\t0\n149\t7\t0\n" /* 100 + 7 b */
			 "1\t0\t1\n2\t1\t1\n6\t2\t1\n" /* 0.5 + 2.5 b */
			 "5\t4\t2\n9\t4\t2\n" /* one x */
			 "5\t4\t3\n", /* one point */
		    &n);
	assert_int_equal(n, 4);
	assert_near(v[0].value, 7, 1e-12);
	assert_near(v[1].value, 2.5, 1e-12);
	assert_int_equal(v[2].status, VALUE_NO_SLOPE);
	assert_true(isnan(v[2].value));
	assert_int_equal(v[3].status, VALUE_NO_SLOPE);
	free(v);
}

static void groups(void **state)
{
	struct value *v;
	size_t n;

	(void)state;
	v = reduced(HEAD "# metric\tm\tinsn\tlower\tkey\tsum\ta\t-\t"
			 "folio_pages,young_pct,x_insn\td\n"
			 "folio_pages\tyoung_pct\tx_insn\ta\n"
			 "512\t0.5\t1\t10\n1\t0\t1\t1\n512\t0.5\t1\t20\n"
			 "1\t0.1\t-0\t3\n",
		    &n);
	/* In order of first appearance, not of value. */
	assert_int_equal(n, 3);
	assert_string_equal(v[0].name, "m[folio=512,young=0.5,x_insn=1]");
	assert_near(v[0].value, 30, 0);
	assert_string_equal(v[1].name, "m[folio=1,young=0,x_insn=1]");
	assert_near(v[1].value, 1, 0);
	assert_string_equal(v[2].name, "m[folio=1,young=0.1,x_insn=0]");
	free(v);
}

static void no_rows(void **state)
{
	struct value *v;
	size_t n;

	(void)state;
	v = reduced(HEAD METRIC
		    "# metric\tg\tinsn\tlower\tkey\tp50\ta\t-\ta\td\na\n",
		    &n);
	assert_int_equal(n, 1); /* no group without a row */
	assert_int_equal(v[0].status, VALUE_NO_ROWS);
	assert_true(isnan(v[0].value));
	free(v);
}

static void not_reducible(void **state)
{
	char text[8192] = HEAD "# metric\tm\tinsn\tlower\tkey\tsum\ta\t-\ta\td"
			       "\na\n";
	struct samples *s;
	struct value *v;
	struct err err;
	size_t n, i;

	(void)state;
	for (i = 0; i <= SAMPLES_MAX_GROUPS; i++)
		sprintf(text + strlen(text), "%zu\n", i);
	s = good(text);
	assert_int_equal(samples_reduce(s, "f", &v, &n, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "more than 256 groups"));
	samples_free(s);
	s = good(HEAD "# metric\tm\tinsn\tlower\tkey\tsum\ta\t-\t-\td\na\n"
		      "1e308\n1e308\n");
	assert_int_equal(samples_reduce(s, "f", &v, &n, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "not finite"));
	samples_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),	 cmocka_unit_test(skipped),
		cmocka_unit_test(bad_frame),	 cmocka_unit_test(bad_columns),
		cmocka_unit_test(bad_rows),	 cmocka_unit_test(bad_sizes),
		cmocka_unit_test(bad_metrics),	 cmocka_unit_test(reductions),
		cmocka_unit_test(per),		 cmocka_unit_test(groups),
		cmocka_unit_test(slope),	 cmocka_unit_test(no_rows),
		cmocka_unit_test(not_reducible),
	};

	return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
