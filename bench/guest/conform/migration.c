// SPDX-License-Identifier: GPL-2.0-only
/*
 * 12. A migrated page keeps its data and its nature.
 *
 * folio_migrate_flags() and __folio_migrate_mapping() copy PG_swapbacked as it
 * is and the dirty bit; a variant with a flag of its own must copy that too, or
 * the page turns into plain memory (and goes to swap) wherever compaction has
 * been.  A page that moved is one whose frame number in pagemap has changed.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../conform.h"
#include "../file.h"
#include "../memcg.h"

#define PAGES 8192
#define MPOL_BIND 2
#define MPOL_MF_MOVE 2

static uint64_t frame[PAGES];

static void remember(const struct mem_region *r)
{
	for (size_t i = 0; i < PAGES; i++)
		frame[i] = conform_pfn(r->addr + i * mem_page_size());
	premise(frame[0], "frame numbers need root");
}

static size_t moved(const struct mem_region *r)
{
	size_t n = 0;

	for (size_t i = 0; i < PAGES; i++)
		n += conform_pfn(r->addr + i * mem_page_size()) != frame[i];
	return n;
}

/* After the move: data there, nothing in swap by either way of reclaim. */
static void judge(struct mem_region *r, const char *by)
{
	conform_note("%s moved %zu of %d pages", by, moved(r), PAGES);
	premise(moved(r), "%s moves no page", by);
	conform_intact(r, by);
	for (int i = 0; i < 3; i++)
		memcg_reclaim(conform_group(), PAGES / 8 * mem_page_size());
	conform_not_swapped(r, by);
	mem_fill(r);
	conform_drops(r, by);
}

/*
 * Compaction moves into pageblocks that are free in part, never into a whole
 * free block, and ends when it finds no room.  So pages of plain memory lie
 * between those of the mapping, frame by frame, and are given back afterwards;
 * to the zone, not to the CPU's list, which would keep all of them.
 */
static struct mem_region with_holes(void)
{
	struct mem_region r = conform_region("droppable", 1), plain;

	mem_unmap(&r);
	conform_set("/proc/sys/vm/percpu_pagelist_high_fraction", "100000");
	check(!mem_map(&r, "droppable", PAGES) &&
		      !mem_map(&plain, "private", PAGES),
	      "mmap: %s", strerror(errno));
	for (size_t i = 0; i < PAGES * mem_page_size(); i += mem_page_size()) {
		*(volatile char *)(r.addr + i) = 1;
		*(volatile char *)(plain.addr + i) = 1;
	}
	mem_unmap(&plain);
	mem_fill(&r);
	premise(conform_where(&r).present == PAGES, "not all pages are there");
	return r;
}

static void test_compaction(void)
{
	struct mem_region r;

	conform_need_swap();
	r = with_holes();
	remember(&r);
	for (int i = 0; i < 5 && !moved(&r); i++)
		premise(!file_write("/proc/sys/vm/compact_memory", "1"),
			"compact_memory");
	judge(&r, "compaction");
}

static void need_nodes(void)
{
	char online[64];

	premise(file_read("/sys/devices/system/node/online", online,
			  sizeof(online)) > 0 &&
			strcspn(online, "-,") < strlen(online),
		"one NUMA node only");
}

static void test_move_pages(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	static void *page[PAGES];
	static int node[PAGES], status[PAGES];

	need_nodes();
	conform_need_swap();
	remember(&r);
	for (int to = 0; to < 2; to++) {
		for (size_t i = 0; i < PAGES; i++) {
			page[i] = r.addr + i * mem_page_size();
			node[i] = to;
		}
		check(!syscall(SYS_move_pages, 0, (unsigned long)PAGES, page,
			       node, status, MPOL_MF_MOVE),
		      "move_pages: %s", strerror(errno));
	}
	judge(&r, "move_pages");
}

static void test_mbind(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	unsigned long mask;

	need_nodes();
	conform_need_swap();
	remember(&r);
	for (int to = 0; to < 2; to++) {
		mask = 1UL << to;
		check(!syscall(SYS_mbind, r.addr, PAGES * mem_page_size(),
			       MPOL_BIND, &mask, 64UL, MPOL_MF_MOVE),
		      "mbind: %s", strerror(errno));
		if (moved(&r))
			break;
	}
	judge(&r, "mbind");
}

static const struct conform_test tests[] = {
	{ "compaction", test_compaction },
	{ "move_pages", test_move_pages },
	{ "mbind", test_mbind },
	{ 0 },
};

static const struct conform_property migration = {
	.number = 12,
	.name = "migration",
	.tests = tests,
};

CONFORM_PROPERTY(migration);
