// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. Droppable memory is never written to swap.
 *
 * shrink_folio_list() gives swap space to an anonymous folio that is
 * swap-backed, so all rests on PG_swapbacked staying clear (or on the folio
 * not being anonymous at all) along every way into reclaim: the madvise calls,
 * which isolate by page table; memory.reclaim and memory.max, which evict a
 * memcg's LRU; kswapd, which evicts everyone's.  MGLRU has a shortcut of its
 * own in sort_folio(), where v22 of the series set PG_swapbacked on a dirty
 * folio.
 *
 * Each way is taken with plain memory first: unless that lands in swap, "not
 * in swap" says nothing.  Looked at: pagemap's swap bit, smaps, the memcg's peak
 * of swap use, which remembers a folio that was written and came back, and
 * pswpout (but for kswapd, which may write the pages of others).  The test's own
 * pages are locked so that they do not count.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 2048
#define MIN_FREE "/proc/sys/vm/min_free_kbytes"

static void by_pageout(const struct mem_region *r)
{
	conform_pageout(r);
}

/* MADV_COLD deactivates; the memcg's reclaim then finds them first. */
static void by_cold(const struct mem_region *r)
{
	size_t size = r->pages * mem_page_size();

	check(!madvise(r->addr, size, MADV_COLD), "MADV_COLD: %s",
	      strerror(errno));
	memcg_reclaim(conform_group(), size / 2);
}

/* -EAGAIN is no verdict here: what counts is where the pages are. */
static void by_reclaim(const struct mem_region *r)
{
	for (int i = 0; i < 4; i++)
		memcg_reclaim(conform_group(), r->pages * mem_page_size() / 2);
}

/* Direct reclaim: the group's own faults meet its limit. */
static void by_limit(const struct mem_region *r)
{
	struct mem_region more;
	char limit[32];

	snprintf(limit, sizeof(limit), "%" PRIu64,
		 conform_group_get("memory.current"));
	conform_group_set("memory.max", limit);
	check(!mem_map(&more, r->kind, PAGES) && !mem_fill(&more),
	      "a second mapping beside the full one");
	if (!strcmp(r->kind, "droppable"))
		conform_not_swapped(&more, "memory.max");
	mem_unmap(&more);
	conform_group_set("memory.max", "max");
}

/* A field of meminfo, of the first node where there are nodes. */
static uint64_t node_kb(const char *name)
{
	char path[64], key[64];
	int node = conform_first_node();

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo",
		 node);
	if (access(path, R_OK))
		return conform_kb_of("/proc/meminfo", name);
	snprintf(key, sizeof(key), "Node %d %s", node, name);
	return conform_kb_of(path, key);
}

/*
 * kswapd runs for its node, once all nodes that an allocation may use are low:
 * so the task stays on one node from here on.
 *
 * Leave about 64 MiB free beside locked huge pages (cheap to fill), so that a
 * watermark which kswapd can reach is above what is free: low is 1.25 times
 * the minimum, high 1.5 times; the minimum stays below, and nobody has to
 * reclaim directly.
 */
static void fill_memory(void)
{
	size_t size = node_kb("MemFree") * 1024;
	char *p;

	if (!access("/sys/devices/system/node", R_OK))
		conform_bind_task(conform_first_node());
	/* ZONE_DMA for nobody: one balanced zone lets kswapd sleep. */
	conform_set("/proc/sys/vm/lowmem_reserve_ratio", "1");
	premise(size > 96 << 20 && size < 4UL << 30,
		"%zu MiB are free: too much or too little to fill", size >> 20);
	size = (size - (64 << 20)) & ~0x1fffffUL;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	premise(p != MAP_FAILED, "mmap: %s", strerror(errno));
	madvise(p, size, MADV_HUGEPAGE);
	premise(!mlock(p, size), "mlock: %s", strerror(errno));
}

