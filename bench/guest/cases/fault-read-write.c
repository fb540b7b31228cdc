// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read fault, then write fault: a load from each page of a fresh mapping finds
 * the zero page, a later store to each replaces it.
 *
 * Path: first do_anonymous_page(), which maps the zero page without allocating
 * or charging; then do_wp_page() -> wp_page_copy(), which for the zero page
 * allocates a cleared folio, charges it, flushes the PTE and adds rmap and LRU.
 * Not in it: mmap(), munmap().  The page tables come with the reads.
 *
 * Moved by variants that give a folio its flags in folio_add_new_anon_rmap()
 * (only the second fault) or that are no anonymous memory (special-mapping-*:
 * there is no zero page, the case skips).
 *
 * Validated against /proc/vmstat: pgfault rises by twice the rows and 9 more
 * (the harness); the write costs what fault-first-touch measures and 6 % more,
 * for the flush of the old PTE.
 */
#include <errno.h>
#include <stdlib.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "share/case_map.h"
#include "share/timed.h"

static uint64_t *read_cost;

static int setup(struct bench_ctx *ctx)
{
	int err = case_map(ctx);

	if (err)
		return err;
	read_cost = malloc(case_region.pages * sizeof(*read_cost));
	if (!read_cost)
		return bench_fail(ctx, -ENOMEM, "the costs");
	for (size_t i = 0; i < case_region.pages; i++)
		read_cost[i] = 1; /* there, so that it does not fault */
	return 0;
}

/* Mapped, but nothing of one's own: smaps does not count the zero page. */
static int has_zero_pages(struct bench_ctx *ctx)
{
	struct mem_where w;
	size_t rss;
	int err;

	err = mem_where(&case_region, &w);
	if (!err)
		err = mem_smaps_pages(case_region.addr, "Rss", &rss);
	if (!err && w.present != case_region.pages)
		return bench_fail(ctx, -EIO,
				  "premise: %zu of %zu pages are there after "
				  "the reads",
				  w.present, case_region.pages);
	if (!err && rss)
		return bench_skip(ctx,
				  "reads give pages of one's own (%zu), not "
				  "the zero page",
				  rss);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	size_t size = mem_page_size();
	uint64_t cost;
	int err;

	for (size_t i = 0; i < case_region.pages; i++)
		TIMED(REGION_FAULT_READ, read_cost[i],
		      (void)*(volatile unsigned char *)(case_region.addr +
							i * size));
	err = has_zero_pages(ctx);
	if (err)
		return err;
	for (size_t i = 0; i < case_region.pages; i++) {
		volatile unsigned char *p = case_region.addr + i * size;

		TIMED(REGION_FAULT_COPY, cost, *p = 1);
		bench_row(ctx, (int64_t[]){ (int64_t)i, (int64_t)read_cost[i],
					    (int64_t)cost });
	}
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	size_t rss;
	int err;

	err = mem_smaps_pages(case_region.addr, "Rss", &rss);
	if (!err && rss != case_region.pages)
		return bench_fail(ctx, -EIO,
				  "premise: %zu of %zu pages are own ones "
				  "after the writes",
				  rss, case_region.pages);
	return err;
}

static void teardown(struct bench_ctx *ctx)
{
	free(read_cost);
	case_unmap(ctx);
}

BENCH_CASE(fault_read_write) = {
	.name = "fault-read-write",
	.desc = "read fault (zero page), then write fault (a page of one's own)",
	.full_cells = BENCH_WORDS("map=droppable", "map=private"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION,
				 { "pages", "8192", NULL,
				   "pages to read, then to write" }),
	.columns = BENCH_WORDS("touch_index", "read_clock", "write_clock"),
	.clocked = "read_clock,write_clock",
	.metrics = BENCH_METRICS(
		LATENCY_METRICS("zero_read", "read_clock",
				"read fault that maps the zero page"),
		LATENCY_METRICS("zero_write", "write_clock",
				"write fault that replaces the zero page")),
	.max_rows = case_pages,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
