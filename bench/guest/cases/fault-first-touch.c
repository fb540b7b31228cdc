// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write fault latency: the first store to each page of a fresh mapping.
 *
 * Path: exception, handle_mm_fault(), do_anonymous_page() (shmem:
 * shmem_fault()), page allocation and clearing, memcg charge,
 * folio_add_new_anon_rmap(), folio_add_lru_vma(), return.  Not in it: mmap(),
 * munmap(), the page table pages of untouched ranges other than those the
 * store itself needs (one fault in 512 allocates a PTE page).
 *
 * Moved by variants that add work where a folio gets its flags or that take
 * the anonymous path away (special-mapping-*).  pte-dirty-vma should not.
 *
 * Validated against /proc/vmstat: pgfault rises by at least one a page.
 */
#include <errno.h>

#include "../bench.h"
#include "../clock.h"
#include "../marker.h"
#include "../mem.h"

static struct mem_region region;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "pages");
}

static int setup(struct bench_ctx *ctx)
{
	return bench_map(ctx, &region);
}

static int run(struct bench_ctx *ctx)
{
	for (size_t i = 0; i < region.pages; i++) {
		volatile unsigned char *p = region.addr + i * mem_page_size();
		uint64_t start, end;

		start = clock_now();
		region_begin(REGION_FAULT);
		*p = 1;
		region_end(REGION_FAULT);
		end = clock_now();
		bench_row(ctx,
			  (int64_t[]){ (int64_t)i, (int64_t)(end - start) });
	}
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	struct mem_where w;
	int err;

	err = mem_where(&region, &w);
	if (!err && w.present != region.pages)
		return bench_fail(
			ctx, -EIO,
			"premise: only %zu of %zu pages are there after the touch",
			w.present, region.pages);
	return err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	mem_unmap(&region);
}

static const struct bench_option options[] = {
	MEM_MAP_OPTION,
	{ "pages", "8192", NULL, "pages to touch, one sample each" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "fault_p50", "clock", "lower", "key", "p50", "latency_clock", NULL,
	  NULL, "write fault latency, median" },
	{ "fault_p99", "clock", "lower", "key", "p99", "latency_clock", NULL,
	  NULL, "write fault latency, 99th percentile" },
	{ "fault_mean", "clock", "lower", "all", "mean", "latency_clock", NULL,
	  NULL, "write fault latency, mean" },
	{ "fault_p999", "clock", "lower", "all", "p999", "latency_clock", NULL,
	  NULL, "write fault latency, 99.9th percentile" },
	{ 0 },
};

static const struct bench_case fault_first_touch = {
	.name = "fault-first-touch",
	.desc = "write fault latency: first store to each page of a mapping",
	.cells = (const char *const[]){ "map=droppable", "map=private", NULL },
	.options = options,
	.columns =
		(const char *const[]){ "touch_index", "latency_clock", NULL },
	.clocked = "latency_clock",
	.metrics = metrics,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};

BENCH_CASE(fault_first_touch);
