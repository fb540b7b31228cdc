// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is wiped on fork and left out of dumps: mmap() with one flag
 * (MAP_DROPPABLE), or mmap() and two madvise() calls (MADV_WIPEONFORK,
 * MADV_DONTDUMP), for a mapping, or for a thread that starts with one.  The other
 * interfaces for droppable memory are ways as well, each where a kernel has it:
 * prot (PROT_DROPPABLE), madvise-droppable (mmap() and MADV_DROPPABLE) and flags
 * (MAP_DROPPABLE, MAP_WIPEONFORK and MAP_DONTDUMP, none of which implies another).
 *
 * Path: mmap_region(), which makes or extends a VMA; each madvise() ->
 * madvise_walk_vmas() -> madvise_vma_behavior() -> vma_modify_flags(), a lock of
 * the mm and, when neighbours are alike, a merge.  per=thread adds clone(), the
 * thread's first store to its mapping, its exit and the join.  munmap() has a
 * column of its own.  Mappings come one at a time, between neighbours that are
 * not alike: nothing merges.
 *
 * Not the same thing twice: way=madvise is neither given up under pressure nor
 * overcommitted freely, and what a fork between its calls inherits is not wiped.
 *
 * Moved by stacks that do more in mmap() for the flag (special-mapping-* set up
 * a file).  Validated against smaps: either way the VMA has the flags wf and dd
 * and those of droppable memory dp; and by mmcount, to the instruction.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/droppable.h"
#include "kernel/mem.h"
#include "run/bench.h"
#include "share/timed.h"

static const struct droppable_way *way;
static size_t size;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "mappings");
}

static int premise(struct bench_ctx *ctx, const void *p)
{
	static const char *const flags[] = { "wf", "dd", "dp" };
	bool has[ARRAY_SIZE(flags)];
	size_t pages;
	int err;

	err = mem_smaps_pages(p, "Size", &pages);
	for (size_t i = 0; i < ARRAY_SIZE(flags) && !err; i++)
		err = mem_vm_flag(p, flags[i], &has[i]);
	if (err)
		return bench_fail(ctx, err, "smaps");
	if (!has[0] || !has[1] || has[2] != way->droppable ||
	    pages * mem_page_size() != size)
		return bench_fail(
			ctx, -EIO,
			"premise: a VMA of %zu pages with wf %d, dd %d, dp %d",
			pages, has[0], has[1], has[2]);
	return 0;
}

/* What is looked at is mapped as what is measured. */
static int setup(struct bench_ctx *ctx)
{
	bool silent;
	void *p;
	int err;

	way = droppable_way(bench_opt(ctx, "way"));
	size = bench_opt_u64(ctx, "pages") * mem_page_size();
	err = droppable_probe(way, &silent);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no %s%s", way->what,
				  silent ? ", and does not say so" : "");
	if (err)
		return bench_fail(ctx, err, "mmap");
	p = droppable_map(way, size);
	if (p == MAP_FAILED)
		return bench_fail(ctx, -errno, "mmap");
	err = premise(ctx, p);
	munmap(p, size);
	return err;
}

static void *start_with_mapping(void *arg)
{
	volatile unsigned char *p = droppable_map(way, size);

	(void)arg;
	if (p != MAP_FAILED)
		*p = 1;
	return (void *)p;
}

static void *in_thread(void)
{
	pthread_t thread;
	void *p;
	int err;

	err = pthread_create(&thread, NULL, start_with_mapping, NULL);
	if (!err)
		err = pthread_join(thread, &p);
	errno = err;
	return err ? MAP_FAILED : p;
}

static int map_once(struct bench_ctx *ctx, bool per_thread)
{
	uint64_t cost, unmap;
	void *p;
	int err;

	TIMED(REGION_MMAP, cost,
	      p = per_thread ? in_thread() : droppable_map(way, size));
	if (p == MAP_FAILED)
		return bench_fail(ctx, -errno, "mapping");
	TIMED(REGION_MUNMAP, unmap, err = munmap(p, size));
	if (err)
		return bench_fail(ctx, -errno, "munmap");
	bench_row(ctx, (int64_t[]){ (int64_t)ctx->nr_rows, (int64_t)cost,
				    (int64_t)unmap });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	bool per_thread = !strcmp(bench_opt(ctx, "per"), "thread");
	int err = 0;

	for (size_t i = 0; i < max_rows(ctx) && !err; i++)
		err = map_once(ctx, per_thread);
	return err;
}

BENCH_CASE(api_mmap) = {
	.name = "api-mmap",
	.desc = "mmap() with one flag against mmap() and two madvise() calls",
	.full_cells = BENCH_WORDS(
		"way=flag,per=mapping", "way=madvise,per=mapping",
		"way=flag,per=thread", "way=madvise,per=thread",
		"way=prot,per=mapping", "way=madvise-droppable,per=mapping",
		"way=flags,per=mapping"),
	.options = BENCH_OPTIONS(
		{ "way", "flag", DROPPABLE_WAYS,
		  "MAP_DROPPABLE, mmap() and two madvise() calls, or another interface" },
		{ "per", "mapping", "mapping|thread",
		  "a mapping alone, or the start of a thread that makes one" },
		{ "mappings", "1000", NULL, "how many, one after the other" },
		{ "pages", "4", NULL, "pages of each" }),
	.columns = BENCH_WORDS("map_index", "map_clock", "unmap_clock"),
	.clocked = "map_clock,unmap_clock",
	.metrics = BENCH_METRICS(LATENCY_METRICS("api_map", "map_clock",
						 "mapping, or thread with one"),
				 { "api_unmap_p50", "clock", "lower", "all",
				   "p50", "unmap_clock", NULL, NULL,
				   "munmap() of it, median" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
};
