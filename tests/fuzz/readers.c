// SPDX-License-Identifier: GPL-2.0-only
/*
 * The readers of bench/host as fuzz targets.  See fuzz.h.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <ftw.h>

#include "fuzz.h"
#include "load/conform.h"
#include "load/criteria.h"
#include "load/file.h"
#include "load/table.h"
#include "load/unpack.h"
#include "pages/page.h"
#include "stats/reduce.h"

/* A copy with a NUL behind it and nothing else, as the parsers of buffers have it. */
static char *copy_of(const char *text, size_t len)
{
	char *buf = malloc(len + 1);

	if (!buf)
		broken("there is memory");
	memcpy(buf, text, len);
	buf[len] = '\0';
	return buf;
}

/* Every refusal says where, on one line that a terminal can show. */
static void check_refusal(int ret, const struct err *err, const char *where)
{
	const char *c;

	must(ret < 0);
	must(!strncmp(err->msg, where, strlen(where)));
	for (c = err->msg; *c; c++)
		must(*c >= ' ' && *c <= '~');
}

/* What is printed of it is clean. */
static void check_clean(const char *s)
{
	char *again = text_clean(s, strlen(s));

	must(again && !strcmp(again, s));
	free(again);
}

static void feed_samples(const char *text, size_t len)
{
	char *buf = copy_of(text, len);
	struct err err = { "" };
	struct value *v;
	struct samples *s;
	size_t n, i;
	int ret = 0;

	s = samples_parse(buf, len, "f", "insn", "c@x=1", &ret, &err);
	free(buf);
	if (!s) {
		check_refusal(ret, &err, "f:");
		return;
	}
	for (i = 0; i < s->n_rows * s->n_columns; i++)
		must(isfinite(s->rows[i]));
	for (i = 0; i < s->n_metrics; i++)
		check_clean(s->metrics[i].desc);
	ret = samples_reduce(s, "f", &v, &n, &err);
	if (ret) {
		check_refusal(ret, &err, "f:");
	} else {
		for (i = 0; i < n; i++)
			must((v[i].status == VALUE_OK) ==
			     !!isfinite(v[i].value));
		free(v);
	}
	samples_free(s);
}

/* counters.tsv, and every other table that only a page shows. */
static void feed_table(const char *text, size_t len)
{
	struct err why = { "" };
	struct table t;
	size_t row, column;
	double v;

	fuzz_write("counters.tsv", text, len);
	must(!table_load(fuzz_dir(), "counters.tsv", &t, &why));
	must(t.n_columns ? !why.msg[0] : !table_rows(&t));
	for (row = 0; row <= table_rows(&t); row++)
		for (column = 0; column <= t.n_columns; column++) {
			const char *field = table_field(&t, row, column);

			check_clean(field);
			must(file_parse_number(field, &v) || isfinite(v));
		}
	must(table_column(&t, "delta") <= t.n_columns);
	table_free(&t);
}

static void feed_run(const char *text, size_t len)
{
	struct err err = { "" };
	struct run run = { 0 };
	size_t i;
	int ret;

	fuzz_write("run.json", text, len);
	ret = run_load(fuzz_dir(), &run, &err);
	if (ret) {
		check_refusal(ret, &err, fuzz_dir());
	} else {
		must(run.baseline < run.n_variants);
		for (i = 0; i < run.n_variants; i++) {
			must(name_ok(run.variants[i].name, NAME_VARIANT));
			check_clean(run.variants[i].title);
			check_clean(run.variants[i].expect);
		}
		for (i = 0; i < run.n_specs; i++)
			must(name_ok(run.specs[i], NAME_SPEC));
		check_clean(run.command);
		run_kernels_differ(&run);
	}
	run_free(&run);
}

/* A run of the variants a and b, with what the parsers of its parts need. */
static void small_run(struct run *run)
{
	static const char *const names[] = { "a", "b" };
	static struct variant variants[2];
	static char word[][8] = { "a", "b", "", "insn", "icount", "tcg" };
	size_t i, k;

	memset(run, 0, sizeof(*run));
	memset(variants, 0, sizeof(variants));
	for (i = 0; i < 2; i++) {
		variants[i].name = strdup(names[i]);
		variants[i].image_sha256 = word[2];
		variants[i].guest_sha256 = word[2];
		for (k = 0; k < N_STATIC_COSTS; k++)
			variants[i].cost[k] = NAN;
	}
	run->variants = variants;
	run->n_variants = 2;
	run->unit = word[3];
	run->mode = word[4];
	run->accel = word[5];
	run->initramfs_sha256 = word[2];
}

static void small_run_free(struct run *run)
{
	size_t i, k;

	for (i = 0; i < run->n_variants; i++) {
		struct variant *v = &run->variants[i];

		for (k = 0; k < v->n_properties; k++)
			free(v->properties[k].name);
		free(v->properties);
		free(v->name);
	}
	criteria_free(run);
}

static void feed_cell(const char *text, size_t len)
{
	char path[128], *reason = NULL;
	enum cell_status status = CELL_DAMAGED;
	struct err err = { "" };
	struct run run;
	int ret;

	small_run(&run);
	fuzz_write("cell.json", text, len);
	snprintf(path, sizeof(path), "%s/cell.json", fuzz_dir());
	ret = cell_load(path, &run, &run.variants[0], "c@x=1", 1, &status,
			&reason, &err);
	if (ret) {
		check_refusal(ret, &err, path);
	} else {
		must(status == CELL_OK || status == CELL_SKIP ||
		     status == CELL_FAILED);
		must((status == CELL_OK) == !reason);
		if (reason)
			check_clean(reason);
	}
	free(reason);
	small_run_free(&run);
}

