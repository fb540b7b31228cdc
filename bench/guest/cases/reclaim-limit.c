// SPDX-License-Identifier: GPL-2.0-only
/*
 * Direct reclaim at a limit: a task touches twice of what memory.max (or
 * memory.high) lets its group hold.
 *
 * Path: do_anonymous_page() -> charge -> try_charge_memcg() ->
 * try_to_free_mem_cgroup_pages() for 32 pages (memory.max), or
 * mem_cgroup_handle_over_high() -> reclaim_high() on the way back to user mode
 * (memory.high), then as in reclaim-proactive.  In a sample: the store, its
 * fault and whatever reclaim comes with it.  Not in it: looking at pagemap and
 * counters after each chunk.
 *
 * needed_pages is what has to go for the touched pages to fit.  A variant whose
 * drops are not counted as reclaimed drops until nothing is left, charge by
 * charge: resident says how much of the limit is of use (resident_end depends on
 * whether the last drop was just before the end), and worst_touch what the one store costs that meets it.  memory.events "max" or
 * "high" and memory.pressure say how often and how long the task stalled (PSI
 * for the whole run, in the last row); allocstall counts global reclaim only.
 *
 * Validated against vmstat: pgfault rises by 16403 for 16384 stores, pgscan less
 * pgsteal_anon by the pages that pagemap says are gone, to the page.
 */
#include <errno.h>
#include <string.h>

#include "kernel/folio.h"
#include "kernel/lru_gen.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_map.h"
#include "share/reclaim.h"

#define CHUNK 512
#define STALL_COLUMN 13 /* of the last row: the whole run's */

static uint64_t limit, start; /* pages */
static const char *file, *event;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "pages") / CHUNK + 1;
}

/* Under pressure nobody can see whether a folio fell back: try it before. */
static int prove_order(struct bench_ctx *ctx)
{
	int err;

	if (!bench_opt_u64(ctx, "order"))
		return reclaim_lru(ctx);
	err = reclaim_setup(ctx);
	if (!err)
		case_unmap(ctx);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	bool high = !strcmp(bench_opt(ctx, "at"), "high");
	uint64_t bytes, us;
	int err;

	file = high ? "memory.high" : "memory.max";
	event = high ? "high" : "max";
	if (memcg_stall_us(RECLAIM_GROUP, &us))
		return bench_skip(ctx, "no memory.pressure: needs CONFIG_PSI");
	err = prove_order(ctx);
	if (!err)
		err = case_map(ctx);
	if (!err)
		err = memcg_current(RECLAIM_GROUP, &bytes);
	if (err)
		return err;
	limit = case_region.pages / 2;
	start = bytes / mem_page_size();
	err = memcg_limit(RECLAIM_GROUP, file,
			  (start + limit) * mem_page_size());
	return err ? bench_fail(ctx, err, "%s", file) : 0;
}

/* A store a page; the slowest one by the way. */
static uint64_t touch(struct bench_ctx *ctx, size_t first, uint64_t *worst)
{
	uint64_t sum = 0;

	*worst = 0;
	for (size_t i = first; i < first + CHUNK; i++) {
		volatile uint64_t *p;
		uint64_t t;

		p = (void *)(case_region.addr + i * mem_page_size());
		t = clock_now();
		region_begin(REGION_RECLAIM_LIMIT);
		*p = i + 1;
		region_end(REGION_RECLAIM_LIMIT);
		t = clock_now() - t - ctx->clock_cost;
		sum += t;
		if (t > *worst)
			*worst = t;
	}
	return sum;
}

static int64_t beyond(size_t touched)
{
	return touched > limit ? (int64_t)(touched - limit) : 0;
}

