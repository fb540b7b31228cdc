// SPDX-License-Identifier: GPL-2.0-only
/*
 * kswapd of one NUMA node at a time: a task on the node streams through twice
 * what is free there, in memory bound to the node, while the others have plenty.
 *
 * Path: __alloc_pages_slowpath() -> wake_all_kswapds() for the zonelist that the
 * policy's nodemask leaves, which is one node; balance_pgdat() of that node and on
 * as in reclaim-kswapd.  In cost: the stores of the stream with kswapd, which has
 * the CPU of its node and so that of the task.  Not in it: binding, looking.
 *
 * Moved by variants whose drops are not counted (pgsteal_kswapd), as in
 * reclaim-kswapd; a difference between nodes would be a variant that reclaims from
 * the wrong one.
 *
 * Premise: every resident page of the stream is on the node (move_pages(2)), its
 * kswapd ran and no other did.  Validated by the kernel's own account: where drops
 * are counted, pgsteal_kswapd and pgsteal_direct make up the pages that pagemap
 * says are gone and a few of other owners (swapbacked-accounted, seed 1: 25645 for
 * 25280 on node 0, 25400 for 25344 on node 1).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/global.h"
#include "kernel/numa.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_numa.h"
#include "share/reclaim.h"

#define FREE_PAGES 16384
#define STREAM_PAGES (2 * FREE_PAGES)
#define SCALE "/proc/sys/vm/watermark_scale_factor"
#define SETTLE_MS 300

static clockid_t kswapd[NUMA_PLACE_MAX];
static char scale_before[32];
static int nodes;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return NUMA_PLACE_MAX;
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	int err;

	err = numa_place_require(ctx, &nodes);
	if (err)
		return err;
	for (int n = 0; n < nodes; n++)
		if (numa_place_has_memory(n) &&
		    global_kswapd_clock(n, &kswapd[n]))
			return bench_skip(ctx, "kswapd%d is not visible", n);
	err = mem_map(&probe, bench_opt(ctx, "map"), 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (err)
		return bench_fail(ctx, err, "mapping");
	err = numa_place_memory(&probe, 0);
	mem_unmap(&probe);
	if (err)
		return bench_skip(ctx, "%s memory takes no NUMA policy",
				  bench_opt(ctx, "map"));
	if (file_read(SCALE, scale_before, sizeof(scale_before)) < 0 ||
	    file_write(SCALE, "100"))
		return bench_skip(ctx, "global pressure needs root");
	return 0;
}

/* Until about FREE_PAGES are free on @node. */
static int squeeze(struct bench_ctx *ctx, int node)
{
	uint64_t free;
	int err;

	err = global_free(node, &free);
	if (!err && free > (4UL << 30) / mem_page_size())
		return bench_skip(
			ctx,
			"pressure on a node is for a guest: more than 4 GiB are free on node %d",
			node);
	if (!err)
		err = global_leave_free(node, FREE_PAGES);
	if (!err)
		err = global_free(node, &free);
	if (err)
		return bench_fail(ctx, err, "taking memory of node %d away",
				  node);
	if (free < FREE_PAGES / 2 || free > FREE_PAGES + FREE_PAGES / 4)
		return bench_fail(
			ctx, -EIO,
			"premise: %llu pages are free on node %d, not about %d",
			(unsigned long long)free, node, FREE_PAGES);
	return 0;
}

static void touch(const struct mem_region *r)
{
	region_begin(REGION_NODE_KSWAPD);
	for (size_t i = 0; i < r->pages; i++) {
		uint64_t *p = (void *)(r->addr + i * mem_page_size());

		*(volatile uint64_t *)p = i + 1;
	}
	region_end(REGION_NODE_KSWAPD);
}

/*
 * kswapd works on when the task is done: its time until it sleeps, which it does
 * for a tenth of a second first and then looks again.
 */
static uint64_t settle(int node)
{
	uint64_t now = global_clock_ns(kswapd[node]), last;

	do {
		last = now;
		poll(NULL, 0, SETTLE_MS);
		now = global_clock_ns(kswapd[node]);
	} while (now != last);
	return now;
}

static int prove(struct bench_ctx *ctx, const struct mem_region *r, int node,
		 const uint64_t before[NUMA_PLACE_MAX])
{
	size_t on[NUMA_PLACE_MAX];
	int err;

	err = numa_place_count(r, on);
	if (err)
		return bench_fail(ctx, err, "where the pages are");
	for (int n = 0; n < nodes; n++) {
		bool ran = numa_place_has_memory(n) &&
			   global_clock_ns(kswapd[n]) != before[n];

		if (n != node && on[n])
			return bench_fail(
				ctx, -EIO,
				"premise: %zu pages on node %d, not on %d",
				on[n], n, node);
		if (ran != (n == node))
			return bench_fail(
				ctx, -EIO,
				"premise: kswapd%d %s, node %d is full", n,
				ran ? "ran" : "never ran", node);
	}
	return 0;
}

