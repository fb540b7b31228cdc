// SPDX-License-Identifier: GPL-2.0-only
/*
 * kswapd under global pressure: a task streams through three times what is
 * free and keeps using a hot set.
 *
 * Path: __alloc_pages_slowpath() -> wake_all_kswapds(); kswapd() ->
 * balance_pgdat() -> kswapd_shrink_node() -> lru_gen_shrink_node() and on as
 * in reclaim-proactive, up to the high watermark.  In cost: the stores of the
 * stream with kswapd, which shares the CPU.  Not in it: rewriting the hot set,
 * looking.  The hot set is used with an empty TLB (tlb.c), else aging would
 * take it for cold.
 *
 * kswapd's own cost is its CPU clock (clock_getcpuclockid(3)): sum_exec_runtime
 * to the nanosecond, where /proc/PID/stat counts ticks and /proc/PID/schedstat
 * needs CONFIG_SCHED_INFO.  Ticks that fall into it are in it.
 *
 * kswapd may write dirty file folios, direct reclaim may not: the test in
 * shrink_folio_list() that makes an uncounted drop of a dirty droppable folio
 * asks for PGDAT_DIRTY there, and current_is_kswapd().  allocstall says whether
 * the task had to reclaim itself.
 *
 * needed_pages counts from the low watermark, at which kswapd wakes.  The hot set
 * is lost once, when kswapd starts: it ages twice in a row, nobody has used the
 * hot set in between, and it is the oldest on the list.
 *
 * Validated against itself: with one CPU, what the stream's clock shows beyond
 * the task's own CPU clock is kswapd (13168120 against 13171169 on its own clock,
 * in a chunk in which it ran only then).
 */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/global.h"
#include "kernel/lru_gen.h"
#include "kernel/tlb.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/reclaim.h"

#define CHUNK 1024
#define HOT 2048
#define FREE_PAGES 24576
#define SCALE "/proc/sys/vm/watermark_scale_factor"

static struct mem_region stream, hot;
static clockid_t kswapd;
static uint64_t capacity, used, kswapd_before;
static char scale_before[32];

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return FREE_PAGES / CHUNK;
}

static int squeeze(struct bench_ctx *ctx)
{
	uint64_t free, low;
	int err;

	if (file_read(SCALE, scale_before, sizeof(scale_before)) < 0 ||
	    file_write(SCALE, "100"))
		return bench_skip(ctx, "global pressure needs root");
	err = global_free(GLOBAL_ALL_NODES, &free);
	if (!err && free > (4UL << 30) / mem_page_size())
		return bench_skip(
			ctx,
			"global pressure is for a guest: more than 4 GiB are free here");
	if (!err)
		err = global_leave_free(GLOBAL_ALL_NODES, FREE_PAGES);
	if (!err)
		err = global_free(GLOBAL_ALL_NODES, &free);
	if (!err)
		err = global_low_watermark(GLOBAL_ALL_NODES, &low);
	if (err)
		return bench_fail(ctx, err, "taking memory away");
	if (free <= low || free > FREE_PAGES + FREE_PAGES / 4)
		return bench_fail(ctx, -EIO,
				  "premise: %llu pages are free, not about %d",
				  (unsigned long long)free, FREE_PAGES);
	capacity = free - low;
	return 0;
}

static int setup(struct bench_ctx *ctx)
{
	int err;

	if (global_kswapd_clock(0, &kswapd))
		return bench_skip(ctx, "kswapd0 is not visible");
	err = reclaim_lru(ctx);
	if (!err)
		err = mem_map(&hot, bench_opt(ctx, "map"), HOT);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (!err)
		err = mem_map(&stream, bench_opt(ctx, "map"), FREE_PAGES);
	if (!err)
		err = mem_fill(&hot);
	if (!err)
		err = squeeze(ctx);
	return err;
}

static void touch(size_t first)
{
	region_begin(REGION_RECLAIM_KSWAPD);
	for (size_t i = first; i < first + CHUNK; i++) {
		uint64_t *p = (void *)(stream.addr + i * mem_page_size());

		*(volatile uint64_t *)p = i + 1;
	}
	region_end(REGION_RECLAIM_KSWAPD);
}

/* Pages of the hot set that had gone; all are there and young after it. */
static int use_hot(int64_t *gone)
{
	struct mem_where w;
	int err;

	err = mem_where(&hot, &w);
	if (!err)
		err = tlb_flush();
	for (size_t i = 0; i < hot.pages; i++)
		*(volatile unsigned char *)(hot.addr + i * mem_page_size()) = 1;
	*gone = (int64_t)(hot.pages - w.present);
	return err;
}

/* What of @more further pages has to be made room for. */
static int64_t need(uint64_t more)
{
	uint64_t before = used > capacity ? used - capacity : 0;

	used += more;
	return (int64_t)((used > capacity ? used - capacity : 0) - before);
}

