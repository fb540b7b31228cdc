// SPDX-License-Identifier: GPL-2.0-only
/*
 * 14. Reclaim counts what it drops, and nothing leaks.
 *
 * memory.reclaim works towards a number of pages and stops when
 * shrink_folio_list() has counted as many (nr_reclaimed).  A folio that is
 * freed without being counted makes it go on: the caller loses more than was
 * asked for.  Compared: requested, accounted (the group's pgsteal), freed (the
 * fall of memory.current) and dropped (pages that pagemap no longer has).
 *
 * Leaks: memory.current, the group's anon and file, the node's counters and
 * MemFree must be back after each of 100 rounds of fill, drop, fill and unmap.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../conform.h"
#include "../memcg.h"

#define PAGES 16384
#define ASK (PAGES / 4)

/*
 * Within 10 % of the request; memory.current moves in batches of 64 pages a
 * CPU (MEMCG_CHARGE_BATCH), and one pass of reclaim takes up to 64 folios
 * (MAX_LRU_BATCH) more than asked: both far below 10 % of 4096.
 */
static bool near(int64_t pages)
{
	return pages >= ASK - ASK / 10 && pages <= ASK + ASK / 10;
}

static void partial(struct mem_region r, const char *what)
{
	int64_t current, steal, present, dropped;
	int err;

	current = (int64_t)conform_group_get("memory.current");
	steal = (int64_t)conform_group_stat("pgsteal");
	err = memcg_reclaim(conform_group(), ASK * mem_page_size());
	current -= (int64_t)conform_group_get("memory.current");
	current /= (int64_t)mem_page_size();
	steal = (int64_t)conform_group_stat("pgsteal") - steal;
	present = (int64_t)conform_where(&r).present;
	dropped = PAGES - present;
	conform_note("%s, requested %d accounted %" PRId64 " freed %" PRId64
		     " gone %" PRId64 " (%s)",
		     what, ASK, steal, current, dropped,
		     err ? strerror(-err) : "granted");
	check(near(steal) && near(current) && near(dropped) && !err,
	      "requested %d, accounted %" PRId64 ", freed %" PRId64
	      ", gone %" PRId64 " pages",
	      ASK, steal, current, dropped);
}

static void test_partial(void)
{
	partial(conform_region("droppable", PAGES), "droppable");
}

/* The yardstick: what the same request does to MADV_FREE memory. */
static void test_partial_free(void)
{
	partial(conform_region("private-free", PAGES), "MADV_FREE");
}

/*
 * Filled by a write of another's: unpin_user_pages_dirty_lock() makes the
 * folios dirty where no pte_dirty() can say otherwise.
 */
static void test_partial_gup(void)
{
	struct mem_region from = conform_region("private", PAGES / 8);
	struct mem_region r = conform_region("droppable", 1);
	size_t size = from.pages * mem_page_size();

	mem_unmap(&r);
	check(!mem_map(&r, "droppable", PAGES), "mmap: %s", strerror(errno));
	for (size_t i = 0; i < 8; i++) {
		struct iovec src = { from.addr, size };
		struct iovec dst = { r.addr + i * size, size };

		check(process_vm_writev(getpid(), &src, 1, &dst, 1, 0) ==
			      (ssize_t)size,
		      "process_vm_writev: %s", strerror(errno));
	}
	premise(!mlock(from.addr, size), "mlock: %s", strerror(errno));
	partial(r, "process_vm_writev");
}

/* A limit met by the group's own faults: reclaim takes what is needed. */
static void test_limit(void)
{
	struct mem_region r = conform_region("droppable", PAGES), more;
	uint64_t limit = conform_group_get("memory.current");
	size_t left;
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, limit);
	conform_group_set("memory.max", text);
	check(!mem_map(&more, "droppable", ASK) && !mem_fill(&more),
	      "a second mapping at the limit");
	left = conform_where(&r).present + conform_where(&more).present;
	conform_note("at the limit: %zu of %d pages stay", left, PAGES);
	check(left >= PAGES - PAGES / 10,
	      "a fault at memory.max for %d pages leaves %zu of %d", ASK, left,
	      PAGES);
}

static void one_life(void *arg)
{
	struct mem_region r = conform_region("droppable", 1024);
	size_t size = r.pages * mem_page_size();

	memcg_reclaim(conform_group(), size / 4);
	mem_fill(&r);
	munmap(r.addr + size / 4, size / 4);
	check(!madvise(r.addr, size / 4, MADV_DONTNEED), "MADV_DONTNEED: %s",
	      strerror(errno));
	if (!arg)
		munmap(r.addr, size); /* else exit_mmap() has to do it */
}

/* The rss counters of an exiting mm are checked by the kernel's own "BUG:
 * Bad rss-counter state", which fails the cell; here, what is visible. */
