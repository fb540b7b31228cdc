// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim that the owner asks for: MADV_PAGEOUT, a PTE table a call.
 *
 * Path: madvise_cold_or_pageout_pte_range() isolates the folios of
 * a PTE table, reclaim_pages() -> reclaim_folio_list() -> shrink_folio_list()
 * with references ignored: no aging, no choice of generation.  Not in it: filling
 * and looking.
 *
 * reclaim_folio_list() has no priority loop, so an uncounted drop costs no
 * overshoot here: dropped is what the range holds in every variant, and what
 * the variants differ in is the way of a folio through shrink_folio_list() and
 * whether PGLAZYFREED moves.  PGSTEAL does not, reclaim_pages() is not counted.
 *
 * Validated from outside: pages gone by pagemap equal the range.
 */
#include <errno.h>
#include <sys/mman.h>

#include "kernel/folio.h"
#include "kernel/lru_gen.h"
#include "run/marker.h"
#include "share/reclaim.h"

#define CHUNK 512 /* pages a call: a PTE table */

static struct mem_region region;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "pages") / CHUNK + 1;
}

static int setup(struct bench_ctx *ctx)
{
	return reclaim_setup(ctx, &region);
}

static int pageout(void *addr)
{
	int ret;

	region_begin(REGION_RECLAIM_PAGEOUT);
	ret = madvise(addr, CHUNK * mem_page_size(), MADV_PAGEOUT);
	region_end(REGION_RECLAIM_PAGEOUT);
	return ret ? -errno : 0;
}

static int run(struct bench_ctx *ctx)
{
	struct reclaim_view v;
	int err;

	err = reclaim_look(&region, &v);
	for (size_t i = 0; i < region.pages && !err; i += CHUNK)
		err = reclaim_row(ctx, &region, &v, CHUNK, pageout,
				  region.addr + i * mem_page_size(), "madvise");
	if (!err && v.where.present > region.pages / 100)
		err = bench_fail(ctx, -EIO,
				 "premise: MADV_PAGEOUT left %zu of %zu pages",
				 v.where.present, region.pages);
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
	LRU_OPTION,
	{ "pages", "16384", NULL, "pages to fill, a multiple of 512" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "pageout_cost", "clock", "lower", "key", "sum", "cost_clock",
	  "requested_pages", NULL, "MADV_PAGEOUT, cost per page of the range" },
	{ "lazyfreed_ratio", "ratio", "none", "all", "sum", "lazyfreed_pages",
	  "requested_pages", NULL, "PGLAZYFREED / pages of the range" },
	{ "freed_ratio", "ratio", "one", "all", "sum", "freed_pages",
	  "requested_pages", NULL, "freed / pages of the range" },
	{ "dropped_ratio", "ratio", "none", "all", "sum", "dropped_pages",
	  "requested_pages", NULL, "dropped / pages of the range" },
	{ "task_per_page", "clock", "lower", "all", "sum", "task_clock",
	  "requested_pages", NULL, "CPU time of the task per page" },
	{ 0 },
};

static const struct bench_case reclaim_pageout = {
	.name = "reclaim-pageout",
	.desc = "MADV_PAGEOUT of a filled mapping, a PTE table a call",
	.full_cells = (const char *const[]){ "map=droppable", "map=private",
					     "map=droppable,lru=classic",
					     "map=private-free",
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

BENCH_CASE(reclaim_pageout);
