// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write fault latency: the first store to each folio of a fresh mapping, in
 * sequence, in random order, or with a stride of one store a page table.
 *
 * Path: exception, handle_mm_fault(), do_anonymous_page() (shmem:
 * shmem_fault(); order 9: do_huge_pmd_anonymous_page()), page allocation and
 * clearing, memcg charge, folio_add_new_anon_rmap(), folio_add_lru_vma(),
 * return.  Not in it: mmap(), munmap(), the page table pages of untouched
 * ranges other than those the store itself needs (in sequence one fault in 512
 * allocates a PTE page, with a stride each of the first does).  With an order
 * above 0 alloc_anon_folio() looks for room for the folio and set_ptes() maps
 * all of it: one store, one row and one fault are 2^order pages.
 *
 * Moved by variants that add work where a folio gets its flags or that take
 * the anonymous path away (special-mapping-*).  pte-dirty-vma should not.
 *
 * Validated against /proc/vmstat: pgfault rises by the number of rows and 8 to
 * 10 more (the harness), thp_fault_alloc with order 9 by the rows exactly; and
 * by mmcount, to the instruction (tests/e2e/plugin.t).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/folio.h"
#include "kernel/mem.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_map.h"
#include "share/rng.h"

#define STRIDE 512 /* pages: what one page table maps */

static size_t *plan, nr_touches, folio_pages;

/* Every STRIDE pages, then again from the next folio on. */
static void stride(size_t *index, size_t n)
{
	size_t step = folio_pages < STRIDE ? STRIDE / folio_pages : 1, used = 0;

	for (size_t first = 0; first < step; first++)
		for (size_t i = first; i < n; i += step)
			index[used++] = i;
}

/* Touched before it is measured: a list of its own must not fault. */
static int make_plan(struct bench_ctx *ctx)
{
	const char *touch = bench_opt(ctx, "touch");
	uint64_t state;
	int err = 0;

	plan = malloc(nr_touches * sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	for (size_t i = 0; i < nr_touches; i++)
		plan[i] = i;
	if (!strcmp(touch, "stride"))
		stride(plan, nr_touches);
	if (!strcmp(touch, "random"))
		err = rng_seed(&state);
	if (!err && !strcmp(touch, "random"))
		rng_shuffle(&state, plan, nr_touches);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	int err;

	err = case_map(ctx);
	if (err)
		return err;
	folio_pages = 1UL << bench_opt_u64(ctx, "order");
	nr_touches = case_region.pages / folio_pages;
	err = make_plan(ctx);
	return err ? bench_fail(ctx, err, "planning the touches") : 0;
}

static int run(struct bench_ctx *ctx)
{
	size_t size = folio_pages * mem_page_size();

	for (size_t i = 0; i < nr_touches; i++) {
		volatile unsigned char *p;
		uint64_t start, end;

		p = case_region.addr + plan[i] * size;
		start = clock_now();
		region_begin(REGION_FAULT);
		*p = 1;
		region_end(REGION_FAULT);
		end = clock_now();
		bench_row(ctx,
			  (int64_t[]){ (int64_t)plan[i], (int64_t)(end - start),
				       (int64_t)folio_pages });
	}
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	return bench_filled(ctx, &case_region);
}

static void teardown(struct bench_ctx *ctx)
{
	free(plan);
	case_unmap(ctx);
}

BENCH_CASE(fault_first_touch) = {
	.name = "fault-first-touch",
	.desc = "write fault latency: first store to each folio of a mapping",
	.cells = BENCH_WORDS("map=droppable", "map=private"),
	.full_cells = BENCH_WORDS(
		"map=droppable,touch=random", "map=droppable,touch=stride",
		"map=private,touch=random", "map=private,touch=stride",
		"map=droppable,order=2", "map=droppable,order=3",
		"map=droppable,order=4", "map=droppable,order=5",
		"map=droppable,order=6", "map=droppable,order=7",
		"map=droppable,order=8", "map=droppable,order=9,pages=65536",
		"map=private,order=4", "map=private,order=9,pages=65536",
		"map=shmem"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION, MEM_ORDER_OPTION,
				 { "pages", "8192", NULL,
				   "pages to touch, one sample a folio" },
				 { "touch", "seq", "seq|random|stride",
				   "order of the touches" }),
	.columns = BENCH_WORDS("touch_index", "latency_clock", "mapped_pages"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		{ "fault_p50", "clock", "lower", "key", "p50", "latency_clock",
		  NULL, NULL, "write fault latency, median" },
		{ "fault_p90", "clock", "lower", "all", "p90", "latency_clock",
		  NULL, NULL, "write fault latency, 90th percentile" },
		{ "fault_p99", "clock", "lower", "key", "p99", "latency_clock",
		  NULL, NULL, "write fault latency, 99th percentile" },
		{ "fault_p999", "clock", "lower", "all", "p999",
		  "latency_clock", NULL, NULL,
		  "write fault latency, 99.9th percentile" },
		{ "fault_max", "clock", "lower", "all", "max", "latency_clock",
		  NULL, NULL, "write fault latency, worst" },
		{ "fault_per_page", "clock", "lower", "all", "sum",
		  "latency_clock", "mapped_pages", NULL,
		  "write fault latency per page mapped, mean" }),
	.max_rows = case_pages,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