static void by_kswapd(const struct mem_region *r)
{
	/* Allocations that wake kswapd; may be reclaimed, must not be swapped. */
	static struct mem_region poke;
	uint64_t scan = conform_vmstat("pgscan_kswapd");
	uint64_t free_kb, min = 0;
	char kb[32];

	if (!poke.addr) {
		poke = conform_region("droppable", 64);
		fill_memory();
	}
	/* The minimum is spread over all nodes by their size. */
	free_kb = node_kb("MemFree") *
		  conform_kb_of("/proc/meminfo", "MemTotal") /
		  node_kb("MemTotal");
	premise(!file_read_u64(MIN_FREE, &min), MIN_FREE);
	snprintf(kb, sizeof(kb), "%" PRIu64, free_kb * 5 / 6);
	conform_set(MIN_FREE, kb);
	for (int i = 0; i < 20; i++) {
		madvise(poke.addr, 64 * mem_page_size(), MADV_DONTNEED);
		memset(poke.addr, 1, 64 * mem_page_size());
		conform_sleep_ms(20);
	}
	snprintf(kb, sizeof(kb), "%" PRIu64, min);
	file_write(MIN_FREE, kb);
	conform_note("kswapd, %s: %" PRIu64 " pages scanned", r->kind,
		     conform_vmstat("pgscan_kswapd") - scan);
	premise(conform_vmstat("pgscan_kswapd") > scan, "kswapd does not run");
}

/* Take @way with plain memory, then with droppable memory. */
static void never(void (*way)(const struct mem_region *r), const char *name,
		  size_t pages)
{
	struct mem_region own = conform_region("private", 16), r;
	uint64_t peak, out;

	mem_unmap(&own); /* stdio's buffers exist from here on */
	premise(!mlockall(MCL_CURRENT), "mlockall: %s", strerror(errno));
	r = conform_region("droppable", pages);
	peak = conform_group_get("memory.swap.peak");
	out = conform_vmstat("pswpout");
	way(&r);
	out = conform_vmstat("pswpout") - out;
	conform_not_swapped(&r, name);
	check(!out || way == by_kswapd, "pswpout rose by %" PRIu64 " during %s",
	      out, name);
	check(conform_group_get("memory.swap.peak") == peak,
	      "swap use of the group peaked at %" PRIu64 " kB during %s",
	      conform_group_get("memory.swap.peak") / 1024, name);
	conform_note("%zu of %zu droppable pages left",
		     conform_where(&r).present, r.pages);
	check(conform_where(&r).present < pages, "%s dropped no page", name);
	conform_not_swapped(&r, name);
	mem_unmap(&r);

	r = conform_region("private", pages);
	out = conform_vmstat("pswpout");
	way(&r);
	premise(conform_where(&r).swapped && conform_vmstat("pswpout") > out,
		"%s puts no page of plain memory into swap", name);
	conform_intact(&r, "swap");
}

static void test_pageout(void)
{
	never(by_pageout, "MADV_PAGEOUT", PAGES);
}

static void test_cold(void)
{
	never(by_cold, "MADV_COLD", PAGES);
}

static void test_reclaim(void)
{
	never(by_reclaim, "memory.reclaim", PAGES);
}

static void test_limit(void)
{
	never(by_limit, "memory.max", PAGES);
}

static void test_kswapd(void)
{
	never(by_kswapd, "kswapd", 3 * PAGES);
}

/*
 * A folio that could not be discarded (here: accessed again between scans)
 * goes through reclaim again and again and must not turn swap-backed on the
 * way, as a redirtied MADV_FREE folio does.
 */
static void test_again(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_need_swap();
	for (int i = 0; i < 20; i++) {
		memcg_reclaim(conform_group(), PAGES / 4 * mem_page_size());
		mem_fill(&r);
		conform_not_swapped(&r, "reclaim between writes");
	}
	conform_drops(&r, "reclaim between writes");
}

static const struct conform_test tests[] = {
	{ "MADV_PAGEOUT", test_pageout },
	{ "MADV_COLD, then reclaim", test_cold },
	{ "memory.reclaim", test_reclaim },
	{ "direct reclaim at memory.max", test_limit },
	{ "kswapd", test_kswapd },
	{ "written again between twenty reclaims", test_again },
	{ 0 },
};

static const struct conform_property never_in_swap = {
	.number = 1,
	.name = "never-in-swap",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(never_in_swap);
