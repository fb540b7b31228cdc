// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the kernel keep its promises?  The properties of conform/, run as a
 * case: the TAP travels in the header of samples.tsv, a line "# tap" each, so
 * that one stream format serves all.  Nothing is timed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conform/lib/conform.h"
#include "run/bench.h"

static char *tap_text;
static size_t tap_size;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 512;
}

static void add_row(void *arg, unsigned int property, unsigned int test,
		    enum conform_code code)
{
	bench_row(arg, (int64_t[]){ property, test, code });
}

static int setup(struct bench_ctx *ctx)
{
	char why[256];

	return conform_check_subjects(bench_opt(ctx, "of"), why, sizeof(why))
		       ? bench_fail(ctx, -EINVAL, "%s", why)
		       : 0;
}

static int run(struct bench_ctx *ctx)
{
	char *property = (char *)(uintptr_t)bench_opt(ctx, "property");
	bool all = !strcmp(property, "0");
	FILE *tap = open_memstream(&tap_text, &tap_size);
	int status;

	if (!tap)
		return bench_fail(ctx, -errno, "no memory for the TAP");
	status = conform_run(bench_opt(ctx, "of"), bench_opt(ctx, "lru"),
			     all ? 0 : 1, &property, tap, add_row, ctx);
	fclose(tap);
	if (status == 2)
		return bench_fail(ctx, -EINVAL, "no property %s", property);
	if (!ctx->nr_rows) {
		const char *why = strstr(tap_text, "# SKIP ");

		why = why ? why + strlen("# SKIP ") : tap_text;
		return bench_skip(ctx, "%.*s", (int)strcspn(why, "\n"), why);
	}
	return 0; /* failures are results: they are in the TAP */
}

static void header(const struct bench_ctx *ctx, FILE *out)
{
	char *save = NULL;

	(void)ctx;
	if (!tap_text)
		return;
	for (char *line = strtok_r(tap_text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		fprintf(out, "# tap\t%s\n", line);
}

BENCH_CASE(conform) = {
	.name = "conform",
	.desc = "does the kernel keep its promises? (scripts/conform.sh)",
	.options = BENCH_OPTIONS(
		{ "lru", "mglru", "mglru|classic", "which LRU reclaims" },
		{ "property", "0", NULL, "only this one, by its number" },
		{ "of", "droppable", "(subjects)",
		  "what the properties are about, joined by + (mmconform --list); those of every kernel come with them" }),
	.columns = BENCH_WORDS("property_index", "test_index", "result_code"),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.header = header,
};
