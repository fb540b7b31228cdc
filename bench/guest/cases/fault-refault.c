// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refault: what a store costs to a page that reclaim took away.  Droppable
 * memory was dropped and comes back empty; plain memory (map=private) lies in
 * zram and is read back.
 *
 * Path: dropped, try_to_unmap_one() has cleared the PTE, so the store takes
 * do_anonymous_page() as the first one did.  Swapped, it takes do_swap_page():
 * a folio, the read from zram (zram_bvec_read(), decompression; SWP_SYNCHRONOUS_IO,
 * so without read ahead and swap cache), swap_free(), workingset_refault().
 * Not in it: filling and reclaim.  The memory is half filled with words that
 * do not compress.
 *
 * Moved by variants that leave something behind in the PTE or the page cache
 * (special-mapping-* refault through a fault handler).  map=private is the
 * price that a user of droppable memory does not pay, and should move nowhere.
 *
 * Validated against /proc/vmstat: pswpin rises by the rows (map=private) or
 * not at all (map=droppable), pgmajfault with it; and by mmcount: a pass and its
 * string turns and the clock's cost are the sample, to the instruction.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "share/case_map.h"
#include "share/timed.h"

#define GROUP "run"
#define MAX_REQUESTS 64

static unsigned char *state;

/* Ask for all of it until it is gone; refusals are the kernel's affair. */
static int take_away(struct bench_ctx *ctx)
{
	struct mem_where w;
	int err;

	for (int i = 0; i < MAX_REQUESTS; i++) {
		err = memcg_reclaim(GROUP, case_region.pages * mem_page_size());
		if (err && err != -EAGAIN)
			return bench_fail(ctx, err, "memory.reclaim");
		err = mem_where(&case_region, &w);
		if (err || !w.present)
			break;
	}
	if (!err && w.present > case_region.pages / 2)
		return bench_skip(
			ctx, "reclaim leaves %zu of %zu pages where they are",
			w.present, case_region.pages);
	if (!err && w.absent && w.swapped)
		return bench_fail(ctx, -EIO,
				  "premise: %zu pages dropped, %zu in swap",
				  w.absent, w.swapped);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	int err = case_fill(ctx);

	if (!err)
		err = take_away(ctx);
	if (err)
		return err;
	state = malloc(case_region.pages);
	if (!state)
		return bench_fail(ctx, -ENOMEM, "the pages' states");
	return mem_states(&case_region, state);
}

static int run(struct bench_ctx *ctx)
{
	size_t size = mem_page_size();

	for (size_t i = 0; i < case_region.pages; i++) {
		/* the half that holds no data */
		volatile unsigned char *p =
			case_region.addr + (i + 1) * size - 1;
		uint64_t cost;

		if (state[i] == MEM_PRESENT)
			continue;
		TIMED(REGION_REFAULT, cost, *p = 1);
		bench_row(ctx, (int64_t[]){ (int64_t)i, (int64_t)cost });
	}
	return 0;
}

/* What was dropped is empty but for the store, what was swapped is intact. */
static int check(struct bench_ctx *ctx)
{
	size_t size = mem_page_size(), intact, zero, dropped = 0;
	int err;

	err = bench_filled(ctx, &case_region);
	if (err)
		return err;
	for (size_t i = 0; i < case_region.pages; i++) {
		dropped += state[i] == MEM_ABSENT;
		if (state[i] != MEM_PRESENT)
			case_region.addr[(i + 1) * size - 1] = 0;
	}
	err = mem_verify(&case_region, &intact, &zero);
	if (!err && zero != dropped)
		return bench_fail(
			ctx, -EIO,
			"%zu pages were dropped but %zu came back empty",
			dropped, zero);
	return err ? bench_fail(ctx, err, "reading back") : 0;
}

static void teardown(struct bench_ctx *ctx)
{
	free(state);
	case_unmap(ctx);
}

BENCH_CASE(fault_refault) = {
	.name = "fault-refault",
	.desc = "write fault on pages that reclaim dropped or swapped out",
	.full_cells = BENCH_WORDS("map=droppable", "map=private",
				  "map=private-free"),
	.options = BENCH_OPTIONS({ "map", "droppable",
				   "droppable|private|private-free",
				   "kind of memory that is mapped" },
				 { "pages", "8192", NULL, "pages to fill" }),
	.columns = BENCH_WORDS("touch_index", "latency_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		LATENCY_METRICS("refault", "latency_clock",
				"write fault on a page that reclaim took")),
	.needs_memcg = true,
	.max_rows = case_pages,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
