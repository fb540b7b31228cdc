// SPDX-License-Identifier: GPL-2.0-only
/* One case from its words to its samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "kernel/file.h"
#include "kernel/memcg.h"
#include "kernel/vmstat.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/hits.h"
#include "run/marker.h"
#include "run/perf.h"

int bench_skip(struct bench_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->why, sizeof(ctx->why), fmt, ap);
	va_end(ap);
	return BENCH_SKIP;
}

int bench_fail(struct bench_ctx *ctx, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->why, sizeof(ctx->why), fmt, ap);
	va_end(ap);
	return err;
}

static int option_index(const struct bench_case *bc, const char *key)
{
	for (int i = 0; bc->options && bc->options[i].key; i++)
		if (!strcmp(bc->options[i].key, key))
			return i;
	return -ENOENT;
}

const char *bench_opt(const struct bench_ctx *ctx, const char *key)
{
	int i = option_index(ctx->bc, key);

	return i < 0 ? NULL : ctx->value[i];
}

uint64_t bench_opt_u64(const struct bench_ctx *ctx, const char *key)
{
	uint64_t value = 0;
	const char *text = bench_opt(ctx, key);

	if (text)
		parse_u64(text, &value);
	return value;
}

void bench_row_of(struct bench_ctx *ctx, const int64_t *values, size_t n)
{
	if (ctx->nr_rows == ctx->cap_rows || n != ctx->nr_columns) {
		ctx->overflow = true; /* measure() fails the cell */
		return;
	}
	memcpy(ctx->rows + ctx->nr_rows * ctx->nr_columns, values,
	       ctx->nr_columns * sizeof(*values));
	hits_row(ctx, ctx->nr_rows++);
}

/* Is @value one of the words of "a|b|c"?  Any text is an "(explanation)". */
static bool is_choice(const char *choices, const char *value)
{
	size_t len = strlen(value);

	if (strchr(choices, '('))
		return len;

	for (const char *c = choices; c; c = strchr(c, '|')) {
		c += *c == '|';
		if (strcspn(c, "|") == len && !strncmp(c, value, len))
			return true;
	}
	return false;
}

static int set_option(struct bench_ctx *ctx, char *assignment)
{
	char *value = strchr(assignment, '=');
	const struct bench_option *o;
	uint64_t number;
	int i;

	if (!value)
		return bench_fail(ctx, -EINVAL, "%s: an option is KEY=VALUE",
				  assignment);
	*value++ = '\0';
	i = option_index(ctx->bc, assignment);
	if (i < 0)
		return bench_fail(ctx, -EINVAL, "%s has no option '%s'",
				  ctx->bc->name, assignment);
	o = &ctx->bc->options[i];
	if (o->choices ? !is_choice(o->choices, value)
		       : parse_u64(value, &number) || !number)
		return bench_fail(
			ctx, -EINVAL, "%s=%s: must be %s", o->key, value,
			o->choices ? o->choices : "a whole number above 0");
	ctx->value[i] = value;
	return 0;
}

int bench_parse(struct bench_ctx *ctx, int argc, char **argv)
{
	char *options, *save, *word;
	int err = 0;

	if (strlen(argv[0]) >= sizeof(ctx->spec))
		return bench_fail(ctx, -EINVAL, "the case's name is too long");
	strcpy(ctx->spec, argv[0]);
	options = strchr(argv[0], '@');
	if (options)
		*options++ = '\0';
	for_each_case (c)
		if (!strcmp((*c)->name, argv[0]))
			ctx->bc = *c;
	if (!ctx->bc)
		return bench_fail(ctx, -EINVAL,
				  "no case '%s'; 'mmbench --list' shows them",
				  argv[0]);
	for (int i = 0; ctx->bc->options && ctx->bc->options[i].key; i++)
		ctx->value[i] = ctx->bc->options[i].fallback;
	for (word = options ? strtok_r(options, ",", &save) : NULL;
	     word && !err; word = strtok_r(NULL, ",", &save))
		err = set_option(ctx, word);
	for (int i = 1; i < argc && !err; i++)
		err = strncmp(argv[i], "--", 2)
			      ? bench_fail(ctx, -EINVAL, "what is '%s'?",
					   argv[i])
			      : set_option(ctx, argv[i] + 2);
	return err;
}

