// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task at its memory limit meets while somebody switches MGLRU off and on:
 * OOM events, and the longest store.
 *
 * Path: a write fault that is charged at memory.max; try_charge_memcg() ->
 * try_to_free_mem_cgroup_pages() beside lru_gen_change_state().  The task has
 * real-time priority and sleeps for 100 us now and then, so that it runs in the
 * midst of a switch, at a cond_resched(), on one CPU as well.  The parent, which
 * switches, has memory of its own in another memcg, which has to be moved first.
 * The OOM killer may not take the task (oom_score_adj): what it would have done
 * is counted, and the fault is tried again.
 *
 * Moved by stacks that change what reclaim looks at during a switch, or make it
 * wait.  A switch of @switches is a row, with what the stores that ended in it
 * took.
 *
 * Validated: without a switch (switches of the same length in time that write
 * what is set already, calm=on) there is no OOM event.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
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

#define ENABLED "/sys/kernel/mm/lru_gen/enabled"
#define GROUP "stalled"
#define BURST 32
#define WARM_MS 4000

static struct shared {
	volatile uint64_t worst, sum, stores;
	volatile int err;
} * shared;

static struct mem_region ballast;
static pid_t child;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "switches");
}

static void store_all(struct mem_region *r, uint64_t cost)
{
	for (size_t i = 0; i < r->pages; i++) {
		uint64_t t;

		if (i % BURST == 0)
			usleep(100);
		t = clock_now();
		*(volatile uint64_t *)(r->addr + i * mem_page_size()) = i;
		t = clock_now() - t - cost;
		shared->sum += t;
		shared->stores++;
		if (t > shared->worst)
			shared->worst = t;
	}
}

static void task(const struct bench_ctx *ctx, size_t pages)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct mem_region r;

	shared->err = memcg_enter(GROUP);
	if (!shared->err)
		shared->err = file_write("/proc/self/oom_score_adj", "-1000");
	if (!shared->err)
		shared->err = mem_map(&r, "private", pages);
	if (!shared->err && sched_setscheduler(0, SCHED_FIFO, &first))
		shared->err = -errno;
	while (!shared->err)
		store_all(&r, ctx->clock_cost);
	_exit(1);
}

static int setup(struct bench_ctx *ctx)
{
	uint64_t limit = bench_opt_u64(ctx, "limit");
	int err = lru_select("mglru");

	if (err == -ENOENT)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (!err)
		err = memcg_create(GROUP);
	if (!err)
		err = memcg_limit(GROUP, "memory.max", limit * mem_page_size());
	/* What the OOM killer says of it is no splat. */
	if (!err)
		err = file_write("/proc/sys/kernel/printk", "4");
	if (!err)
		err = mem_map(&ballast, "private",
			      bench_opt_u64(ctx, "ballast"));
	if (!err)
		err = mem_fill(&ballast);
	if (err)
		return bench_fail(ctx, err, "setting up");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return bench_fail(ctx, -errno, "mmap");
	child = fork();
	if (!child)
		task(ctx, limit + limit / 4);
	for (int i = 0; i < WARM_MS && shared->stores < 2 * limit; i++)
		usleep(1000);
	if (child < 0 || shared->stores < 2 * limit)
		return bench_fail(ctx, shared->err ? shared->err : -EIO,
				  "premise: the task is not at its limit");
	return 0;
}

static int one(struct bench_ctx *ctx, bool on, unsigned int wait_us)
{
	uint64_t oom[2], stores, sum, t;
	int err;

	err = memcg_event(GROUP, "oom", &oom[0]);
	shared->worst = 0;
	stores = shared->stores;
	sum = shared->sum;
	t = clock_now();
	if (!err)
		err = file_write(ENABLED, on ? "7" : "0");
	t = clock_now() - t;
	usleep(wait_us); /* a store that is on its way ends */
	if (!err)
		err = memcg_event(GROUP, "oom", &oom[1]);
	if (err)
		return bench_fail(ctx, err, "switching");
	bench_row(ctx, (int64_t[]){ (int64_t)ctx->nr_rows,
				    (int64_t)(oom[1] - oom[0]),
				    (int64_t)(shared->stores - stores),
				    (int64_t)(shared->sum - sum),
				    (int64_t)shared->worst, (int64_t)t });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t n = bench_opt_u64(ctx, "switches");
	bool calm = !strcmp(bench_opt(ctx, "calm"), "on"), on = true;
	int err = 0;

	for (uint64_t i = 0; i < n && !err; i++) {
		on = calm || !on;
		err = one(ctx, on, 5000 + (unsigned int)(i % 5) * 1000);
	}
	return err;
}

static int check(struct bench_ctx *ctx)
{
	if (waitpid(child, NULL, WNOHANG))
		return bench_fail(ctx, shared->err ? shared->err : -EIO,
				  "the task is gone");
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	if (child > 0 && !kill(child, SIGKILL))
		waitpid(child, NULL, 0);
	mem_unmap(&ballast);
}

BENCH_CASE(lru_gen_stall) = {
	.name = "lru-gen-stall",
	.desc = "a task at its memory limit while MGLRU is switched off and on",
	.full_cells = BENCH_WORDS("calm=off", "calm=on"),
	.options = BENCH_OPTIONS(
		{ "calm", "off", "off|on", "write what is set already" },
		{ "switches", "20", NULL, "switches, a row each" },
		{ "limit", "8192", NULL, "memory.max of the task, in pages" },
		{ "ballast", "32768", NULL, "pages of the one who switches" }),
	.columns = BENCH_WORDS("switch_index", "oom_count", "store_count",
			       "stores_clock", "worst_clock", "switch_clock"),
	.metrics = BENCH_METRICS(
		{ "oom_events", "count", "lower", "key", "sum", "oom_count",
		  NULL, NULL, "memory.events oom: reclaim gave up" },
		{ "worst_store", "clock", "lower", "key", "max", "worst_clock",
		  NULL, NULL, "longest store, sleep in it included" },
		{ "store_cost", "clock", "lower", "all", "sum", "stores_clock",
		  "store_count", NULL, "a store, mean" },
		{ "switch_time", "clock", "lower", "all", "sum", "switch_clock",
		  NULL, NULL,
		  "from write to return, what ran meanwhile included" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
