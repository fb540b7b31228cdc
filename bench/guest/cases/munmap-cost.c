// SPDX-License-Identifier: GPL-2.0-only
/*
 * What munmap() of a populated mapping costs, per page, over sizes; nobody
 * else is in the address space.
 *
 * Path: munmap() -> __vm_munmap() -> do_vmi_munmap() -> detaching the VMA,
 * unmap_vmas() with zap_pte_range(), freeing of page tables and, in batches of
 * the mmu_gather, of the pages.  Not in it: mapping and filling.  One page is
 * all fixed cost; from 512 pages on a mapping has page tables of its own.
 *
 * Moved by variants that do more than one pass over the range (vm-dead, from
 * 2 MB on), hardly by those that only hold another lock.
 *
 * way=dontneed is MADV_DONTNEED before it, way=mremap a mapping that shrinks by so
 * many pages; dead_min=2M and 1G are settings of vm-dead (share/unmap.h).
 *
 * Validated against the plugin (make profile FAMILY=munmap): it counts 1135.6
 * instructions a page in the calls from 2 MB on, the clock says 1135.9.
 */
#include <errno.h>
#include <sys/mman.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/unmap.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define LARGE_PAGES 512 /* 2 MB: where vm-dead takes its own way */

static const struct {
	size_t pages, rounds;
} sizes[] = { { 1, 256 }, { 64, 64 }, { 4096, 4 }, { 65536, 1 } };

static enum unmap_way way;

static size_t max_rows(struct bench_ctx *ctx)
{
	size_t rows = 0;

	(void)ctx;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		rows += sizes[i].rounds;
	return rows;
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	int err = mem_map(&probe, bench_opt(ctx, "map"), 1);

	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (!err)
		mem_unmap(&probe);
	return err ? err : unmap_setup(ctx, &way);
}

static int populate(struct bench_ctx *ctx, struct mem_region *r, size_t pages)
{
	struct mem_where w;
	int err = mem_map(r, bench_opt(ctx, "map"), pages);

	if (err)
		return bench_fail(ctx, err, "cannot map %zu pages", pages);
	if (madvise(r->addr, pages * mem_page_size(), MADV_POPULATE_WRITE))
		return bench_fail(ctx, -errno, "populating %zu pages", pages);
	err = mem_where(r, &w);
	if (!err && w.present != pages)
		err = bench_fail(ctx, -EIO, "premise: %zu of %zu pages present",
				 w.present, pages);
	return err;
}

/* The number of a region is part of an instruction: one place for each. */
#define TIMED_UNMAP(region, call, cost, err)     \
	do {                                     \
		*(cost) = clock_now();           \
		region_begin(region);            \
		err = call;                      \
		region_end(region);              \
		*(cost) = clock_now() - *(cost); \
	} while (0)

static int timed_munmap(const struct mem_region *r, uint64_t *cost)
{
	size_t size = r->pages * mem_page_size();
	int err;

	if (r->pages < LARGE_PAGES)
		TIMED_UNMAP(REGION_UNMAP, munmap(r->addr, size), cost, err);
	else
		TIMED_UNMAP(REGION_UNMAP_BIG, munmap(r->addr, size), cost, err);
	return err ? -errno : 0;
}

static int timed_otherwise(const struct mem_region *r, uint64_t *cost)
{
	size_t size = r->pages * mem_page_size();
	int err;

	if (r->pages < LARGE_PAGES)
		TIMED_UNMAP(REGION_UNMAP, unmap_by(way, r->addr, size), cost,
			    err);
	else
		TIMED_UNMAP(REGION_UNMAP_BIG, unmap_by(way, r->addr, size),
			    cost, err);
	return err;
}

static int unmap_once(struct bench_ctx *ctx, size_t pages)
{
	struct mem_region r;
	uint64_t cost;
	int err = populate(ctx, &r, pages + (way == UNMAP_MREMAP));

	if (err)
		return err;
	err = way == UNMAP_MUNMAP ? timed_munmap(&r, &cost)
				  : timed_otherwise(&r, &cost);
	if (err)
		return bench_fail(ctx, err, "unmapping %zu pages", pages);
	if (way == UNMAP_MREMAP) /* the page that it leaves */
		munmap(r.addr, mem_page_size());
	bench_row(ctx, (int64_t[]){ (int64_t)pages, (int64_t)cost });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t n = 0; n < sizes[i].rounds && !err; n++)
			err = unmap_once(ctx, sizes[i].pages);
	return err;
}

BENCH_CASE(munmap_cost) = {
	.name = "munmap-cost",
	.desc = "munmap() of 1 to 65536 populated pages, nobody else about",
	.cells = BENCH_WORDS("map=private"),
	.full_cells = BENCH_WORDS("map=droppable", "map=private,way=dontneed",
				  "map=private,way=mremap",
				  "map=private,dead_min=2M",
				  "map=private,dead_min=1G"),
	.options = BENCH_OPTIONS({ "map", "private", MEM_MAP_CHOICES,
				   "kind of memory that is mapped" },
				 UNMAP_OPTIONS),
	.columns = BENCH_WORDS("unmapped_pages", "cost_clock"),
	.clocked = "cost_clock",
	.metrics = BENCH_METRICS({ "munmap_per_page", "clock", "lower", "key",
				   "sum", "cost_clock", "unmapped_pages",
				   "unmapped_pages",
				   "munmap(), cost per page" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = unmap_undo,
};