/* "x_clock" with the unit of the clock, any other name as it is. */
static void put_name(FILE *out, const struct bench_ctx *ctx, const char *name)
{
	size_t len = strlen(name), suffix = strlen("_clock");

	if (len > suffix && !strcmp(name + len - suffix, "_clock"))
		fprintf(out, "%.*s_%s", (int)(len - suffix), name, ctx->unit);
	else
		fputs(name, out);
}

static void put_metric(FILE *out, const struct bench_ctx *ctx,
		       const struct bench_metric *m, bool apart)
{
	fprintf(out, "# %s\t%s%s\t%s\t%s\t%s\t%s\t", MMVS_KEY_METRIC, m->name,
		apart ? "_apart" : "",
		strcmp(m->unit, "clock") ? m->unit : ctx->unit, m->better,
		apart ? MMVS_RANK_ALL : m->rank, m->reduce);
	put_name(out, ctx, m->column);
	fputc('\t', out);
	put_name(out, ctx, m->per ? m->per : "-");
	fprintf(out, "\t%s\t%s%s\n",
		apart	? "clean"
		: m->by ? m->by
			: "-",
		m->desc,
		apart ? "; rows that were hit apart from those that were not"
		      : "");
}

static void put_metrics(FILE *out, const struct bench_ctx *ctx)
{
	for (const struct bench_metric *m = ctx->bc->metrics; m && m->name;
	     m++) {
		put_metric(out, ctx, m, false);
		if (hits_known() && !m->by && !strcmp(m->rank, MMVS_RANK_KEY))
			put_metric(out, ctx, m, true);
	}
}

/* Which accelerator really runs this guest, in its own words. */
static void put_hypervisor(FILE *out)
{
#ifdef __x86_64__
	unsigned int eax, ebx, ecx, edx;
	char name[13] = "none";

	__cpuid(1, eax, ebx, ecx, edx);
	if (ecx & (1u << 31)) {
		__cpuid(0x40000000, eax, ebx, ecx, edx);
		memcpy(name, &ebx, 4);
		memcpy(name + 4, &ecx, 4);
		memcpy(name + 8, &edx, 4);
		name[12] = '\0';
	}
	fprintf(out, "# hypervisor\t%s\n", name);
#else
	fprintf(out, "# hypervisor\tunknown\n");
#endif
}

static void put_header(FILE *out, const struct bench_ctx *ctx)
{
	struct utsname uts;

	uname(&uts);
	fprintf(out, "# %s\n", MMVS_SAMPLES_MAGIC);
	fprintf(out, "# %s\t%s\n", MMVS_KEY_CASE, ctx->bc->name);
	fprintf(out, "# %s\t%s\n", MMVS_KEY_SPEC, ctx->spec);
	for (int i = 0; ctx->bc->options && ctx->bc->options[i].key; i++)
		fprintf(out, "# option_%s\t%s\n", ctx->bc->options[i].key,
			ctx->value[i]);
	fprintf(out, "# kernel\t%s\n", uts.release);
	put_hypervisor(out);
	fprintf(out, "# perf\t%s%s%s\n", ctx->perf_kind,
		*ctx->perf_why ? ": " : "", ctx->perf_why);
	fprintf(out, "# %s\t%s\n", MMVS_KEY_UNIT, ctx->unit);
	fprintf(out, "# %s\t%" PRIu64 "\n", MMVS_KEY_CLOCK_COST,
		ctx->clock_cost);
}

/* A line for each of the columns in "a_clock,b_clock". */
static void put_clocked(FILE *out, const struct bench_ctx *ctx)
{
	char names[256], *name, *save;

	snprintf(names, sizeof(names), "%s",
		 ctx->bc->clocked ? ctx->bc->clocked : "");
	for (name = strtok_r(names, ",", &save); name;
	     name = strtok_r(NULL, ",", &save)) {
		fprintf(out, "# %s\t", MMVS_KEY_CLOCKED);
		put_name(out, ctx, name);
		fputc('\n', out);
	}
}

