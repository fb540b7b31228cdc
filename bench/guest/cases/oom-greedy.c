// SPDX-License-Identifier: GPL-2.0-only
/*
 * A task that takes ever more memory, until the OOM killer takes it: how much of
 * swap was used by then, and what each page cost it.
 *
 * Path: write faults of plain memory charged at memory.max, direct reclaim to zram,
 * and in the end mem_cgroup_out_of_memory().  With of=machine it is the machine's
 * memory, kswapd's work as well, and out_of_memory().
 *
 * Moved by whatever decides that nothing can be reclaimed any more: with swap left
 * it is too early, and the longer it takes with none left, the longer everybody
 * else waits.  tasks=N take it together; the first kill ends it.
 *
 * Validated: a SIGKILL that nobody has sent, and an oom_kill in the group's
 * memory.events (of the machine's OOM killer as well).
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "run/clock.h"

#define GROUP "greedy"
#define CHUNK 256 /* pages between two looks at swap */
#define MAX_TASKS 16

static struct shared {
	volatile uint64_t left_kb, pages;
	volatile int err;
} * shared;

static uint64_t swap_kb(const char *field)
{
	char line[128], format[40];
	uint64_t kb = 0;
	bool found = false;
	FILE *f = fopen("/proc/meminfo", "re");

	snprintf(format, sizeof(format), "%s: %%" SCNu64, field);
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, format, &kb) == 1;
	if (f)
		fclose(f);
	return kb;
}

static void take_all(void)
{
	struct mem_region r;
	uint64_t left;

	shared->err = memcg_enter(GROUP);
	if (!shared->err)
		shared->err = file_write("/proc/self/oom_score_adj", "1000");
	while (!shared->err) {
		shared->err = mem_map(&r, "private", CHUNK);
		if (!shared->err)
			shared->err = mem_fill(&r);
		left = swap_kb("SwapFree");
		if (left < shared->left_kb)
			shared->left_kb = left;
		__atomic_fetch_add(&shared->pages, CHUNK, __ATOMIC_RELAXED);
	}
	_exit(1);
}

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 1;
}

static int setup(struct bench_ctx *ctx)
{
	uint64_t limit = bench_opt_u64(ctx, "limit");
	int err = lru_select(bench_opt(ctx, "lru"));

	if (err == -ENOENT)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (!swap_kb("SwapTotal"))
		return bench_skip(ctx, "no swap");
	if (!err)
		err = memcg_create(GROUP);
	if (!err && !strcmp(bench_opt(ctx, "of"), "group"))
		err = memcg_limit(GROUP, "memory.max", limit * mem_page_size());
	/* What the OOM killer says of it is no splat. */
	if (!err)
		err = file_write("/proc/sys/kernel/printk", "4");
	if (err)
		return bench_fail(ctx, err, "setting up");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return bench_fail(ctx, -errno, "mmap");
	shared->left_kb = swap_kb("SwapTotal");
	return 0;
}

/* Starts them and waits for the first end; all are gone afterwards. */
static int until_killed(struct bench_ctx *ctx, int *status)
{
	uint64_t tasks = bench_opt_u64(ctx, "tasks"), n;
	pid_t pid[MAX_TASKS], first;

	if (!tasks || tasks > MAX_TASKS)
		return bench_fail(ctx, -EINVAL, "tasks: 1 to %d", MAX_TASKS);
	for (n = 0; n < tasks; n++) {
		pid[n] = fork();
		if (!pid[n])
			take_all();
		if (pid[n] < 0)
			return bench_fail(ctx, -errno, "fork");
	}
	first = wait(status);
	for (n = 0; n < tasks; n++)
		if (pid[n] != first && !kill(pid[n], SIGKILL))
			waitpid(pid[n], NULL, 0);
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t total = swap_kb("SwapTotal"), t = clock_now(), kills = 0;
	int status = 0, err;

	err = until_killed(ctx, &status);
	if (err)
		return err;
	t = clock_now() - t;
	memcg_event(GROUP, "oom_kill", &kills);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL || !kills)
		return bench_fail(ctx, shared->err ? shared->err : -EIO,
				  "premise: nobody was OOM killed");
	bench_row(ctx, (int64_t[]){ (int64_t)total,
				    (int64_t)(total - shared->left_kb),
				    (int64_t)shared->pages, (int64_t)t });
	return 0;
}

BENCH_CASE(oom_greedy) = {
	.name = "oom-greedy",
	.desc = "a task takes all it can get: how much of swap is used when it is killed",
	.full_cells = BENCH_WORDS("lru=mglru", "lru=classic",
				  "lru=mglru,tasks=8", "lru=classic,tasks=8",
				  "lru=mglru,of=machine",
				  "lru=classic,of=machine"),
	.options = BENCH_OPTIONS(
		LRU_OPTION,
		{ "of", "group", "group|machine", "whose memory is taken" },
		{ "limit", "16384", NULL, "memory.max of the group, in pages" },
		{ "tasks", "1", NULL, "that take memory together" }),
	.columns = BENCH_WORDS("total_kb", "used_kb", "page_count",
			       "cost_clock"),
	.metrics = BENCH_METRICS(
		{ "swap_used", "ratio", "higher", "key", "sum", "used_kb",
		  "total_kb", NULL, "of swap, when the OOM killer came" },
		{ "cost_per_page", "clock", "lower", "key", "sum", "cost_clock",
		  "page_count", NULL,
		  "from the first page to the kill, per page" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
};