static void test_exit(void)
{
	struct mem_region r;
	uint64_t anon, file;

	r = conform_region("droppable", 64); /* the loop's own first faults */
	mem_unmap(&r);
	conform_child_ok(one_life, NULL, "first life");
	anon = conform_group_stat("anon");
	file = conform_group_stat("file");
	for (int i = 0; i < 10; i++)
		conform_child_ok(one_life, i & 1 ? &r : NULL, "a life");
	conform_sleep_ms(3000); /* memory.stat is flushed every 2 s */
	check(conform_group_stat("anon") <= anon + 64 * 4096,
	      "the group's anon grew from %" PRIu64 " to %" PRIu64 " bytes",
	      anon, conform_group_stat("anon"));
	check(conform_group_stat("file") <= file + 64 * 4096,
	      "the group's file grew from %" PRIu64 " to %" PRIu64 " bytes",
	      file, conform_group_stat("file"));
}

struct levels {
	uint64_t current, free_kb, pcp_kb, slab_kb, anon, file, rss_kb;
};

/* What is on the per-CPU lists of all zones, in kB: free, but not in MemFree. */
static uint64_t pcp_kb(void)
{
	uint64_t pages = 0, count;
	unsigned int lists = 0;
	char line[256];
	FILE *f = fopen("/proc/zoneinfo", "re");

	premise(f, "/proc/zoneinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " count: %" SCNu64, &count) == 1) {
			pages += count;
			lists++;
		}
	fclose(f);
	premise(lists, "/proc/zoneinfo: no per-CPU list");
	return pages * mem_page_size() / 1024;
}

static struct levels look(void)
{
	return (struct levels){
		.current = conform_group_get("memory.current"),
		.free_kb = conform_kb_of("/proc/meminfo", "MemFree"),
		.pcp_kb = pcp_kb(),
		.slab_kb = conform_kb_of("/proc/meminfo", "Slab"),
		.anon = conform_vmstat("nr_anon_pages"),
		.file = conform_vmstat("nr_file_pages"),
		.rss_kb = conform_kb_of("/proc/self/status", "VmRSS"),
	};
}

/*
 * 100 rounds of 1024 pages: a page lost in each round is 400 kB.  Free is what
 * the buddy allocator or a CPU's list has: the lists may hold as much as the low
 * watermark, megabytes, and come and go with the timer.  A slow kernel is one
 * with KASAN, whose quarantine keeps freed objects in their slabs, up to 1/32 of
 * memory: there the pages of slabs do not count, and kmemleak looks for what is
 * lost in them.
 */
static void test_rounds(void)
{
	struct levels a, b;
	int64_t lost;

	for (int i = 0; i < 5; i++)
		one_life(NULL);
	a = look();
	for (int i = 0; i < 100; i++)
		one_life(NULL);
	conform_sleep_ms(2000);
	b = look();
	check(b.current <= a.current + (128 << 12),
	      "memory.current grew by %" PRId64 " kB",
	      (int64_t)(b.current - a.current) / 1024);
	check(b.rss_kb <= a.rss_kb + 256, "VmRSS grew by %" PRId64 " kB",
	      (int64_t)(b.rss_kb - a.rss_kb));
	lost = (int64_t)(a.free_kb + a.pcp_kb - b.free_kb - b.pcp_kb);
	conform_note(
		"MemFree %" PRIu64 " to %" PRIu64 " kB, per-CPU lists %" PRIu64
		" to %" PRIu64 ", Slab %" PRIu64 " to %" PRIu64,
		a.free_kb, b.free_kb, a.pcp_kb, b.pcp_kb, a.slab_kb, b.slab_kb);
	if (conform_slowness() > 1)
		lost -= (int64_t)(b.slab_kb - a.slab_kb);
	check(lost < 400, "%" PRId64 " kB of free memory are gone", lost);
	check(b.anon <= a.anon + 128, "nr_anon_pages grew by %" PRId64,
	      (int64_t)(b.anon - a.anon));
	check(b.file <= a.file + 128, "nr_file_pages grew by %" PRId64,
	      (int64_t)(b.file - a.file));
}

static const struct conform_test tests[] = {
	{ "a quarter asked of memory.reclaim", test_partial },
	{ "the same, filled by process_vm_writev", test_partial_gup },
	{ "the same of MADV_FREE memory", test_partial_free },
	{ "a quarter more at memory.max", test_limit },
	{ "nothing left of ten exited processes", test_exit },
	{ "nothing leaks in 100 rounds", test_rounds },
	{ 0 },
};

static const struct conform_property accounting = {
	.number = 14,
	.name = "accounting",
	.tests = tests,
};

CONFORM_PROPERTY(accounting);
