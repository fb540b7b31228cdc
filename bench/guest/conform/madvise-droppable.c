// SPDX-License-Identifier: GPL-2.0-only
/*
 * 33. MADV_DROPPABLE: memory that becomes droppable after mmap().
 *
 * madvise_vma_behavior() marks the VMA, what is in it goes, what it was charged is
 * given back.  An advice that is not known is EINVAL.  What no madvise() can undo
 * lies between the two calls: the mapping is charged like any other, which
 * overcommit_memory=2 may refuse, and after mlockall(MCL_FUTURE) it is locked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/way.h"

#define PAGES 256
#define BIG (64UL << 20)
#define UNKNOWN_ADVICE 0x4d6d

static void test_promises(void)
{
	way_keeps_promises(way_need("madvise-droppable"));
}

/* Half in swap, half present, data everywhere: all of it is given up at once. */
static void test_populated(void)
{
	const struct droppable_way *way = way_need("madvise-droppable");
	struct mem_region r, half;

	conform_need_swap();
	r = conform_region("private", PAGES);
	half = (struct mem_region){ r.addr, PAGES / 2, "private" };
	conform_pageout(&half);
	premise(conform_where(&half).swapped, "nothing is in swap");
	check(!madvise(r.addr, PAGES * mem_page_size(), way->advice[0]),
	      "MADV_DROPPABLE: %s", strerror(errno));
	way_flags(&r, "dpwfddnr", "ac");
	check(!conform_where(&r).present && !conform_where(&r).swapped,
	      "something is left of what was there before");
	conform_zero(&r, "MADV_DROPPABLE");
	mem_fill(&r);
	conform_drops(&r, "MADV_DROPPABLE of populated memory");
}

static uint64_t committed_kb(void)
{
	return conform_kb_of("/proc/meminfo", "Committed_AS");
}

static void test_charge(void)
{
	const struct droppable_way *way = way_need("madvise-droppable");
	uint64_t before = committed_kb(), kb = BIG / 1024;
	void *p = droppable_map(way, BIG);

	check(p != MAP_FAILED, "mmap: %s", strerror(errno));
	check(committed_kb() < before + kb / 2, "%" PRIu64 " kB stay charged",
	      committed_kb() - before);
	munmap(p, BIG);
	check(committed_kb() + kb / 2 > before,
	      "munmap() uncharges what was given back already");
}

static void test_refused(void)
{
	const struct droppable_way *way = way_need("madvise-droppable");
	size_t size = 16 * mem_page_size();
	struct mem_region shared = conform_region("shmem", 16),
			  locked = conform_region("private", 16),
			  plain = conform_region("private", 16);

	check(madvise(shared.addr, size, way->advice[0]) && errno == EINVAL,
	      "shared memory becomes droppable");
	premise(!mlock(locked.addr, size), "mlock: %s", strerror(errno));
	check(madvise(locked.addr, size, way->advice[0]) && errno == EINVAL,
	      "locked memory becomes droppable");
	conform_intact(&shared, "a refusal");
	conform_intact(&locked, "a refusal");
	check(madvise(plain.addr, size, UNKNOWN_ADVICE) && errno == EINVAL,
	      "an advice that is not known is accepted");
}

/* What droppable memory needs no room for, by each way. */
static void test_strict(void)
{
	const struct droppable_way *way = way_need("madvise-droppable");
	char limit[32];
	void *p;

	/* More than the limit that is left, less than what is free. */
	snprintf(limit, sizeof(limit), "%" PRIu64, committed_kb() + BIG / 2048);
	conform_set("/proc/sys/vm/overcommit_kbytes", limit);
	conform_set("/proc/sys/vm/overcommit_memory", "2");
	premise(mmap(NULL, 8 * BIG, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED,
		"plain memory is not refused");
	p = droppable_map(droppable_way("flag"), 8 * BIG);
	premise(p != MAP_FAILED, "MAP_DROPPABLE: %s", strerror(errno));
	munmap(p, 8 * BIG);
	p = droppable_map(way, 8 * BIG);
	check(p != MAP_FAILED,
	      "MAP_DROPPABLE has room, mmap() before MADV_DROPPABLE has not: %s",
	      strerror(errno));
}

static void test_mlockall(void)
{
	const struct droppable_way *way = way_need("madvise-droppable");
	size_t size = 16 * mem_page_size();
	void *p;

	premise(!mlockall(MCL_FUTURE), "mlockall: %s", strerror(errno));
	p = droppable_map(droppable_way("flag"), size);
	premise(p != MAP_FAILED && !conform_smaps_flag(p, "lo"),
		"MAP_DROPPABLE is refused or locked");
	p = droppable_map(way, size);
	check(p != MAP_FAILED,
	      "MAP_DROPPABLE is not locked, mmap() before MADV_DROPPABLE is: %s",
	      strerror(errno));
}

static const struct conform_test tests[] = {
	{ "the promises of MAP_DROPPABLE", test_promises },
	{ "populated memory is given up", test_populated },
	{ "the commit charge is given back", test_charge },
	{ "refused where it makes no sense", test_refused },
	{ "needs no room with overcommit_memory=2", test_strict },
	{ "can be had after mlockall(MCL_FUTURE)", test_mlockall },
	{ 0 },
};

static const struct conform_property madvise_droppable = {
	.number = 33,
	.name = "madvise-droppable",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(madvise_droppable);
