// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells that go wrong on purpose: the tests plant them and must see them
 * reported.  Not among the cells that a run measures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "../bench.h"
#include "../clock.h"
#include "../file.h"
#include "../mem.h"
#include "../memcg.h"

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 16;
}

/* A panic that needs no debug option: out of memory with panic_on_oom=2. */
static void panic_guest(void)
{
	struct mem_region r;
	char path[256];

	file_write("/proc/sys/vm/panic_on_oom", "2");
	memcg_path(path, sizeof(path), "run", "memory.swap.max");
	file_write(path, "0");
	memcg_path(path, sizeof(path), "run", "memory.max");
	file_write(path, "8M");
	if (!mem_map(&r, "private", 8192))
		mem_fill(&r);
}

static int run(struct bench_ctx *ctx)
{
	const char *mode = bench_opt(ctx, "mode");

	if (!strcmp(mode, "panic"))
		panic_guest();
	else if (!strcmp(mode, "hang"))
		pause();
	else if (!strcmp(mode, "no-marker"))
		reboot(RB_AUTOBOOT);
	else if (!strcmp(mode, "splat"))
		file_write("/dev/kmsg", "<4>WARNING: CPU: 0 PID: 1 planted");
	else if (!strcmp(mode, "crash"))
		abort();
	else if (!strcmp(mode, "fail"))
		return bench_fail(ctx, -EIO, "planted failure");
	else if (!strcmp(mode, "skip"))
		return bench_skip(ctx, "planted skip");
	for (int i = 0; i < 16; i++) {
		uint64_t t = clock_now();

		bench_row(ctx, (int64_t[]){ i, (int64_t)(clock_now() - t) });
	}
	return 0;
}

static const struct bench_option options[] = {
	{ "mode", "ok", "ok|panic|hang|no-marker|splat|crash|fail|skip",
	  "what goes wrong" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "clock_pair", "clock", "none", "all", "p50", "latency_clock", NULL,
	  NULL, "two clock reads, median" },
	{ 0 },
};

static const struct bench_case selftest = {
	.name = "selftest",
	.desc = "goes wrong on purpose, for the tests",
	.options = options,
	.columns = (const char *const[]){ "read_index", "latency_clock", NULL },
	.metrics = metrics,
	.max_rows = max_rows,
	.run = run,
};

BENCH_CASE(selftest);
