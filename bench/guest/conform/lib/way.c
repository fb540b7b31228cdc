// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/way.h"

#define PAGES 256

struct mem_region way_region(const struct droppable_way *way, size_t pages)
{
	struct mem_region r = { .addr = droppable_map(way,
						      pages * mem_page_size()),
				.pages = pages,
				.kind = way->name };

	check(r.addr != MAP_FAILED, "%zu pages by %s: %s", pages, way->what,
	      strerror(errno));
	mem_fill(&r);
	premise(conform_where(&r).present == pages,
		"not all pages are there after filling");
	return r;
}

const struct droppable_way *way_need(const char *name)
{
	const struct droppable_way *way = droppable_way(name);
	struct mem_region r;
	bool silent;
	int err = droppable_probe(way, &silent);

	if (!err)
		return way;
	if (!silent)
		conform_skip("this kernel has no %s: %s", way->what,
			     strerror(-err));
	r = way_region(way, PAGES);
	if (conform_smaps_flag(r.addr, "dp"))
		conform_skip("this kernel has no %s, and does not say so",
			     way->what);
	conform_pageout(&r);
	conform_skip(
		"this kernel has no %s, does not say so, and has %zu of %d pages in swap",
		way->what, conform_where(&r).swapped, PAGES);
}

void way_flags(const struct mem_region *r, const char *flags,
	       const char *without)
{
	char word[3] = "";

	for (; *flags; flags += 2) {
		memcpy(word, flags, 2);
		check(conform_smaps_flag(r->addr, word), "smaps has no %s",
		      word);
	}
	for (; *without; without += 2) {
		memcpy(word, without, 2);
		check(!conform_smaps_flag(r->addr, word), "smaps has %s", word);
	}
}

static void grandchild(void *arg)
{
	conform_zero(arg, "two forks");
}

static void child(void *arg)
{
	struct mem_region *r = arg;

	way_flags(r, "dpwf", "");
	conform_zero(r, "fork");
	mem_fill(r);
	conform_child_ok(grandchild, r, "a grandchild");
	conform_drops(r, "fork");
}

void way_keeps_promises(const struct droppable_way *way)
{
	struct mem_region r;

	conform_need_swap();
	r = way_region(way, PAGES);
	way_flags(&r, "dpwfddnr", "loac");
	conform_child_ok(child, &r, "a child");
	conform_intact(&r, "fork");
	conform_drops(&r, "MADV_PAGEOUT");
	mem_fill(&r);
	conform_intact(&r, "a write to dropped pages");
}
