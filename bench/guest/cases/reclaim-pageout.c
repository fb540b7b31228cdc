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

static int pageout(uint64_t pages, size_t round)
{
	size_t size = pages * mem_page_size();
	int ret;

	region_begin(REGION_RECLAIM_PAGEOUT);
	ret = madvise(case_region.addr + round * size, size, MADV_PAGEOUT);
	region_end(REGION_RECLAIM_PAGEOUT);
	return ret ? -errno : 0;
}

static int check(struct bench_ctx *ctx)
{
	struct mem_where w;
	int err = mem_where(&case_region, &w);

	if (!err && w.present > case_region.pages / 100)
		return bench_fail(ctx, -EIO,
				  "premise: MADV_PAGEOUT left %zu of %zu pages",
				  w.present, case_region.pages);
	return err ? err : reclaim_check(ctx);
}

BENCH_CASE(reclaim_pageout) = {
	.name = "reclaim-pageout",
	.desc = "MADV_PAGEOUT of a filled mapping, a PTE table a call",
	.full_cells = BENCH_WORDS("map=droppable", "map=private",
				  "map=droppable,lru=classic",
				  "map=private-free", "map=droppable,order=4",
				  "map=droppable,order=9"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION, LRU_OPTION,
				 { "pages", "16384", NULL,
				   "pages to fill, a multiple of 512" }),
	.metrics = BENCH_METRICS({ "pageout_cost", "clock", "lower", "key",
				   "sum", "cost_clock", "requested_pages", NULL,
				   "MADV_PAGEOUT, cost per page of the range" },
				 { "lazyfreed_ratio", "ratio", "none", "all",
				   "sum", "lazyfreed_pages", "requested_pages",
				   NULL, "PGLAZYFREED / pages of the range" },
				 { "freed_ratio", "ratio", "one", "all", "sum",
				   "freed_pages", "requested_pages", NULL,
				   "freed / pages of the range" },
				 { "dropped_ratio", "ratio", "none", "all",
				   "sum", "dropped_pages", "requested_pages",
				   NULL, "dropped / pages of the range" },
				 { "task_per_page", "clock", "lower", "all",
				   "sum", "task_clock", "requested_pages", NULL,
				   "CPU time of the task per page" }),
	RECLAIM_CASE(.what = "madvise", .chunk = CHUNK, .ask = pageout),
	.setup = reclaim_setup,
	.check = check,
	.teardown = case_unmap,
};