/* One of the run's parts that a parser of a buffer takes in. */
static void feed_part(const char *text, size_t len,
		      int (*parse)(char *, size_t, const char *, struct run *,
				   struct err *))
{
	char *buf = copy_of(text, len), *said;
	struct err err = { "" };
	struct run run;
	size_t i, k;
	int ret;

	small_run(&run);
	ret = parse(buf, len, "f", &run, &err);
	free(buf);
	if (ret)
		check_refusal(ret, &err, "f:");
	for (i = 0; i < run.n_variants; i++) {
		struct variant *v = &run.variants[i];

		for (k = 0; k < N_STATIC_COSTS; k++)
			must(isnan(v->cost[k]) || isfinite(v->cost[k]));
		said = conform_text(v);
		check_clean(said);
		free(said);
	}
	for (i = 0; i < run.n_criteria; i++) {
		check_clean(run.criteria[i].name);
		for (k = 0; k < run.criteria[i].n_globs; k++)
			criteria_match(run.criteria[i].globs[k], "c@x=1", "m");
	}
	small_run_free(&run);
}

/* samples.tsv and passes.tsv of a profiled boot, with a form feed between them. */
static void feed_passes(const char *text, size_t len)
{
	const char *cut = memchr(text, '\f', len);
	size_t first = cut ? (size_t)(cut - text) : len;
	struct err err = { "" };
	struct table t;

	fuzz_write("samples.tsv", text, first);
	fuzz_write("passes.tsv", cut ? cut + 1 : "", cut ? len - first - 1 : 0);
	if (page_passes(fuzz_dir(), &err)) {
		check_refusal(-1, &err, fuzz_dir());
		return;
	}
	must(!table_load(fuzz_dir(), "operations.tsv", &t, NULL));
	must(table_has(&t, "region\tcount\tunit"));
	table_free(&t);
	must(!table_load(fuzz_dir(), "metrics.tsv", &t, NULL));
	must(table_has(&t, "metric\tregions"));
	table_free(&t);
}

static void feed_matrix(const char *text, size_t len)
{
	feed_part(text, len, conform_parse);
}

static void feed_static(const char *text, size_t len)
{
	feed_part(text, len, static_parse);
}

static void feed_criteria(const char *text, size_t len)
{
	feed_part(text, len, criteria_parse);
}

static size_t found;

/* Only plain files, none that runs, all of them below the folder. */
static int look(const char *path, const struct stat *st, int flag,
		struct FTW *ftw)
{
	(void)ftw;
	if (flag == FTW_F) {
		must(strstr(path, "/tar/unpack/"));
		must(S_ISREG(st->st_mode) && !(st->st_mode & 0111));
		must(st->st_nlink == 1);
		found++;
	} else {
		must(flag == FTW_DP);
	}
	return remove(path);
}

static void feed_unpack(const char *text, size_t len)
{
	struct err err = { "" };
	char around[64], path[128];
	size_t files = 0;
	FILE *in;
	int ret;

	snprintf(around, sizeof(around), "%s/tar", fuzz_dir());
	snprintf(path, sizeof(path), "%s/unpack", around);
	if (mkdir(around, 0755) || mkdir(path, 0755))
		broken("a folder can be made in /dev/shm");
	in = fmemopen((void *)(uintptr_t)text, len ? len : 1, "r");
	must(in);
	ret = unpack(in, path, &files, &err);
	if (ret) /* the file's name, or the bundle's */
		check_refusal(ret, &err, "");
	fclose(in);
	found = 0;
	nftw(around, look, 16, FTW_DEPTH | FTW_PHYS);
	/* A file that was cut short is there and not counted. */
	must(found >= files && found <= files + 1 && (ret || found == files));
}

/* The checksum of every block that could be a header. */
static void mend_tar(char *text, size_t len)
{
	enum {
		BLOCK = 512,
		MAGIC = 257,
		SUM = 148,
		DIGITS = 8
	};
	unsigned int sum;
	size_t i;

	for (; len >= BLOCK; len -= BLOCK, text += BLOCK) {
		if (memcmp(text + MAGIC, "ustar", 6))
			continue;
		memset(text + SUM, ' ', DIGITS);
		for (i = 0, sum = 0; i < BLOCK; i++)
			sum += (unsigned char)text[i];
		snprintf(text + SUM, DIGITS, "%06o", sum);
	}
}

const struct reader fuzz_readers[] = {
	{ "samples", feed_samples, NULL },
	{ "counters", feed_table, NULL },
	{ "cell", feed_cell, NULL },
	{ "run", feed_run, NULL },
	{ "matrix", feed_matrix, NULL },
	{ "static", feed_static, NULL },
	{ "criteria", feed_criteria, NULL },
	{ "unpack", feed_unpack, mend_tar },
	{ "profile", fuzz_profile, NULL },
	{ "passes", feed_passes, NULL },
};
const size_t n_fuzz_readers = sizeof(fuzz_readers) / sizeof(*fuzz_readers);
