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

static struct mem_region region;

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	return bench_map(ctx, &region);
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	if (!madvise(region.addr, region.pages * mem_page_size(),
		     MADV_POPULATE_WRITE))
		return 0;
	return errno == EINVAL ? bench_skip(ctx, "no MADV_POPULATE_WRITE here")
			       : bench_fail(ctx, -errno, "populating");
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	size_t folios = region.pages >> bench_opt_u64(ctx, "order");
	int err = bench_filled(ctx, &region);

	mem_unmap(&region);
	if (!err && b->faults != folios)
		return bench_fail(ctx, -EIO,
				  "premise: %zu faults for %zu folios",
				  b->faults, folios);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	return batch_run(ctx, &(struct batch){
				      .units = bench_opt_u64(ctx, "pages"),
				      .prepare = prepare,
				      .op = op,
				      .verify = verify,
			      });
}

static const struct bench_option options[] = {
	MEM_MAP_OPTION,
	MEM_ORDER_OPTION,
	BATCH_OPTION,
	{ "pages", "4096", NULL, "pages to populate in a round" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	BATCH_METRICS("populate_per_page", "MADV_POPULATE_WRITE, per page"),
	{ 0 },
};

static const struct bench_case fault_populate = {
	.name = "fault-populate",
	.desc = "MADV_POPULATE_WRITE of a fresh mapping, per page",
	.full_cells = (const char *const[]){ "map=droppable", "map=private",
					     "map=droppable,order=4", NULL },
	.options = options,
	.columns = BATCH_COLUMNS,
	.clocked = BATCH_CLOCKED,
	.metrics = metrics,
	.max_rows = batch_rows,
	.run = run,
};

BENCH_CASE(fault_populate);
