// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proactive reclaim: fill a mapping, then ask memory.reclaim for a share of
 * it, again and again until nothing is left or the kernel refuses.
 *
 * Path: memory_reclaim() -> try_to_free_mem_cgroup_pages() -> MGLRU's
 * evict_folios() -> shrink_folio_list() -> try_to_unmap_one(), and for memory
 * that must be kept, swap out to zram.  The aging that eviction needs is in
 * it.  Not in it: filling, looking at pagemap and reading back.
 *
 * Four views of one request: requested (asked for), accounted (vmstat's
 * pgsteal_*), freed (fall of memory.current), dropped (neither present nor in
 * swap in pagemap, and read back as zeroes in the end).  Variants differ in
 * exactly these.  memory.current moves in batches of 64 pages a CPU, so a
 * request of 32 pages has a coarse "freed".  map=private-redirtied was written again
 * after MADV_FREE, so that it is lazyfree until reclaim finds the dirty entry and
 * makes it swap-backed again, here or in sort_folio().  lru=classic is the same through
 * shrink_inactive_list(); folios of a higher order go as a whole.
 *
 * Validated against itself from outside: pages read back intact plus pages
 * read back as zeroes make up the mapping, and dropped agrees with zeroes; where
 * drops are counted, pgscan, pgsteal and dropped agree to the page.
 */
#include <errno.h>

#include "kernel/folio.h"
#include "kernel/lru_gen.h"
#include "kernel/memcg.h"
#include "run/marker.h"
#include "share/case_swap.h"
#include "share/reclaim.h"

static int setup(struct bench_ctx *ctx)
{
	int err = reclaim_setup(ctx);

	return err ? err : case_swap(ctx);
}

static int ask(uint64_t pages, size_t round)
{
	int ret;

	(void)round;
	region_begin(REGION_RECLAIM);
	ret = memcg_reclaim(RECLAIM_GROUP, pages * mem_page_size());
	region_end(REGION_RECLAIM);
	return ret;
}

static void teardown(struct bench_ctx *ctx)
{
	case_unmap(ctx);
	case_swap_undo(ctx);
}

BENCH_CASE(reclaim_proactive) = {
	.name = "reclaim-proactive",
	.desc = "memory.reclaim for a share of a filled mapping, until done",
	.cells = BENCH_WORDS("map=droppable,share=25",
			     "map=droppable,share=25,order=9",
			     "map=private,share=25,pages=4096",
			     "map=private-redirtied,share=25,pages=4096"),
	.full_cells = BENCH_WORDS(
		"map=private,share=25", "map=droppable,share=100",
		"map=droppable,request=32,pages=2048",
		"map=droppable,share=25,lru=classic",
		"map=droppable,request=128,pages=4096",
		"map=droppable,request=1024",
		"map=private,request=32,pages=2048", "map=private,share=100",
		"map=private,share=25,lru=classic", "map=private-free,share=25",
		"map=private-free,share=25,lru=classic",
		"map=private-redirtied,share=25,lru=classic",
		"map=droppable,share=25,order=2",
		"map=droppable,share=25,order=4",
		"map=droppable,share=25,order=4,lru=classic",
		"map=private,share=25,order=4",
		"map=droppable,share=25,swap=off",
		"map=droppable,share=25,swap=full",
		"map=droppable,share=25,swap=max0",
		"map=droppable,share=25,swap=swappiness0"),
	.options =
		BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION, LRU_OPTION,
			      { "pages", "16384", NULL, "pages to fill" },
			      { "share", "25", NULL,
				"percent of the mapping asked for at a time" },
			      { "request", "0", NULL,
				"pages asked for at a time; 0: the share" },
			      SWAP_OPTION),
	.metrics = BENCH_METRICS(RECLAIM_FIRST_METRICS, RECLAIM_COST_METRICS),
	RECLAIM_CASE(.what = "memory.reclaim", .rounds = 1024, .ask = ask),
	.setup = setup,
	.check = reclaim_check,
	.teardown = teardown,
};
