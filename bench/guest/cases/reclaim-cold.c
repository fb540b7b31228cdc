// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLD of one half of a mapping, then memory.reclaim for a quarter: what
 * does the advice cost a page, and does the cold half go first?
 *
 * Path of the advice: madvise_cold_or_pageout_pte_range() clears the accessed
 * bit and calls folio_deactivate() -> lru_deactivate(), which puts the folio
 * into the oldest generation.  It does so through a batch of 15 folios a CPU:
 * the last ones may still be in the batch when reclaim starts.  The request is
 * that of reclaim-proactive.  Not in it: filling and looking.
 *
 * A variant whose drops are not counted takes the hot half as well: cold_share
 * is what of the pages that went had been called cold.  The cold half is the
 * second one, filled last: without the advice the first would go first.
 *
 * Validated from outside: by pagemap the advice alone takes no page.
 */
#include <errno.h>
#include <sys/mman.h>

#include "kernel/folio.h"
#include "kernel/lru_gen.h"
#include "kernel/memcg.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/reclaim.h"

#define ADVICE 0
#define REQUEST 1

static struct mem_region half;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 2;
}

static int setup(struct bench_ctx *ctx)
{
	int err;

	err = reclaim_setup(ctx);
	half = case_region;
	half.pages /= 2;
	half.addr += half.pages * mem_page_size();
	return err;
}

static int make_cold(void)
{
	int ret;

	region_begin(REGION_RECLAIM_COLD);
	ret = madvise(half.addr, half.pages * mem_page_size(), MADV_COLD);
	region_end(REGION_RECLAIM_COLD);
	return ret ? -errno : 0;
}

static int ask(uint64_t pages)
{
	int ret;

	region_begin(REGION_RECLAIM);
	ret = memcg_reclaim(RECLAIM_GROUP, pages * mem_page_size());
	region_end(REGION_RECLAIM);
	return ret == -EAGAIN ? 0 : ret;
}

static int step(struct bench_ctx *ctx, int phase, uint64_t pages)
{
	struct reclaim_view before, now;
	struct reclaim_delta d;
	struct mem_where cold;
	uint64_t cost, task;
	int err;

	err = reclaim_look(&case_region, &before);
	if (err)
		return err;
	task = clock_task();
	cost = clock_now();
	err = phase == ADVICE ? make_cold() : ask(pages);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (!err)
		err = reclaim_look(&case_region, &now);
	if (!err)
		err = mem_where(&half, &cold);
	if (err)
		return err;
	d = reclaim_between(&before, &now);
	bench_row(ctx,
		  (int64_t[]){ phase, (int64_t)pages, d.accounted, d.freed,
			       (int64_t)(case_region.pages - now.where.present),
			       (int64_t)(half.pages - cold.present), d.scanned,
			       (int64_t)cost, (int64_t)task });
	if (phase == ADVICE && now.where.present != case_region.pages)
		err = bench_fail(ctx, -EIO,
				 "premise: MADV_COLD alone took %zu pages",
				 case_region.pages - now.where.present);
	reclaim_view_free(&before);
	reclaim_view_free(&now);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	int err;

	err = step(ctx, ADVICE, half.pages);
	if (!err)
		err = step(ctx, REQUEST, case_region.pages / 4);
	return err && !*ctx->why ? bench_fail(ctx, err, "cold memory") : err;
}

BENCH_CASE(reclaim_cold) = {
	.name = "reclaim-cold",
	.desc = "MADV_COLD of one half, then memory.reclaim for a quarter",
	.full_cells = BENCH_WORDS("map=droppable", "map=private",
				  "map=droppable,lru=classic",
				  "map=private,lru=classic",
				  "map=droppable,order=4"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION, LRU_OPTION,
				 { "pages", "16384", NULL,
				   "pages to fill, a multiple of 1024" }),
	.columns = BENCH_WORDS("request_count", "asked_pages",
			       "accounted_pages", "freed_pages", "gone_pages",
			       "cold_gone_pages", "scanned_pages", "cost_clock",
			       "task_clock"),
	.metrics = BENCH_METRICS(
		{ "step_cost", "clock", "lower", "key", "sum", "cost_clock",
		  "asked_pages", "request_count",
		  "cost per page advised (0) and asked of memory.reclaim (1)" },
		{ "cold_share", "ratio", "higher", "key", "last",
		  "cold_gone_pages", "gone_pages", NULL,
		  "of the pages that went, called cold before" },
		{ "gone_ratio", "ratio", "one", "all", "last", "gone_pages",
		  "asked_pages", NULL, "gone / requested" },
		{ "accounted_ratio", "ratio", "one", "all", "last",
		  "accounted_pages", "asked_pages", NULL,
		  "accounted / requested" },
		{ "freed_ratio", "ratio", "one", "all", "last", "freed_pages",
		  "asked_pages", NULL, "freed / requested" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = reclaim_check,
	.teardown = case_unmap,
};
