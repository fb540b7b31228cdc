// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmbench: measure one case on the kernel that runs.  As PID 1 it sets the
 * guest up first (run/init.c).
 *
 * The rooms, from the top; each includes its own headers and those of rooms
 * below, never above (tests/static.t): cases, conform, share, run, kernel.
 * Their headers say what goes in and out: run/bench.h (for cases/ too),
 * conform/lib/conform.h, share/case_map.h, kernel/file.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "run/bench.h"
#include "run/perf.h"

static const char usage[] =
	"Usage: mmbench [--unit=ns|insn] [--counters=FILE] [--perf=auto|on|off] CASE[@KEY=VALUE,...] [--KEY=VALUE...]\n"
	"       mmbench --check-specs CASE[@KEY=VALUE,...]...\n"
	"       mmbench --list | --list-cells=quick|full | --list-properties\n"
	"       mmbench --conform [--lru=mglru|classic] [--of=SUBJECT[+...]] [PROPERTY...]\n"
	"Samples go to standard output as TSV.  Exit: 0 measured, 1 failed,\n"
	"2 wrong usage, 77 cannot be measured here (the reason is in the TSV).\n";

static int measure(struct bench_ctx *ctx, const char *counters_path)
{
	FILE *counters;
	int err;

	counters = fopen(counters_path, "we");
	if (!counters) {
		fprintf(stderr, "mmbench: %s: %s\n", counters_path,
			strerror(errno));
		return 1;
	}
	err = bench_run(ctx, stdout, counters);
	if (fclose(counters) && !err)
		err = bench_fail(ctx, -errno, "%s", counters_path);
	if (fflush(stdout) && !err)
		err = bench_fail(ctx, -errno, "standard output");
	if (err == BENCH_SKIP) {
		fprintf(stderr, "mmbench: SKIP %s: %s\n", ctx->spec, ctx->why);
		return BENCH_SKIP;
	}
	if (!err)
		return 0;
	fprintf(stderr, "mmbench: %s: %s: %s\n", ctx->spec, ctx->why,
		strerror(-err));
	return 1;
}

/* Would these be measured?  The exit code; each that would not is named. */
static int check_specs(int argc, char **argv)
{
	int code = 0;

	for (int i = 0; i < argc; i++) {
		struct bench_ctx ctx = { .unit = MMVS_UNIT_NS };

		if (!bench_parse(&ctx, 1, &argv[i]))
			continue;
		fprintf(stderr, "mmbench: %s: %s\n", ctx.spec, ctx.why);
		code = 2;
	}
	return code;
}

int main(int argc, char **argv)
{
	struct bench_ctx ctx = { .unit = MMVS_UNIT_NS, .perf = PERF_AUTO };
	const char *counters = "/dev/null";
	int i;

	/* PID 1 of a container is no init: only our guests are told a unit. */
	if (getpid() == 1 && getenv("MMVS_UNIT"))
		init_main();
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list")) {
			bench_list(stdout);
			return 0;
		}
		if (!strncmp(argv[i], "--list-cells=", 13) &&
		    !bench_list_cells(stdout, argv[i] + 13))
			return 0;
		if (!strcmp(argv[i], "--list-properties")) {
			conform_list(stdout);
			return 0;
		}
		if (!strcmp(argv[i], "--check-specs"))
			return check_specs(argc - i - 1, argv + i + 1);
		if (!strcmp(argv[i], "--conform"))
			return conform_main(argc - i - 1, argv + i + 1);
		if (!strncmp(argv[i], "--unit=", 7))
			ctx.unit = argv[i] + 7;
		else if (!strncmp(argv[i], "--counters=", 11))
			counters = argv[i] + 11;
		else if (!strncmp(argv[i], "--perf=", 7))
			ctx.perf = argv[i] + 7;
		else
			break;
	}
	if (i == argc || argv[i][0] == '-' || !perf_is_mode(ctx.perf)) {
		fputs(usage, stderr);
		return 2;
	}
	if (bench_parse(&ctx, argc - i, argv + i)) {
		fprintf(stderr, "mmbench: %s\n", ctx.why);
		return 2;
	}
	return measure(&ctx, counters);
}