static int stream(struct bench_ctx *ctx, struct mem_region *r, int node)
{
	struct reclaim_view a = { 0 }, b = { 0 };
	uint64_t before[NUMA_PLACE_MAX], cost, task, total;
	int err;

	for (int n = 0; n < nodes; n++)
		if (numa_place_has_memory(n)) /* no kswapd without */
			before[n] = global_clock_ns(kswapd[n]);
	err = reclaim_look(r, &a);
	if (err)
		return err;
	task = clock_task();
	cost = clock_now();
	touch(r);
	cost = clock_now() - cost;
	task = clock_task() - task;
	total = settle(node) - before[node];
	err = reclaim_look(r, &b);
	if (!err)
		err = prove(ctx, r, node, before);
	if (!err)
		bench_row(ctx,
			  (int64_t[]){
				  node, (int64_t)r->pages,
				  (int64_t)(b.where.absent + b.where.swapped),
				  vmstat_delta(a.stat, b.stat,
					       "vmstat.pgsteal_kswapd"),
				  vmstat_delta(a.stat, b.stat,
					       "vmstat.pgscan_kswapd"),
				  vmstat_delta(a.stat, b.stat,
					       "vmstat.pgsteal_direct"),
				  vmstat_allocstall(a.stat, b.stat),
				  (int64_t)cost, (int64_t)task,
				  (int64_t)total });
	reclaim_view_free(&a);
	reclaim_view_free(&b);
	return err;
}

static int measure(struct bench_ctx *ctx, int node)
{
	struct mem_region r;
	int err;

	err = numa_place_task(node);
	if (err)
		return bench_fail(ctx, err, "premise: the task on node %d",
				  node);
	err = squeeze(ctx, node);
	if (err)
		return err;
	err = mem_map(&r, bench_opt(ctx, "map"), STREAM_PAGES);
	if (err)
		return bench_fail(ctx, err, "mapping");
	err = numa_place_memory(&r, node);
	if (err)
		bench_fail(ctx, err, "mbind to node %d", node);
	else
		err = stream(ctx, &r, node);
	mem_unmap(&r);
	return err && !*ctx->why ? bench_fail(ctx, err, "streaming") : err;
}

static int run(struct bench_ctx *ctx)
{
	int err = 0;

	for (int node = 0; !err && node < nodes; node++)
		if (numa_place_has_memory(node))
			err = measure(ctx, node);
	return err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	file_write(SCALE, scale_before);
}

BENCH_CASE(numa_kswapd) = {
	.name = "numa-kswapd",
	.desc = "kswapd of one NUMA node at a time, the others have plenty",
	.full_cells = BENCH_WORDS("map=droppable,nodes=2,cpus=2",
				  "map=private,nodes=2,cpus=2"),
	.options = BENCH_OPTIONS({ "map", "droppable", "droppable|private",
				   "kind of memory" },
				 NUMA_PLACE_OPTIONS),
	.columns = BENCH_WORDS("node", "touched_pages", "gone_pages",
			       "stolen_pages", "scanned_pages", "direct_pages",
			       "stall_count", "cost_clock", "task_clock",
			       "kswapd_clock"),
	.metrics = BENCH_METRICS(
		{ "kswapd_per_gone", "clock", "lower", "key", "sum",
		  "kswapd_clock", "gone_pages", NULL,
		  "CPU time of a node's kswapd per page gone, over all nodes" },
		{ "node_kswapd_per_gone", "clock", "lower", "all", "sum",
		  "kswapd_clock", "gone_pages", "node",
		  "CPU time of the node's kswapd per page gone" },
		{ "accounted_ratio", "ratio", "one", "all", "sum",
		  "stolen_pages", "gone_pages", "node",
		  "accounted by kswapd / gone" },
		{ "scanned_per_gone", "ratio", "lower", "all", "sum",
		  "scanned_pages", "gone_pages", "node",
		  "pages that kswapd scanned per page gone" },
		{ "touch_cost", "clock", "lower", "all", "sum", "cost_clock",
		  "touched_pages", "node",
		  "cost per page touched, with kswapd" },
		{ "task_per_touched", "clock", "lower", "all", "sum",
		  "task_clock", "touched_pages", "node",
		  "CPU time of the task per page touched" },
		{ "gone", "pages", "none", "all", "sum", "gone_pages", NULL,
		  "node", "pages that went" },
		{ "direct", "pages", "lower", "all", "sum", "direct_pages",
		  NULL, "node",
		  "pages accounted to the task's own reclaim; see allocstall where drops are not accounted" },
		{ "allocstall", "count", "lower", "all", "sum", "stall_count",
		  NULL, "node",
		  "times that the task went into direct reclaim" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
