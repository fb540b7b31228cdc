// SPDX-License-Identifier: GPL-2.0-only
/*
 * 25. munmap() at the limit of mappings, and what becomes of the data.
 *
 * A hole in a mapping makes two of it.  At vm.max_map_count that is refused
 * with ENOMEM (munmap(2)), before anything is touched: the data must be there
 * as if nobody had called.  Cutting off an end needs a VMA more only for the
 * moment and must work, or a full address space could not be cleaned up.  With
 * vm-dead, from 2 MB on, the moment lasts until the second write lock.  Cutting from
 * within one mapping into the next needs two more, which is beyond what mmap() takes
 * (map_count > limit): other threads must not be refused meanwhile for that.
 * Invalid ranges are EINVAL and touch nothing either.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"

#define LIMIT "/proc/sys/vm/max_map_count"
#define SMALL_PAGES 64
#define LARGE_PAGES 4096
#define SPARE 64

/* Use up what there is: every second page a mapping of its own. */
static unsigned int fill_up(void)
{
	size_t page = mem_page_size(), nr = 4 * SPARE;
	unsigned char *p = mmap(NULL, nr * page, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int n = 0;

	premise(p != MAP_FAILED, "mmap: %s", strerror(errno));
	for (size_t i = 1; i < nr - 1; i += 2, n++)
		if (mprotect(p + i * page, page, PROT_READ))
			break;
	premise(errno == ENOMEM, "the limit is not reached");
	/* mprotect() in the middle takes two: take the last one as well. */
	for (size_t i = nr - 1; i > nr - 3; i--)
		mprotect(p + i * page, page, PROT_READ);
	return n;
}

static unsigned int count_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned int n = 0;
	int c;

	premise(f, "/proc/self/maps: %s", strerror(errno));
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

/* A region that stands alone. */
static struct mem_region region_alone(size_t pages)
{
	size_t page = mem_page_size();
	struct mem_region r = conform_region("private", pages + 2);

	/* A page at each end with other rights: neighbours do not merge. */
	check(!mprotect(r.addr, page, PROT_NONE) &&
		      !mprotect(r.addr + (pages + 1) * page, page, PROT_NONE),
	      "mprotect: %s", strerror(errno));
	return r;
}

static void reach_limit(void)
{
	char limit[16];

	snprintf(limit, sizeof(limit), "%u", count_maps() + SPARE);
	conform_set(LIMIT, limit);
	fill_up();
}

static struct mem_region region_at_limit(size_t pages)
{
	struct mem_region r = region_alone(pages);

	reach_limit();
	return r;
}

/* Pages [from, to) of the filled region still hold what it was filled with. */
static void check_data(const struct mem_region *r, size_t from, size_t to)
{
	size_t page = mem_page_size(), intact = 0, zero;
	struct mem_region all = *r;

	/* mem_verify() goes by the number of the page: give it all of them. */
	mprotect(r->addr, page, PROT_READ);
	for (size_t i = from; i < to; i++)
		check(*(uint64_t *)(r->addr + i * page),
		      "page %zu has lost its data", i);
	if (from == 1 && to == r->pages - 1) {
		all.pages--;
		check(!mem_verify(&all, &intact, &zero) && !zero,
		      "data is torn after a refused munmap()");
	}
}

static void hole_refused(size_t pages)
{
	struct mem_region r = region_at_limit(pages);
	size_t page = mem_page_size();
	int err = munmap(r.addr + (1 + pages / 4) * page, pages / 2 * page);

	check(err, "a hole at the limit of mappings was made");
	check(errno == ENOMEM, "a hole at the limit: %s, not ENOMEM",
	      strerror(errno));
	check_data(&r, 1, pages + 1);
}

static void test_hole_small(void)
{
	hole_refused(SMALL_PAGES);
}

static void test_hole_large(void)
{
	hole_refused(LARGE_PAGES);
}

static void ends_cut(size_t pages)
{
	struct mem_region r = region_at_limit(pages);
	size_t page = mem_page_size(), cut = pages / 4;

	check(!munmap(r.addr + page, cut * page),
	      "cutting off the beginning at the limit: %s", strerror(errno));
	check(!munmap(r.addr + (1 + pages - cut) * page, cut * page),
	      "cutting off the end at the limit: %s", strerror(errno));
	check_data(&r, 1 + cut, 1 + pages - cut);
	check(!conform_smaps_size(r.addr + page) &&
		      !conform_smaps_size(r.addr + pages * page),
	      "what was cut off is still there");
	check(!munmap(r.addr + (1 + cut) * page, (pages - 2 * cut) * page),
	      "the rest: %s", strerror(errno));
}

static void test_ends_small(void)
{
	ends_cut(SMALL_PAGES);
}

static void test_ends_large(void)
{
	ends_cut(LARGE_PAGES);
}

static void map_one(struct race *r)
{
	size_t page = mem_page_size();
	/* Shared: it does not merge with what lies beside it. */
	void *p =
		mmap(NULL, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)r;
	check(p != MAP_FAILED,
	      "mmap() of another thread, while munmap() cuts two mappings: %s",
	      strerror(errno));
	check(!munmap(p, page), "munmap() of it: %s", strerror(errno));
}

static void do_nothing(struct race *r)
{
	(void)r;
}

/* From the middle of one mapping to the middle of the next. */
static void test_across(void)
{
	size_t page = mem_page_size(), half = LARGE_PAGES / 2;
	struct race small = { 0 }, across = { 0 };
	struct mem_region r;

	/* A thread of its own needs mappings: leave its stack to the next. */
	race_map(&small, page);
	race_munmap(&small, do_nothing);
	r = region_alone(LARGE_PAGES);
	check(!mprotect(r.addr + (1 + half) * page, half * page, PROT_READ),
	      "mprotect: %s", strerror(errno));
	reach_limit();
	across.addr = r.addr + (1 + half / 2) * page;
	across.size = half * page;
	race_munmap(&across, map_one);
	premise(across.nr, "nothing came in between");
	for (size_t i = 1; i <= half / 2; i++)
		check(*(uint64_t *)(r.addr + i * page) &&
			      *(uint64_t *)(r.addr +
					    (LARGE_PAGES + 1 - i) * page),
		      "page %zu from an end has lost its data", i);
	check(race_gone(&across), "what was cut out is still there");
}

/* A mapping less, and the hole can be made. */
static void test_room_again(void)
{
	struct mem_region r = region_at_limit(LARGE_PAGES);
	size_t page = mem_page_size(), cut = LARGE_PAGES / 2;
	unsigned char *hole = r.addr + (1 + LARGE_PAGES / 4) * page;

	check(munmap(hole, cut * page) && errno == ENOMEM,
	      "a hole at the limit: %s", strerror(errno));
	check(!munmap(r.addr + (1 + LARGE_PAGES) * page, page),
	      "the page behind: %s", strerror(errno));
	check(!munmap(hole, cut * page), "with a mapping less: %s",
	      strerror(errno));
	check_data(&r, 1, 1 + LARGE_PAGES / 4);
}

static void test_invalid(void)
{
	struct mem_region r = conform_region("private", LARGE_PAGES);
	size_t size = LARGE_PAGES * mem_page_size();

	check(munmap(r.addr + 1, size) && errno == EINVAL, "unaligned: %s",
	      strerror(errno));
	check(munmap(r.addr, 0) && errno == EINVAL, "no length: %s",
	      strerror(errno));
	check(munmap(r.addr, SIZE_MAX) && errno == EINVAL,
	      "length beyond everything: %s", strerror(errno));
	check(munmap(r.addr, SIZE_MAX - (size_t)r.addr) && errno == EINVAL,
	      "length beyond user space: %s", strerror(errno));
	conform_intact(&r, "invalid munmap()");
	check(!munmap(r.addr, size - 1), "a length is rounded up: %s",
	      strerror(errno));
	check(!munmap(r.addr, size), "nothing there is no error: %s",
	      strerror(errno));
}

static const struct conform_test tests[] = {
	{ "a hole is refused, 256 kB", test_hole_small },
	{ "a hole is refused, 16 MB", test_hole_large },
	{ "ends can be cut off, 256 kB", test_ends_small },
	{ "ends can be cut off, 16 MB", test_ends_large },
	{ "another thread's mmap() while two are cut", test_across },
	{ "room again, hole again", test_room_again },
	{ "invalid ranges", test_invalid },
	{ 0 },
};

static const struct conform_property munmap_limit = {
	.number = 25,
	.name = "munmap-limit",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_limit);
