// SPDX-License-Identifier: GPL-2.0-only
/*
 * MGLRU eviction by debugfs: the "-" command of lru_gen evicts the generations
 * that setup() has made old, a quarter of the mapping at a time.
 *
 * Path: lru_gen_seq_write() -> run_eviction() -> evict_folios() ->
 * scan_folios() -> sort_folio(), isolate_folio(); shrink_folio_list().  Unlike
 * memory.reclaim: no aging, no retries by priority, no choice of generation.
 * Aging by "+" until the pages are two generations old is not in it.
 *
 * map=private-redirtied (written again after MADV_FREE) goes at the second meeting:
 * the first one finds a dirty entry and makes the folio swap-backed again, which
 * takes the whole of shrink_folio_list() unless sort_folio() has seen it.  Between
 * the two it is aged again, not in cost.
 *
 * run_eviction() ends when nr_reclaimed reaches what was asked for: a variant
 * that does not count its drops evicts all.
 *
 * Validated against pagemap: pgscan is the number of pages gone, to the page.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel/folio.h"
#include "kernel/lru_gen.h"
#include "run/marker.h"
#include "share/reclaim.h"

#define NODE 0
#define GROUP_PATH "/mmvs/" RECLAIM_GROUP

static struct lru_gen_state state;

/* The first walk finds all young, the other two make that old. */
static int age(struct bench_ctx *ctx)
{
	int err = 0;

	for (int i = 0; i < 3 && !err; i++) {
		err = lru_gen_read(GROUP_PATH, NODE, &state);
		if (!err)
			err = lru_gen_age(&state, NODE, true);
	}
	if (!err)
		err = lru_gen_read(GROUP_PATH, NODE, &state);
	return err ? bench_fail(ctx, err, "aging by %s", LRU_GEN_DEBUG) : 0;
}

static int setup(struct bench_ctx *ctx)
{
	int err;

	err = lru_gen_enabled();
	if (err <= 0)
		return bench_skip(ctx, "MGLRU or its page table walk is off");
	if (access(LRU_GEN_DEBUG, W_OK))
		return bench_skip(ctx,
				  "%s is not writable: mount debugfs, be root",
				  LRU_GEN_DEBUG);
	err = reclaim_setup(ctx);
	return err ? err : age(ctx);
}

static int evict(uint64_t pages, size_t round)
{
	int ret;

	(void)round;
	region_begin(REGION_RECLAIM_LRU_GEN);
	ret = lru_gen_evict(&state, NODE, state.max_seq - 2, pages);
	region_end(REGION_RECLAIM_LRU_GEN);
	return ret;
}

static int after(struct bench_ctx *ctx, const struct mem_where *before,
		 const struct mem_where *now)
{
	bool again = !strcmp(case_region.kind, "private-redirtied");

	if (again && ctx->nr_rows == 1)
		return now->present < case_region.pages - 64
			       ? bench_fail(ctx, -EIO,
					    "premise: dirty pages went at once")
			       : age(ctx);
	if (now->present == case_region.pages)
		return bench_fail(ctx, -EIO,
				  "premise: no page was in an old generation");
	return now->present < before->present ? 0 : -EAGAIN;
}

BENCH_CASE(reclaim_lru_gen) = {
	.name = "reclaim-lru-gen",
	.desc = "MGLRU eviction of old generations by debugfs",
	.full_cells = BENCH_WORDS("map=droppable", "map=private",
				  "map=private-free", "map=private-redirtied",
				  "map=droppable,order=2",
				  "map=droppable,order=4",
				  "map=droppable,order=9"),
	.options =
		BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION,
			      { "pages", "16384", NULL, "pages to fill" },
			      { "share", "25", NULL,
				"percent of the mapping asked for at a time" }),
	.metrics = BENCH_METRICS(RECLAIM_RATIO_METRICS("all"),
				 RECLAIM_COST_METRICS,
				 { "cost_per_scanned", "clock", "lower", "all",
				   "sum", "cost_clock", "scanned_pages", NULL,
				   "cost per page scanned, all requests" }),
	RECLAIM_CASE(.what = LRU_GEN_DEBUG, .rounds = 64, .ask = evict,
		     .after = after),
	.setup = setup,
	.check = reclaim_check,
	.teardown = case_unmap,
};