static int step(struct bench_ctx *ctx, size_t first, struct reclaim_view *last)
{
	struct reclaim_view now;
	uint64_t cost, task, total;
	int64_t gone, lost, by_kswapd;
	int err;

	task = clock_task();
	cost = clock_now();
	touch(first);
	cost = clock_now() - cost;
	task = clock_task() - task;
	err = use_hot(&gone);
	if (!err)
		err = reclaim_look(&stream, &now);
	if (err)
		return err;
	lost = (int64_t)(now.where.absent + now.where.swapped + CHUNK) -
	       (int64_t)(last->where.absent + last->where.swapped);
	/* It may run on while the hot set is used: all since the last row. */
	total = global_clock_ns(kswapd) - kswapd_before;
	kswapd_before += total;
	by_kswapd = vmstat_delta(last->stat, now.stat, "vmstat.pgsteal_kswapd");
	bench_row(ctx,
		  (int64_t[]){ (int64_t)ctx->nr_rows, total > 0, CHUNK,
			       need(CHUNK + (uint64_t)gone), lost + gone,
			       by_kswapd,
			       vmstat_delta(last->stat, now.stat,
					    "vmstat.pgscan_kswapd"),
			       vmstat_delta(last->stat, now.stat,
					    "vmstat.pgsteal_direct"),
			       vmstat_allocstall(last->stat, now.stat), gone,
			       (int64_t)now.where.present, (int64_t)capacity,
			       (int64_t)cost, (int64_t)task, (int64_t)total });
	reclaim_view_free(last);
	*last = now;
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	struct reclaim_view v = { 0 };
	uint64_t before = global_clock_ns(kswapd);
	int64_t gone;

	int err;

	kswapd_before = before;
	err = use_hot(&gone);
	if (!err)
		err = reclaim_look(&stream, &v);
	for (size_t i = 0; i < stream.pages && !err; i += CHUNK)
		err = step(ctx, i, &v);
	reclaim_view_free(&v);
	if (!err && global_clock_ns(kswapd) == before)
		err = bench_fail(ctx, -EIO, "premise: kswapd never ran");
	return err && !*ctx->why ? bench_fail(ctx, err, "streaming") : err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	file_write(SCALE, scale_before);
	mem_unmap(&stream);
	mem_unmap(&hot);
}

BENCH_CASE(reclaim_kswapd) = {
	.name = "reclaim-kswapd",
	.desc = "kswapd: a stream through three times the free memory, and a hot set",
	.cells = BENCH_WORDS("map=droppable"),
	.full_cells = BENCH_WORDS("map=private", "map=droppable,lru=classic",
				  "map=private,lru=classic"),
	.options = BENCH_OPTIONS({ "map", "droppable", "droppable|private",
				   "kind of memory" },
				 LRU_OPTION),
	.columns = BENCH_WORDS("chunk_index", "kswapd_count", "touched_pages",
			       "needed_pages", "gone_pages", "stolen_pages",
			       "scanned_pages", "direct_pages", "stall_count",
			       "refault_pages", "resident_pages",
			       "capacity_pages", "cost_clock", "task_clock",
			       "kswapd_clock"),
	.metrics = BENCH_METRICS(
		{ "kswapd_per_gone", "clock", "lower", "key", "sum",
		  "kswapd_clock", "gone_pages", NULL,
		  "CPU time of kswapd per page gone" },
		{ "overshoot", "ratio", "one", "all", "sum", "gone_pages",
		  "needed_pages", NULL, "gone / what there was no room for" },
		{ "hot_refaults", "ratio", "lower", "key", "sum",
		  "refault_pages", "touched_pages", NULL,
		  "pages of the hot set lost, a page touched" },
		{ "touch_cost", "clock", "lower", "all", "sum", "cost_clock",
		  "touched_pages", "kswapd_count",
		  "cost per page touched, kswapd idle or running" },
		{ "task_per_touched", "clock", "lower", "all", "sum",
		  "task_clock", "touched_pages", "kswapd_count",
		  "CPU time of the task per page touched" },
		{ "accounted_ratio", "ratio", "one", "all", "sum",
		  "stolen_pages", "gone_pages", NULL,
		  "accounted by kswapd / gone" },
		{ "scanned_per_gone", "ratio", "lower", "all", "sum",
		  "scanned_pages", "gone_pages", NULL,
		  "pages that kswapd scanned per page gone" },
		{ "direct", "pages", "lower", "all", "sum", "direct_pages",
		  NULL, NULL, "pages that the task had to reclaim itself" },
		{ "allocstall", "count", "lower", "all", "sum", "stall_count",
		  NULL, NULL, "how often it had to" },
		{ "resident_end", "ratio", "one", "all", "last",
		  "resident_pages", "capacity_pages", NULL,
		  "resident / what there is room for, at end" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
