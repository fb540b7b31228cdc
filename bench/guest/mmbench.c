// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmbench: measure one case on the kernel that runs.  As PID 1 it sets the
 * guest up first (run/init.c).
 *
 * The rooms, from the top; each includes its own headers and those of rooms
 * below, never above (tests/static.t): cases, share, run, kernel.  Their headers
 * say what goes in and out: run/bench.h (for cases/ too), share/case_map.h,
 * kernel/file.h.  conform/ has a program of its own, mmconform: the hash of this
 * one is part of what every cell is known by, and no property is in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/bench.h"

static const char usage[] =
	"Usage: mmbench [--unit=ns|insn] [--counters=FILE] [--perf=auto|on|off] CASE[@KEY=VALUE,...] [--KEY=VALUE...]\n"
	"       mmbench --check-specs CASE[@KEY=VALUE,...]...\n"
	"       mmbench --list | --list-cells=quick|full\n"
	"Samples go to standard output as TSV.  Exit: 0 measured, 1 failed,\n"
	"2 wrong usage, 77 cannot be measured here (the reason is in the TSV).\n";

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
	const char *first = argc > 1 ? argv[1] : "";
	int status;

	/* PID 1 of a container is no init: only our guests are told a unit. */
	if (getpid() == 1 && getenv("MMVS_UNIT"))
		init_main();
	if (!strcmp(first, "--list")) {
		bench_list(stdout);
		return 0;
	}
	if (!strncmp(first, "--list-cells=", 13) &&
	    !bench_list_cells(stdout, first + 13))
		return 0;
	if (!strcmp(first, "--check-specs"))
		return check_specs(argc - 2, argv + 2);
	status = bench_main(argc - 1, argv + 1);
	if (status == -EINVAL) {
		fputs(usage, stderr);
		return 2;
	}
	return status;
}