static void put_samples(FILE *out, const struct bench_ctx *ctx)
{
	put_header(out, ctx);
	put_clocked(out, ctx);
	put_metrics(out, ctx);
	hits_header(out, ctx);
	if (ctx->bc->header)
		ctx->bc->header(ctx, out);
	fprintf(out, "# %s\t%zu\n", MMVS_KEY_ROWS, ctx->nr_rows);
	for (size_t i = 0; i < ctx->nr_columns; i++) {
		fputs(i ? "\t" : "", out);
		put_name(out, ctx, ctx->bc->columns[i]);
	}
	fputs(hits_known() ? "\thit\tclean\n" : "\n", out);
	for (size_t r = 0; r < ctx->nr_rows; r++) {
		for (size_t i = 0; i < ctx->nr_columns; i++)
			fprintf(out, "%s%" PRId64, i ? "\t" : "",
				ctx->rows[r * ctx->nr_columns + i]);
		if (hits_known())
			fprintf(out, "\t%u\t%d", hits_of(r), !hits_of(r));
		fputc('\n', out);
	}
}

/* Rows are there, present and not inherited, before anything is measured. */
static int alloc_rows(struct bench_ctx *ctx)
{
	size_t size;
	void *rows;

	while (ctx->bc->columns[ctx->nr_columns])
		ctx->nr_columns++;
	ctx->cap_rows = ctx->bc->max_rows(ctx);
	if (!ctx->cap_rows || ctx->cap_rows > MMVS_MAX_ROWS)
		return bench_fail(ctx, -EINVAL,
				  "%zu rows asked for, at most %lu are kept",
				  ctx->cap_rows, MMVS_MAX_ROWS);
	size = ctx->cap_rows * ctx->nr_columns * sizeof(*ctx->rows);
	rows = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (rows == MAP_FAILED)
		return bench_fail(ctx, -errno, "no memory for the samples");
	madvise(rows, size, MADV_DONTFORK);
	mlock(rows, size); /* best effort: an unlocked buffer still works */
	ctx->rows = rows;
	return 0;
}

static int enter_memcg(struct bench_ctx *ctx)
{
	int err;

	if (!memcg_usable())
		return ctx->bc->needs_memcg
			       ? bench_skip(
					 ctx,
					 "needs cgroup v2 with the memory controller, writable, at %s",
					 MEMCG_ROOT)
			       : 0;
	err = memcg_create("run");
	if (!err)
		err = memcg_enter("run");
	return err && ctx->bc->needs_memcg
		       ? bench_fail(ctx, err, "cannot make the memcg /mmvs/run")
		       : 0;
}

static int measure(struct bench_ctx *ctx, FILE *counters)
{
	const struct bench_case *bc = ctx->bc;
	struct vmstat_snapshot *before = NULL, *after = NULL;
	int err;

	err = bc->setup ? bc->setup(ctx) : 0;
	if (err)
		return err;
	ctx->clock_cost = clock_cost();
	before = vmstat_take("run");
	perf_start();
	hits_start(ctx);
	MARKER(MARKER_ARM, 0);
	err = bc->run(ctx);
	hits_stop(ctx);
	perf_stop();
	after = vmstat_take("run");
	if (!err && bc->check)
		err = bc->check(ctx);
	if (!err && ctx->overflow)
		err = bench_fail(
			ctx, -EOVERFLOW,
			"a row does not fit: more rows, or other columns, than announced");
	if (before && after) {
		vmstat_write(counters, before, after);
		perf_write(counters);
	} else if (!err)
		err = bench_fail(ctx, -ENOMEM, "no memory for the counters");
	vmstat_free(before);
	vmstat_free(after);
	if (bc->teardown)
		bc->teardown(ctx);
	return err;
}

int bench_run(struct bench_ctx *ctx, FILE *samples, FILE *counters)
{
	int err;

	err = clock_init(ctx->unit);
	if (err)
		return bench_fail(
			ctx, err,
			"the clock cannot count '%s' here (icount counts only under qemu -icount shift=0)",
			ctx->unit);
	ctx->perf_kind = perf_open(ctx->perf, &ctx->perf_why);
	err = enter_memcg(ctx);
	if (!err)
		err = alloc_rows(ctx);
	if (!err)
		err = measure(ctx, counters);
	if (!err && !ctx->nr_rows)
		err = bench_fail(ctx, -ENODATA, "the case produced no sample");
	if (!err) {
		put_samples(samples, ctx);
	} else if (err == BENCH_SKIP) {
		put_header(samples, ctx);
		fprintf(samples, "# %s\t%s\n", MMVS_KEY_SKIP, ctx->why);
	}
	return err;
}
