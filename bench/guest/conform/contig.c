// SPDX-License-Identifier: GPL-2.0-only
/*
 * 18. Droppable memory is dropped under memory pressure, and not for want of a place.
 *
 * alloc_contig_range(), which CMA, virtio-mem and gigantic pages are served by, has
 * to empty a range of physical memory.  It migrates what it finds, but clean folios
 * of the file LRU it hands to reclaim_clean_pages_from_list(): page cache can be
 * read again.  A droppable folio is on that LRU and is clean unless its dirty bit
 * has got from the page table to the folio (by aging, or by GUP), so it goes,
 * with any amount of memory free.
 *
 * A boot with cma= has an area (CONFIG_CMA_DEBUGFS allocates from it).  Movable
 * memory is taken from it when more than half of what its zone has free is CMA's, so
 * locked memory fills the zone until that is so.  Looked at: pages that lay in the
 * area, after all of it has been allocated, and that nothing was scanned for it.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"

#define CMA "/sys/kernel/debug/cma"
#define PAGES 4096
#define FEW 64

struct area {
	char dir[300];
	uint64_t base, count; /* in pages */
	int node;
};

static uint64_t pfn[PAGES];

static int area_file(const struct area *a, const char *file, uint64_t *value)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/%s", a->dir, file);
	return file_read_u64(path, value);
}

/* The node whose zone has it, by /proc/zoneinfo. */
static int node_of_area(void)
{
	unsigned long long pages;
	int node = -1, found = -1;
	char line[256];
	FILE *f = fopen("/proc/zoneinfo", "re");

	premise(f, "/proc/zoneinfo: %s", strerror(errno));
	while (found < 0 && fgets(line, sizeof(line), f)) {
		sscanf(line, "Node %d,", &node);
		if (sscanf(line, " cma %llu", &pages) == 1 && pages)
			found = node;
	}
	fclose(f);
	return found;
}

static struct area find_area(void)
{
	struct area a = { .node = node_of_area() };
	struct dirent *d;
	DIR *dir = opendir(CMA);

	premise(dir, "no %s (CONFIG_CMA_DEBUGFS)", CMA);
	while (!a.count && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(a.dir, sizeof(a.dir), CMA "/%.200s", d->d_name);
		if (area_file(&a, "base_pfn", &a.base) ||
		    area_file(&a, "count", &a.count))
			a.count = 0;
	}
	closedir(dir);
	premise(a.count && a.node >= 0,
		"no CMA area: boot with cma=32M (scripts/conform.sh does)");
	return a;
}

static uint64_t node_free(int node)
{
	char path[64], key[32];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo",
		 node);
	snprintf(key, sizeof(key), "Node %d MemFree", node);
	return conform_kb_of(path, key) * 1024 / mem_page_size();
}

/* "alloc" or "free" all of it; what others have there is moved. */
static int whole_area(const struct area *a, const char *what)
{
	char path[320], count[32];
	int err = -EBUSY;

	snprintf(path, sizeof(path), "%s/%s", a->dir, what);
	snprintf(count, sizeof(count), "%" PRIu64, a->count);
	for (int i = 0; err && i < 5; i++)
		err = file_write(path, count);
	return err;
}

/*
 * Locked memory until as much is free beside the area, which is held meanwhile and
 * then free itself.  It is bound to the node, and the task is not: page tables find
 * room elsewhere.
 */
static void fill_zone(const struct area *a)
{
	uint64_t free, leave = a->count - 1024;
	struct mem_region r = { .pages = 0 };
	int err;

	/* khugepaged has raised it: what is left here is no want of memory. */
	conform_set("/proc/sys/vm/min_free_kbytes", "4096");
	err = whole_area(a, "alloc");
	premise(!err, "allocating the area: %s", strerror(-err));
	free = node_free(a->node);
	if (free > leave && free < (4UL << 30) / mem_page_size())
		err = mem_map_aligned(&r, "private", (free - leave) & ~511UL,
				      512);
	if (!err && r.pages) {
		conform_mbind(&r, a->node);
		/* cheap to fill */
		madvise(r.addr, r.pages * mem_page_size(), MADV_HUGEPAGE);
		err = mlock(r.addr, r.pages * mem_page_size()) ? -errno : 0;
	}
	whole_area(a, "free");
	premise(!err && r.pages, "filling node %d, %" PRIu64 " pages free: %s",
		a->node, free, strerror(-err));
}

static uint64_t scanned(void)
{
	return conform_vmstat("pgscan_kswapd") +
	       conform_vmstat("pgscan_direct");
}

/* Which pages of @r lie in the area: the others are marked with 0. */
static size_t within(const struct area *a, const struct mem_region *r)
{
	size_t n = 0;

	conform_pfns(r, pfn);
	premise(pfn[0], "frame numbers need root");
	for (size_t i = 0; i < PAGES; i++) {
		if (pfn[i] < a->base || pfn[i] >= a->base + a->count)
			pfn[i] = 0;
		n += pfn[i] != 0;
	}
	return n;
}

static void judge(const struct area *a, struct mem_region *r)
{
	size_t inside = within(a, r), gone = 0;
	unsigned char state[PAGES];
	uint64_t scans = scanned();
	int err;

	premise(inside >= FEW, "only %zu pages lie in the area", inside);
	err = whole_area(a, "alloc");
	scans = scanned() - scans;
	if (!err)
		whole_area(a, "free");
	premise(!err, "allocating %" PRIu64 " pages: %s", a->count,
		strerror(-err));
	premise(!scans, "%" PRIu64 " pages were scanned: there was pressure",
		scans);
	premise(!mem_states(r, state), "pagemap");
	for (size_t i = 0; i < PAGES; i++)
		gone += pfn[i] && state[i] == MEM_ABSENT;
	conform_note("%zu of %d pages lay in the area, %zu of them are gone",
		     inside, PAGES, gone);
	conform_not_swapped(r, "alloc_contig_range()");
	check(!gone, "%zu of %zu pages were dropped with nothing short", gone,
	      inside);
	conform_intact(r, "alloc_contig_range()");
}

/* The mapping where it is to be, filled by @fill. */
static void contig(void (*fill)(struct mem_region *r))
{
	struct mem_region probe = conform_region("droppable", 1), r;
	struct area a = find_area();

	mem_unmap(&probe);
	fill_zone(&a);
	check(!mem_map(&r, "droppable", PAGES), "mmap: %s", strerror(errno));
	conform_mbind(&r, a.node);
	fill(&r);
	judge(&a, &r);
}

static void by_store(struct mem_region *r)
{
	mem_fill(r);
}

/* Written by the kernel through pinned pages: the folios are dirty. */
static void by_gup(struct mem_region *r)
{
	struct mem_region from = conform_region("private", PAGES / 8);
	size_t size = from.pages * mem_page_size();

	for (size_t i = 0; i < 8; i++) {
		struct iovec src = { from.addr, size };
		struct iovec dst = { r->addr + i * size, size };

		premise(process_vm_writev(getpid(), &src, 1, &dst, 1, 0) ==
				(ssize_t)size,
			"process_vm_writev: %s", strerror(errno));
	}
	mem_fill(r); /* what the others find there */
}

static void test_store(void)
{
	contig(by_store);
}

static void test_gup(void)
{
	contig(by_gup);
}

static const struct conform_test tests[] = {
	{ "alloc_contig_range() where pages lie that were written to",
	  test_store },
	{ "the same, written by process_vm_writev", test_gup },
	{ 0 },
};

static const struct conform_property contig_property = {
	.number = 18,
	.name = "contig",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(contig_property);
