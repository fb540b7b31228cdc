// SPDX-License-Identifier: GPL-2.0-only
/* A case from the command line to its exit code, for either program. */
#include <errno.h>
#include <string.h>

#include "run/bench.h"
#include "run/perf.h"

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

int bench_main(int argc, char **argv)
{
	struct bench_ctx ctx = { .unit = MMVS_UNIT_NS, .perf = PERF_AUTO };
	const char *counters = "/dev/null";
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "--unit=", 7))
			ctx.unit = argv[i] + 7;
		else if (!strncmp(argv[i], "--counters=", 11))
			counters = argv[i] + 11;
		else if (!strncmp(argv[i], "--perf=", 7))
			ctx.perf = argv[i] + 7;
		else
			break;
	}
	if (i == argc || argv[i][0] == '-' || !perf_is_mode(ctx.perf))
		return -EINVAL;
	if (bench_parse(&ctx, argc - i, argv + i)) {
		fprintf(stderr, "mmbench: %s\n", ctx.why);
		return 2;
	}
	return measure(&ctx, counters);
}
