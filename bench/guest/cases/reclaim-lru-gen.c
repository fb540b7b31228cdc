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
#define MAX_ROUNDS 64

static struct mem_region region;
static struct lru_gen_state state;
static uint64_t want;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return MAX_ROUNDS;
}

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
	err = reclaim_setup(ctx, &region);
	if (!err)
		err = age(ctx);
	want = region.pages * bench_opt_u64(ctx, "share") / 100;
	return err;
}

static int evict(void *unused)
{
	int ret;

	(void)unused;
	region_begin(REGION_RECLAIM_LRU_GEN);
	ret = lru_gen_evict(&state, NODE, state.max_seq - 2, want);
	region_end(REGION_RECLAIM_LRU_GEN);
	return ret;
}

static int run(struct bench_ctx *ctx)
{
	bool again = !strcmp(region.kind, "private-redirtied");
	struct reclaim_view v;
	size_t before;
	int err;

	err = reclaim_look(&region, &v);
	if (!err && again) {
		err = reclaim_row(ctx, &region, &v, (int64_t)want, evict, NULL,
				  LRU_GEN_DEBUG);
		if (!err && v.where.present < region.pages - 64)
			err = bench_fail(ctx, -EIO,
					 "premise: dirty pages went at once");
		if (!err)
			err = age(ctx);
	}
	do {
		before = v.where.present;
		if (!err)
			err = reclaim_row(ctx, &region, &v, (int64_t)want,
					  evict, NULL, LRU_GEN_DEBUG);
	} while (!err && v.where.present && v.where.present < before &&
		 ctx->nr_rows < MAX_ROUNDS);
	if (!err && v.where.present == region.pages)
		err = bench_fail(ctx, -EIO,
				 "premise: no page was in an old generation");
	reclaim_view_free(&v);
	return err;
}

static int check(struct bench_ctx *ctx)
{
	return reclaim_check(ctx, &region);
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	mem_unmap(&region);
}

static const struct bench_option options[] = {
	MEM_MAP_OPTION,
	MEM_ORDER_OPTION,
	{ "pages", "16384", NULL, "pages to fill" },
	{ "share", "25", NULL, "percent of the mapping asked for at a time" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "overshoot", "ratio", "one", "key", "first", "dropped_pages",
	  "requested_pages", NULL, "dropped / requested, first request" },
	{ "accounted_ratio", "ratio", "one", "all", "first", "accounted_pages",
	  "requested_pages", NULL, "accounted / requested, first request" },
	{ "freed_ratio", "ratio", "one", "all", "first", "freed_pages",
	  "requested_pages", NULL, "freed / requested, first request" },
	RECLAIM_COST_METRICS,
	{ "cost_per_scanned", "clock", "lower", "all", "sum", "cost_clock",
	  "scanned_pages", NULL, "cost per page scanned, all requests" },
	{ 0 },
};

static const struct bench_case reclaim_lru_gen = {
	.name = "reclaim-lru-gen",
	.desc = "MGLRU eviction of old generations by debugfs",
	.full_cells = (const char *const[]){ "map=droppable", "map=private",
					     "map=private-free",
					     "map=private-redirtied",
					     "map=droppable,order=2",
					     "map=droppable,order=4",
					     "map=droppable,order=9", NULL },
	.options = options,
	.columns = (const char *const[]){ RECLAIM_COLUMNS, NULL },
	.metrics = metrics,
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};

BENCH_CASE(reclaim_lru_gen);