static int step(struct bench_ctx *ctx, size_t first, struct reclaim_view *last)
{
	uint64_t cost, task, worst, events[2];
	struct reclaim_view now;
	struct reclaim_delta d;
	int err;

	err = memcg_event(RECLAIM_GROUP, event, &events[0]);
	if (err)
		return err;
	task = clock_task();
	cost = touch(ctx, first, &worst);
	task = clock_task() - task;
	err = memcg_event(RECLAIM_GROUP, event, &events[1]);
	if (!err)
		err = reclaim_look(&case_region, &now);
	if (err)
		return err;
	d = reclaim_between(last, &now);
	/* Of CHUNK pages that were absent, these have gone: */
	d.dropped += CHUNK;
	bench_row(ctx,
		  (int64_t[]){ (int64_t)ctx->nr_rows, first + CHUNK >= limit,
			       CHUNK, beyond(first + CHUNK) - beyond(first),
			       d.accounted, d.freed + CHUNK,
			       d.dropped + d.swapped, d.dropped, d.swapped,
			       (int64_t)now.where.present, (int64_t)limit,
			       d.scanned, (int64_t)(events[1] - events[0]), 0,
			       (int64_t)cost, (int64_t)worst, (int64_t)task });
	reclaim_view_free(last);
	*last = now;
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	struct reclaim_view v = { 0 };
	uint64_t us[2];
	int err;

	err = memcg_stall_us(RECLAIM_GROUP, &us[0]);
	if (!err)
		err = reclaim_look(&case_region, &v);
	for (size_t i = 0; i + CHUNK <= case_region.pages && !err; i += CHUNK)
		err = step(ctx, i, &v);
	reclaim_view_free(&v);
	if (!err)
		err = memcg_stall_us(RECLAIM_GROUP, &us[1]);
	if (err)
		return bench_fail(ctx, err, "touching at %s", file);
	ctx->rows[(ctx->nr_rows - 1) * ctx->nr_columns + STALL_COLUMN] =
		(int64_t)(us[1] - us[0]);
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	size_t lost = 0;
	uint64_t events;
	int err;

	err = memcg_event(RECLAIM_GROUP, event, &events);
	if (err || !events)
		return bench_fail(ctx, err ? err : -EIO,
				  "premise: %s was never hit", file);
	err = memcg_limit(RECLAIM_GROUP, file, UINT64_MAX);
	if (err)
		return bench_fail(ctx, err, "%s", file);
	for (size_t i = 0; i < case_region.pages; i++) {
		uint64_t now =
			*(uint64_t *)(case_region.addr + i * mem_page_size());

		if (now && now != i + 1)
			return bench_fail(ctx, -EIO, "page %zu reads %#llx", i,
					  (unsigned long long)now);
		lost += !now;
	}
	if (lost && !strcmp(case_region.kind, "private"))
		return bench_fail(ctx, -EIO, "%zu pages lost their data", lost);
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	memcg_limit(RECLAIM_GROUP, file, UINT64_MAX);
	case_unmap(ctx);
}

BENCH_CASE(reclaim_limit) = {
	.name = "reclaim-limit",
	.desc = "direct reclaim: touch twice of what memory.max or high allows",
	.cells = BENCH_WORDS("map=droppable,at=max"),
	.full_cells = BENCH_WORDS("map=droppable,at=high", "map=private,at=max",
				  "map=private,at=high",
				  "map=droppable,at=max,lru=classic",
				  "map=droppable,at=high,lru=classic",
				  "map=private,at=max,lru=classic",
				  "map=droppable,at=max,order=4"),
	.options = BENCH_OPTIONS(
		{ "map", "droppable", "droppable|private", "kind of memory" },
		MEM_ORDER_OPTION, LRU_OPTION,
		{ "pages", "16384", NULL, "pages to touch, twice the limit" },
		{ "at", "max", "max|high",
		  "the limit: memory.max or memory.high" }),
	.columns = BENCH_WORDS("chunk_index", "over_count", "touched_pages",
			       "needed_pages", "accounted_pages", "freed_pages",
			       "gone_pages", "dropped_pages", "swapped_pages",
			       "resident_pages", "limit_pages", "scanned_pages",
			       "event_count", "stall_count", "cost_clock",
			       "worst_clock", "task_clock"),
	.metrics = BENCH_METRICS(
		{ "touch_cost", "clock", "lower", "key", "sum", "cost_clock",
		  "touched_pages", "over_count",
		  "cost per page touched, below the limit and at it" },
		{ "resident", "ratio", "one", "key", "sum", "resident_pages",
		  "limit_pages", "over_count",
		  "resident / limit, mean, below the limit and at it" },
		{ "resident_end", "ratio", "one", "all", "last",
		  "resident_pages", "limit_pages", NULL,
		  "resident / limit, after twice the limit" },
		{ "overshoot", "ratio", "one", "all", "sum", "gone_pages",
		  "needed_pages", NULL, "dropped and swapped / needed" },
		{ "worst_touch", "clock", "lower", "key", "max", "worst_clock",
		  NULL, NULL, "the slowest single store" },
		{ "accounted_ratio", "ratio", "one", "all", "sum",
		  "accounted_pages", "needed_pages", NULL,
		  "accounted / needed" },
		{ "freed_ratio", "ratio", "one", "all", "sum", "freed_pages",
		  "needed_pages", NULL, "freed / needed" },
		{ "scanned_per_freed", "ratio", "lower", "all", "sum",
		  "scanned_pages", "freed_pages", NULL,
		  "pages scanned per freed page" },
		{ "task_per_touched", "clock", "lower", "all", "sum",
		  "task_clock", "touched_pages", "over_count",
		  "CPU time of the task per page touched" },
		{ "limit_events", "count", "lower", "all", "sum", "event_count",
		  NULL, NULL, "memory.events: how often the limit was met" },
		{ "stall_us", "us", "lower", "all", "sum", "stall_count", NULL,
		  NULL, "memory.pressure: time with the task stalled" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
