// SPDX-License-Identifier: GPL-2.0-only
/*
 * 20. Droppable memory is dropped where nothing can be swapped.
 *
 * No swap, a full one, memory.swap.max=0 and vm.swappiness=0 all end in
 * get_swappiness() being 0: reclaim leaves anonymous memory alone then, and MGLRU's
 * walk passes over anonymous VMAs (should_skip_vma()).  Droppable memory needs no
 * swap.  It has to give way before the OOM killer is called, and a variant that
 * puts it on the anonymous LRU, or makes it swap-backed when it is met dirty, has
 * nothing to give.
 *
 * The test's own memory is locked: what goes is droppable.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "kernel/memcg.h"

#define PAGES 4096
#define MORE 1024

/* Pages are whole or zero, and as many zero as pagemap says are gone. */
static size_t dropped(const struct mem_region *r, const char *after)
{
	size_t absent = conform_where(r).absent, intact, zero;

	check(!mem_verify(r, &intact, &zero),
	      "a page is neither whole nor zero after %s", after);
	check(zero == absent,
	      "%zu pages are gone but %zu read as zeroes after %s", absent,
	      zero, after);
	conform_not_swapped(r, after);
	return absent;
}

static void by_request(struct mem_region *r)
{
	size_t gone;

	memcg_reclaim(conform_group(), PAGES / 8 * mem_page_size());
	gone = dropped(r, "memory.reclaim");
	conform_note("memory.reclaim for %d pages drops %zu", PAGES / 8, gone);
	check(gone, "memory.reclaim drops nothing");
	mem_fill(r);
	conform_intact(r, "a write to dropped pages");
}

/* Plain memory beyond the limit: its room is that of droppable pages. */
static void by_limit(struct mem_region *r)
{
	struct mem_region plain;
	char limit[32];
	size_t gone;

	snprintf(limit, sizeof(limit), "%" PRIu64,
		 conform_group_get("memory.current"));
	conform_group_set("memory.max", limit);
	check(!mem_map(&plain, "private", MORE) && !mem_fill(&plain),
	      "plain memory beside droppable memory at the limit");
	gone = dropped(r, "memory.max");
	conform_note("%d plain pages at memory.max drop %zu", MORE, gone);
	conform_intact(&plain, "a fault at memory.max");
	conform_group_set("memory.max", "max");
	check(gone >= MORE - MORE / 8, "%d pages found room, %zu were dropped",
	      MORE, gone);
}

static void without(const char *mode)
{
	struct mem_region own = conform_region("private", 16), r;

	mem_unmap(&own); /* stdio's buffers exist from here on */
	premise(!mlockall(MCL_CURRENT), "mlockall: %s", strerror(errno));
	/* The OOM killer's report, if it comes to that, is no splat. */
	conform_set("/proc/sys/kernel/printk", "4");
	conform_swap(mode);
	r = conform_region("droppable", PAGES);
	by_request(&r);
	by_limit(&r);
	mem_fill(&r);
	conform_drops(&r, "all that");
}

static void test_off(void)
{
	without("off");
}

static void test_full(void)
{
	without("full");
}

static void test_max0(void)
{
	without("max0");
}

static void test_swappiness0(void)
{
	without("swappiness0");
}

static const struct conform_test tests[] = {
	{ "no swap", test_off },
	{ "a swap without a free page", test_full },
	{ "memory.swap.max=0", test_max0 },
	{ "vm.swappiness=0", test_swappiness0 },
	{ 0 },
};

static const struct conform_property no_swap = {
	.number = 20,
	.name = "no-swap",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(no_swap);
