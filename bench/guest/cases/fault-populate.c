// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_POPULATE_WRITE: what a page costs when one system call faults in all.
 *
 * Path: madvise_populate() -> faultin_page_range() -> __get_user_pages() ->
 * handle_mm_fault() page by page, then as fault-first-touch.  Not in it: the
 * exception (what is left against fault-first-touch is entry and exit, and
 * follow_page_mask() in its place), mmap(), munmap().
 *
 * Moved by whatever moves fault-first-touch.  Validated against getrusage() in
 * each round (one fault a folio, counted though no exception is taken) and
 * pagemap (all of it is there).
 */
#include <errno.h>
#include <sys/mman.h>

#include "kernel/folio.h"
#include "kernel/mem.h"
#include "share/batch.h"
#include "share/case_map.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	return case_map(ctx);
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	if (!madvise(case_region.addr, case_region.pages * mem_page_size(),
		     MADV_POPULATE_WRITE))
		return 0;
	return errno == EINVAL ? bench_skip(ctx, "no MADV_POPULATE_WRITE here")
			       : bench_fail(ctx, -errno, "populating");
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	size_t folios = case_region.pages >> bench_opt_u64(ctx, "order");
	int err = bench_filled(ctx, &case_region);

	mem_unmap(&case_region);
	if (!err && b->faults != folios)
		return bench_fail(ctx, -EIO,
				  "premise: %zu faults for %zu folios",
				  b->faults, folios);
	return err;
}

BENCH_CASE(fault_populate) = {
	.name = "fault-populate",
	.desc = "MADV_POPULATE_WRITE of a fresh mapping, per page",
	.full_cells = BENCH_WORDS("map=droppable", "map=private",
				  "map=droppable,order=4"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION, BATCH_OPTION,
				 { "pages", "4096", NULL,
				   "pages to populate in a round" }),
	.metrics = BENCH_METRICS(BATCH_METRICS(
		"populate_per_page", "MADV_POPULATE_WRITE, per page")),
	BATCH_CASE(.units = "pages", .prepare = prepare, .op = op,
		   .verify = verify),
};
