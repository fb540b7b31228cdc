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
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 8192
#define MEMORY "/sys/devices/system/memory/"

static uint64_t frame[PAGES], now[PAGES];

static void remember(const struct mem_region *r)
{
	conform_pfns(r, frame);
	premise(frame[0], "frame numbers need root");
}

static size_t moved(const struct mem_region *r)
{
	size_t n = 0;

	conform_pfns(r, now);
	for (size_t i = 0; i < PAGES; i++)
		n += now[i] != frame[i];
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

/* The zones of one node alone: kcompactd's way, and that of alloc_pages_node(). */
static void test_compact_node(void)
{
	struct mem_region r;
	char path[64];
	int node[2];

	conform_need_nodes(node);
	conform_need_swap();
	conform_bind_task(node[1]);
	r = with_holes();
	premise(conform_on_node(&r, node[1]) == PAGES,
		"not all pages are on node %d", node[1]);
	remember(&r);
	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/compact",
		 node[1]);
	for (int i = 0; i < 5 && !moved(&r); i++)
		premise(!file_write(path, "1"), "compact");
	check(conform_on_node(&r, node[1]) == PAGES,
	      "compaction of node %d moves pages away from it", node[1]);
	judge(&r, "compaction of one node");
}

/* There and back: the second move finds what the first has made. */
static void test_move_pages(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	int node[2];

	conform_need_nodes(node);
	conform_need_swap();
	conform_move_pages(&r, node[0]);
	remember(&r);
	conform_move_pages(&r, node[1]);
	premise(moved(&r) == PAGES, "not all frames have changed");
	conform_intact(&r, "move_pages to another node");
	conform_move_pages(&r, node[0]);
	remember(&r);
	conform_move_pages(&r, node[1]);
	judge(&r, "move_pages");
}

static void test_mbind(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	int node[2];

	conform_need_nodes(node);
	conform_need_swap();
	conform_mbind(&r, node[0]);
	premise(conform_on_node(&r, node[0]) == PAGES,
		"not all pages are on node %d", node[0]);
	remember(&r);
	conform_mbind(&r, node[1]);
	check(conform_on_node(&r, node[1]) == PAGES,
	      "mbind leaves %zu of %d pages elsewhere",
	      PAGES - conform_on_node(&r, node[1]), PAGES);
	judge(&r, "mbind");
	mem_fill(&r);
	check(conform_on_node(&r, node[1]) == PAGES,
	      "%zu of %d pages come back elsewhere than on node %d",
	      PAGES - conform_on_node(&r, node[1]), PAGES, node[1]);
}

/* The block of physical memory that holds most of @r, then the next. */
static size_t fullest_block(const struct mem_region *r, uint64_t frames,
			    const bool *tried, size_t nr, uint64_t *block)
{
	size_t count[nr], most = 0;

	memset(count, 0, sizeof(count));
	conform_pfns(r, now);
	for (size_t i = 0; i < PAGES; i++) {
		uint64_t b = now[i] / frames;

		if (b < nr && !tried[b] && ++count[b] > most) {
			most = count[b];
			*block = b;
		}
	}
	return most;
}

/* Memory that is about to go: offline_pages() moves what lies in it. */
static void test_offline(void)
{
	struct mem_region r;
	bool tried[64] = { 0 };
	char text[32], path[96];
	uint64_t frames, block = 0;
	int err = -ENOENT, node[2];

	conform_need_nodes(node);
	conform_need_swap();
	premise(file_read(MEMORY "block_size_bytes", text, sizeof(text)) > 0,
		"no memory hotplug");
	frames = strtoull(text, NULL, 16) / mem_page_size();
	conform_bind_task(node[1]);
	r = conform_region("droppable", PAGES);
	premise(conform_on_node(&r, node[1]) == PAGES,
		"not all pages are on node %d", node[1]);
	remember(&r);
	while (err && fullest_block(&r, frames, tried, 64, &block)) {
		tried[block] = true;
		snprintf(path, sizeof(path), MEMORY "memory%" PRIu64 "/state",
			 block);
		err = conform_try_set(path, "offline");
	}
	premise(!err, "no block of node %d can be taken offline: %s", node[1],
		strerror(-err));
	conform_pfns(&r, now);
	for (size_t i = 0; i < PAGES; i++)
		check(now[i] / frames != block,
		      "page %zu lies in block %" PRIu64 ", which is offline", i,
		      block);
	judge(&r, "taking memory offline");
}

static const struct conform_test tests[] = {
	{ "compaction", test_compaction },
	{ "compaction of one node", test_compact_node },
	{ "move_pages", test_move_pages },
	{ "mbind", test_mbind },
	{ "memory offline", test_offline },
	{ 0 },
};

static const struct conform_property migration = {
	.number = 12,
	.name = "migration",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(migration);
