// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every field that is a number, in every reader, with what is none and with what is too
 * much of one: refused, or read as what it says and finite.
 */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "load/criteria.h"
#include "load/file.h"
#include "load/table.h"
#include "profile/profile.h"
#include "stats/reduce.h"

/* NAN: refused as a number. */
static const struct {
	const char *text;
	double value;
} numbers[] = {
	{ "nan", NAN },
	{ "-nan", NAN },
	{ "inf", NAN },
	{ "-inf", NAN },
	{ "Infinity", NAN },
	{ "1e400", NAN },
	{ "-1e400", NAN },
	{ "0x10", NAN },
	{ "1;5", NAN },
	{ "", NAN },
	{ "--1", NAN },
	{ "-1", -1 },
	{ "12345678901234567890", 12345678901234567890.0 },
	{ "99999999999999999999", 99999999999999999999.0 },
};

static char dir[] = "/tmp/mmvs-numbers-XXXXXX";

/* A file; each @ of its text is the number. */
static void put(const char *name, const char *format, const char *number)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	for (const char *c = format; *c; c++) {
		if (*c == '@')
			fputs(number, f);
		else
			fputc(*c, f);
	}
	assert_int_equal(fclose(f), 0);
}

/* 0 and the first value of the samples, or a refusal. */
static int samples_with(const char *format, const char *number, double *value)
{
	char path[128];
	struct samples *s;
	struct value *v;
	struct err err;
	size_t n;
	int ret;

	put("samples.tsv", format, number);
	snprintf(path, sizeof(path), "%s/samples.tsv", dir);
	s = samples_load(path, "insn", "c@x=1", &ret, &err);
	if (!s)
		return ret;
	*value = s->n_rows ? s->rows[0] : 0;
	assert_true(isfinite(*value));
	ret = samples_reduce(s, "f", &v, &n, &err);
	if (!ret) {
		for (size_t i = 0; i < n; i++)
			assert_true((v[i].status == VALUE_OK) ==
				    !!isfinite(v[i].value));
		free(v);
	}
	samples_free(s);
	return ret;
}

#define SAMPLES(cost, rows, row)                                             \
	"# mmvs-samples 1\n# unit\tinsn\n# clock_cost\t" cost                \
	"\n# clocked\ta_insn\n# rows\t" rows                                 \
	"\n# metric\tm\tinsn\tlower\tkey\tsum\ta_insn\tb\tc\td\n"            \
	"# metric\tn\tinsn\tlower\tkey\tslope\ta_insn\tb\t-\td\n"            \
	"# metric\to\tinsn\tlower\tkey\tp99\tb\t-\t-\td\na_insn\tb\tc\n" row \
	"2\t2\t2\n"

static void samples(void **state)
{
	static const char *const fields[] = {
		SAMPLES("0", "2", "@\t1\t1\n"),
		SAMPLES("0", "2", "1\t@\t1\n"),
		SAMPLES("0", "2", "1\t1\t@\n"),
	};
	double value;
	size_t i, k;
	int ret;

	(void)state;
	for (i = 0; i < N_OF(numbers); i++) {
		for (k = 0; k < N_OF(fields); k++) {
			ret = samples_with(fields[k], numbers[i].text, &value);
			assert_int_equal(ret,
					 isnan(numbers[i].value) ? -EINVAL : 0);
			/* A clocked value is none below 0. */
			if (!ret && !k)
				assert_true(value == fmax(numbers[i].value, 0));
		}
		/* None of these is how many rows there are. */
		assert_int_equal(samples_with(SAMPLES("0", "@", "1\t1\t1\n"),
					      numbers[i].text, &value),
				 -EINVAL);
		ret = samples_with(SAMPLES("@", "2", "1\t1\t1\n"),
				   numbers[i].text, &value);
		assert_int_equal(ret, numbers[i].value >= 0 ? 0 : -EINVAL);
	}
}

/* What is near the end of a double: sums that are not finite are no value. */
static void overflow(void **state)
{
	double value;

	(void)state;
	assert_int_equal(
		samples_with(SAMPLES("0", "3", "1e308\t1\t2\n@\t1\t2\n"),
			     "1.7e308", &value),
		-EINVAL);
	assert_int_equal(samples_with(SAMPLES("0", "2", "5e-324\t@\t1\n"),
				      "5e-324", &value),
			 0);
}

static void counters(void **state)
{
	struct table t;
	size_t i, column;
	double v;

	(void)state;
	for (i = 0; i < N_OF(numbers); i++) {
		put("counters.tsv",
		    "# mmvs-counters 1\ncounter\tbefore\tafter\tdelta\n"
		    "a\t@\t@\t@\n",
		    numbers[i].text);
		assert_int_equal(table_load(dir, "counters.tsv", &t, NULL), 0);
		assert_int_equal(table_rows(&t), 1);
		for (column = 1; column < 4; column++) {
			const char *field = table_field(&t, 0, column);

			assert_string_equal(field, numbers[i].text);
			if (isnan(numbers[i].value))
				assert_true(file_parse_number(field, &v) < 0);
			else
				assert_true(!file_parse_number(field, &v) &&
					    v == numbers[i].value);
		}
		table_free(&t);
	}
}

#define RUN(cores, memory, cpus, delta, alpha, seed)                         \
	"{\"schema\":\"mmvs-run 1\",\"unit\":\"insn\",\"baseline\":\"a\","   \
	"\"variants\":[{\"name\":\"a\"}],\"specs\":[\"c\"],\"seeds\":[" seed \
	"],\"host\":{\"cores\":" cores ",\"memory_mib\":" memory             \
	"},\"vm\":{\"cpus\":" cpus "},\"delta_pct\":" delta                  \
	",\"alpha\":" alpha "}"

