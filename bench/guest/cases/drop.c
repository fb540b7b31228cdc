// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program does to use memory that may have been dropped, and what it costs:
 * for an object that is there, and for one that is gone.
 *
 * way=zero: MAP_DROPPABLE; each page begins with a word that is never zero, which is
 * looked at.  way=signal: nothing is looked at; the first load of what is gone gets
 * SIGBUS, and the object is populated.  way=volatile: ordinary memory, volatile while
 * nobody uses it; MADV_NONVOLATILE before and MADV_VOLATILE after.
 *
 * hit: the object is there; one word of each page is loaded.  miss: all of it is
 * gone; it is found out, and one word of each page stored.  drop: MADV_PAGEOUT of
 * everything, for each page.
 *
 * Path: the fault on an empty entry (zero page, then a copy), on a marker, the signal
 * and GUP's populating fault, two madvise(2) with VMAs split and joined.  Not in it:
 * making the object, and loads and stores of the rest of it.  way=zero should not move
 * between stacks.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/drop.h"
#include "run/bench.h"
#include "share/timed.h"

enum way {
	ZERO,
	SIGNAL,
	VOLATILE
};

static enum way way;
static struct mem_region region;
static size_t object; /* in pages */

static volatile uint64_t *word(const struct mem_region *o, size_t page)
{
	return (volatile uint64_t *)(o->addr + page * mem_page_size());
}

static void store(const struct mem_region *o)
{
	for (size_t p = 0; p < o->pages; p++)
		*word(o, p) = p + 1;
}

/* Each way: true when the object was there; else it is made again. */
static bool use_zero(const struct mem_region *o)
{
	bool hit = true;

	for (size_t p = 0; p < o->pages; p++)
		hit &= *word(o, p) != 0;
	if (!hit)
		store(o);
	return hit;
}

static bool use_signal(const struct mem_region *o)
{
	if (drop_caught()) {
		madvise(o->addr, o->pages * mem_page_size(),
			MADV_POPULATE_WRITE);
		store(o);
		return false;
	}
	for (size_t p = 0; p < o->pages; p++)
		(void)*word(o, p);
	return true;
}

static bool use_volatile(const struct mem_region *o)
{
	bool hit = !drop_nonvolatile(o);

	if (!hit)
		store(o);
	for (size_t p = 0; p < o->pages; p++)
		(void)*word(o, p);
	drop_volatile(o);
	return hit;
}

static bool use(const struct mem_region *o)
{
	switch (way) {
	case ZERO:
		return use_zero(o);
	case SIGNAL:
		return use_signal(o);
	default:
		return use_volatile(o);
	}
}

static int map(struct bench_ctx *ctx, size_t pages)
{
	int err = way == VOLATILE ? drop_volatile_known() : 0;

	if (!err)
		err = way == SIGNAL
			      ? drop_signal_map(&region, pages)
			      : mem_map(&region,
					way == ZERO ? "droppable" : "private",
					pages);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no %s",
				  way == ZERO	  ? "MAP_DROPPABLE"
				  : way == SIGNAL ? "MAP_DROP_SIGNAL"
						  : "MADV_VOLATILE");
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	static const char *const ways[] = { "zero", "signal", "volatile" };
	size_t pages = bench_opt_u64(ctx, "objects");
	int err;

	while (strcmp(ways[way], bench_opt(ctx, "way")))
		way++;
	object = bench_opt_u64(ctx, "pages");
	if (!object || object > 512 || !pages || pages > 65536)
		return bench_fail(ctx, -EINVAL,
				  "1 to 512 pages, 1 to 65536 objects");
	err = map(ctx, pages * object);
	if (err)
		return err;
	store(&region);
	return way == SIGNAL	 ? drop_catch()
	       : way == VOLATILE ? drop_volatile(&region)
				 : 0;
}

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "objects");
}

/* Everything is there and becomes warm; then it goes, and is used once more. */
static int run(struct bench_ctx *ctx)
{
	size_t n = region.pages / object;
	struct mem_where where;
	uint64_t drop, cost, hit[n];

	for (size_t i = 0; i < n; i++) {
		struct mem_region o = mem_part(&region, i * object, object);
		bool there;

		TIMED(REGION_BATCH, hit[i], there = use(&o));
		if (!there)
			return bench_fail(ctx, -EIO, "an object went early");
	}
	TIMED(REGION_RECLAIM_PAGEOUT, drop,
	      madvise(region.addr, region.pages * mem_page_size(),
		      MADV_PAGEOUT));
	/* What sat in a batch is met by the second call, which is not counted. */
	for (int i = 0; i < 3; i++)
		madvise(region.addr, region.pages * mem_page_size(),
			MADV_PAGEOUT);
	if (mem_where(&region, &where) || where.absent != region.pages)
		return bench_fail(ctx, -EIO, "premise: not all is dropped");
	for (size_t i = 0; i < n; i++) {
		struct mem_region o = mem_part(&region, i * object, object);
		bool there;

		TIMED(REGION_REFAULT, cost, there = use(&o));
		if (there || *word(&o, object - 1) != object)
			return bench_fail(ctx, -EIO, "a drop went unnoticed");
		bench_row(ctx, (int64_t[]){ (int64_t)i, (int64_t)object,
					    (int64_t)hit[i], (int64_t)cost,
					    i ? 0 : (int64_t)drop });
	}
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	if (region.addr && way == SIGNAL)
		drop_uncatch();
	mem_unmap(&region);
}

BENCH_CASE(drop) = {
	.name = "drop",
	.desc = "noticing that memory was dropped, and making it again",
	.full_cells = BENCH_WORDS("way=zero", "way=signal", "way=volatile"),
	.options = BENCH_OPTIONS(
		{ "way", "zero", "zero|signal|volatile",
		  "how a drop is noticed: a zero word, SIGBUS, MADV_NONVOLATILE" },
		{ "objects", "1024", NULL, "objects" },
		{ "pages", "4", NULL, "pages an object" }),
	.columns = BENCH_WORDS("object_index", "page_count", "hit_clock",
			       "miss_clock", "drop_clock"),
	.clocked = "hit_clock,miss_clock",
	.metrics = BENCH_METRICS(
		{ "hit_p50", "clock", "lower", "key", "p50", "hit_clock", NULL,
		  NULL, "using an object that is there, median" },
		{ "miss_p50", "clock", "lower", "key", "p50", "miss_clock",
		  NULL, NULL,
		  "finding an object gone and its pages made again, median" },
		{ "drop_per_page", "clock", "lower", "all", "sum", "drop_clock",
		  "page_count", NULL, "MADV_PAGEOUT of a page" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