static int run_with(const char *format, const char *number)
{
	struct run run = { 0 };
	struct err err;
	int ret;

	put("run.json", format, number);
	ret = run_load(dir, &run, &err);
	run_free(&run);
	return ret;
}

static void run_json(void **state)
{
	static const char *const fields[] = {
		RUN("@", "2", "1", "1", "0.05", "1"),
		RUN("1", "@", "1", "1", "0.05", "1"),
		RUN("1", "2", "@", "1", "0.05", "1"),
		RUN("1", "2", "1", "@", "0.05", "1"),
		RUN("1", "2", "1", "1", "@", "1"),
		RUN("1", "2", "1", "1", "0.05", "@"),
	};
	size_t i, k;

	(void)state;
	for (k = 0; k < N_OF(fields); k++) {
		assert_int_equal(run_with(fields[k], k == 4 ? "0.05" : "1"), 0);
		for (i = 0; i < N_OF(numbers); i++)
			assert_int_equal(run_with(fields[k], numbers[i].text),
					 -EINVAL);
	}
}

static void cell_json(void **state)
{
	static char insn[] = "insn", none[] = "";
	struct variant v = { .name = insn,
			     .image_sha256 = none,
			     .guest_sha256 = none };
	struct run run = { .variants = &v,
			   .n_variants = 1,
			   .unit = insn,
			   .mode = none,
			   .accel = none,
			   .initramfs_sha256 = none };
	enum cell_status status;
	char path[128], *reason;
	struct err err;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/cell.json", dir);
	for (i = 0; i < N_OF(numbers); i++) {
		put("cell.json",
		    "{\"schema\":\"mmvs-cell 1\",\"variant\":\"insn\","
		    "\"spec\":\"c\",\"seed\":@,\"status\":\"ok\"}",
		    numbers[i].text);
		assert_int_equal(cell_load(path, &run, &v, "c", 1, &status,
					   &reason, &err),
				 -EINVAL);
		assert_null(reason);
	}
}

static void static_tsv(void **state)
{
	static char name[] = "a";
	struct variant v = { .name = name };
	struct run run = { .variants = &v, .n_variants = 1 };
	struct err err;
	char text[256];
	size_t i, k;

	(void)state;
	for (i = 0; i < N_OF(numbers); i++) {
		for (k = 0; k < N_STATIC_COSTS; k++)
			v.cost[k] = NAN;
		snprintf(text, sizeof(text),
			 "variant\tcheck\tresult\tvalue\twhy\n"
			 "a\tadded\tinfo\t%s\t\na\tfiles\tinfo\t%s\t\n"
			 "a\ttext\tinfo\t%s\t\n",
			 numbers[i].text, numbers[i].text, numbers[i].text);
		assert_int_equal(
			static_parse(text, strlen(text), "f", &run, &err), 0);
		/* No stack has so many lines; "1;5" and "0x10" begin well. */
		for (k = 0; k < N_STATIC_COSTS; k++)
			assert_true(isnan(v.cost[k]) || fabs(v.cost[k]) <= 16);
	}
}

#define PROFILE "# mmvs-functions 1\nr\tf\ts\ti\tc\ts\nr\tf\tk\t"

static int profile_with(const char *operations, const char *regions,
			const char *functions, const char *number)
{
	struct profile p;
	char why[4500];
	int ret;

	put("operations.tsv", operations, number);
	put("regions.tsv", regions, number);
	put("functions.tsv", functions, number);
	ret = profile_load(&p, dir, "", why, sizeof(why));
	profile_free(&p);
	return ret;
}

static void profile(void **state)
{
	static const char ops[] = "# mmvs-operations 1\nr\to\tu\nr\t1\tu\n";
	static const char regions[] =
		"# mmvs-regions 1\nr\to\tu\tk\ti\tn\tx\tc\n"
		"r\t1\t0\t5\t0\t0\t0\t0\n# end\n";
	static const char functions[] = PROFILE "5\t1\t5\n";
	size_t i;

	(void)state;
	assert_int_equal(profile_with(ops, regions, functions, ""), 0);
	for (i = 0; i < N_OF(numbers); i++) {
		const char *s = numbers[i].text;

		assert_int_equal(
			profile_with("# mmvs-operations 1\nr\to\tu\nr\t@\tu\n",
				     regions, functions, s),
			-EINVAL);
		assert_int_equal(
			profile_with(
				ops,
				"# mmvs-regions 1\nr\to\tu\tk\ti\tn\tx\tc\n"
				"r\t1\t0\t@\t0\t0\t0\t0\n# end\n",
				functions, s),
			-EINVAL);
		assert_int_equal(
			profile_with(ops, regions, PROFILE "@\t1\t5\n", s),
			-EINVAL);
		assert_int_equal(
			profile_with(ops, regions, PROFILE "5\t@\t5\n", s),
			-EINVAL);
		assert_int_equal(
			profile_with(ops, regions, PROFILE "5\t1\t@\n", s),
			-EINVAL);
	}
}

static int folder(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "samples.tsv",    "counters.tsv",
					     "run.json",       "cell.json",
					     "operations.tsv", "regions.tsv",
					     "functions.tsv" };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),   cmocka_unit_test(overflow),
		cmocka_unit_test(counters),  cmocka_unit_test(run_json),
		cmocka_unit_test(cell_json), cmocka_unit_test(static_tsv),
		cmocka_unit_test(profile),
	};

	return cmocka_run_group_tests(tests, folder, remove_folder);
}
