// SPDX-License-Identifier: GPL-2.0-only
/*
 * 11. Huge folios are dropped (or split and dropped) and keep the promise.
 *
 * do_huge_pmd_anonymous_page() and alloc_anon_folio() end in the same
 * folio_add_new_anon_rmap() as small pages.  Reclaim of a PMD-mapped folio
 * that is not swap-backed goes through unmap_huge_pmd_locked() and
 * __discard_anon_folio_pmd_locked(), which has a dirty test of its own; when
 * that gives up, the PMD is split and try_to_unmap_one() takes it page by
 * page.  khugepaged allocates a new folio and must give it the nature of the
 * VMA, not of the pages it replaces.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 2048
#define THP "/sys/kernel/mm/transparent_hugepage/"
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static size_t bytes(size_t pages)
{
	return pages * mem_page_size();
}

/* A stack may have it in a file of its own: the promise is the same. */
static uint64_t huge_kb(const struct mem_region *r)
{
	return conform_smaps_kb(r->addr, "AnonHugePages") +
	       conform_smaps_kb(r->addr, "FilePmdMapped");
}

static struct mem_region huge_region(const char *kind)
{
	struct mem_region r, probe = conform_region(kind, 1);

	mem_unmap(&probe);
	check(!mem_map(&r, kind, PAGES), "mmap: %s", strerror(errno));
	madvise(r.addr, bytes(PAGES), MADV_HUGEPAGE);
	check(!mem_fill(&r), "filling");
	premise(huge_kb(&r) >= 4096,
		"no huge folio in %s memory (%" PRIu64 " kB)", kind,
		huge_kb(&r));
	return r;
}

static void test_pageout(void)
{
	struct mem_region r = huge_region("droppable");

	conform_need_swap();
	conform_drops(&r, "MADV_HUGEPAGE");
	mem_fill(&r);
	conform_intact(&r, "a write to dropped huge pages");
	conform_drops(&r, "a second MADV_PAGEOUT");
}

static void test_reclaim(void)
{
	struct mem_region r = huge_region("droppable");
	size_t intact, zero;

	conform_need_swap();
	for (int i = 0; i < 8; i++) {
		memcg_reclaim(conform_group(), bytes(PAGES / 4));
		conform_not_swapped(&r, "memory.reclaim");
	}
	check(!mem_verify(&r, &intact, &zero),
	      "a page is neither whole nor zero after memory.reclaim");
	conform_note("%zu of %d pages dropped", zero, PAGES);
	check(zero, "memory.reclaim drops no page of huge folios");
	mem_fill(&r);
	conform_drops(&r, "memory.reclaim");
}

/* Half of a huge page unmapped, another protected: PTE-mapped huge folios. */
static void test_partial(void)
{
	struct mem_region r = huge_region("droppable"), left = r;
	unsigned char *hole = r.addr + bytes(PAGES / 2) + bytes(128);

	conform_need_swap();
	check(!munmap(hole, bytes(256)), "munmap: %s", strerror(errno));
	left.pages = PAGES / 2;
	check(!mprotect(left.addr + bytes(600), bytes(300), PROT_READ),
	      "mprotect: %s", strerror(errno));
	conform_intact(&left, "munmap and mprotect of parts");
	memcg_reclaim(conform_group(), bytes(PAGES / 2));
	conform_not_swapped(&left, "memory.reclaim of parts");
	conform_drops(&left, "munmap and mprotect of parts");
	madvise(hole + bytes(256), bytes(256), MADV_PAGEOUT);
	check(!conform_smaps_kb(hole + bytes(256), "Swap"),
	      "the rest of a huge page is in swap");
}

static void test_dontneed(void)
{
	struct mem_region r = huge_region("droppable");

	check(!madvise(r.addr + bytes(100), bytes(1200), MADV_DONTNEED) &&
		      !madvise(r.addr, bytes(PAGES), MADV_FREE),
	      "MADV_DONTNEED, MADV_FREE: %s", strerror(errno));
	mem_fill(&r);
	conform_intact(&r, "a write after MADV_DONTNEED and MADV_FREE");
	conform_drops(&r, "MADV_DONTNEED and MADV_FREE");
}

static void test_mremap(void)
{
	struct mem_region r = huge_region("droppable");
	unsigned char *to = mmap(NULL, bytes(2 * PAGES), PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	to += bytes(7); /* not aligned: the PMDs have to be split */
	check(mremap(r.addr, bytes(PAGES), bytes(PAGES),
		     MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
	      "mremap: %s", strerror(errno));
	r.addr = to;
	conform_intact(&r, "a move of huge pages");
	conform_drops(&r, "a move of huge pages");
}

static void zero_in_child(void *arg)
{
	conform_zero(arg, "fork");
}

static void test_fork(void)
{
	struct mem_region r = huge_region("droppable");

	conform_child_ok(zero_in_child, &r, "fork");
	conform_intact(&r, "fork with huge pages");
	conform_drops(&r, "fork with huge pages");
}

static void check_collapsed(struct mem_region *r, const char *by)
{
	premise(huge_kb(r), "%s makes no huge folio", by);
	conform_intact(r, by);
	check(conform_smaps_flag(r->addr, "dp"), "%s took dp away", by);
	memcg_reclaim(conform_group(), bytes(PAGES / 4));
	conform_not_swapped(r, by);
	mem_fill(r);
	conform_drops(r, by);
}

/* What khugepaged does, on request. */
static void test_collapse(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_need_swap();
	premise(!huge_kb(&r), "huge pages from the start");
	for (int i = 0; i < 5 && !huge_kb(&r); i++)
		madvise(r.addr, bytes(PAGES), MADV_COLLAPSE);
	check_collapsed(&r, "MADV_COLLAPSE");
}

/* And unasked: rules of its own for what is worth it (cc->is_khugepaged). */
static void test_khugepaged(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_need_swap();
	premise(!huge_kb(&r), "huge pages from the start");
	conform_set(THP "khugepaged/scan_sleep_millisecs", "10");
	conform_set(THP "khugepaged/alloc_sleep_millisecs", "10");
	conform_set(THP "khugepaged/pages_to_scan", "8192");
	premise(!madvise(r.addr, bytes(PAGES), MADV_HUGEPAGE),
		"MADV_HUGEPAGE: %s", strerror(errno));
	for (int i = 0; i < 100 && huge_kb(&r) < 4096; i++)
		conform_sleep_ms(20);
	conform_note("khugepaged: %" PRIu64 " kB in huge folios", huge_kb(&r));
	check_collapsed(&r, "khugepaged");
}

/* Part dropped, then collapsed: holes read as zeroes, the rest is intact. */
static void test_collapse_holes(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	size_t intact, zero;

	premise(!madvise(r.addr + bytes(PAGES / 2), bytes(PAGES / 4),
			 MADV_PAGEOUT),
		"MADV_PAGEOUT: %s", strerror(errno));
	madvise(r.addr, bytes(PAGES), MADV_COLLAPSE);
	premise(huge_kb(&r), "MADV_COLLAPSE makes no huge folio");
	check(!mem_verify(&r, &intact, &zero), "torn or foreign data");
	check(intact == PAGES * 3 / 4, "%zu pages are intact, %d should be",
	      intact, PAGES * 3 / 4);
	mem_fill(&r);
	conform_drops(&r, "collapse over holes");
}

static void mthp(const char *size)
{
	struct mem_region r, probe = conform_region("droppable", 1);
	uint64_t before, after = 0;
	char path[128], stat[128];

	mem_unmap(&probe);
	snprintf(path, sizeof(path), THP "hugepages-%s/enabled", size);
	snprintf(stat, sizeof(stat), THP "hugepages-%s/stats/anon_fault_alloc",
		 size);
	conform_need_swap();
	conform_set(path, "always");
	premise(!file_read_u64(stat, &before), "no %s", stat);
	check(!mem_map(&r, "droppable", PAGES) && !mem_fill(&r), "filling");
	file_read_u64(stat, &after);
	premise(after >= before + 8, "no folio of %s in droppable memory",
		size);
	memcg_reclaim(conform_group(), bytes(PAGES / 8));
	conform_not_swapped(&r, "memory.reclaim");
	mem_fill(&r);
	check(!munmap(r.addr + bytes(PAGES - 5), bytes(5)), "munmap");
	r.pages -= 5;
	conform_intact(&r, "memory.reclaim and munmap of a part");
	conform_drops(&r, "memory.reclaim and munmap of a part");
}

static void test_mthp_64k(void)
{
	mthp("64kB");
}

static void test_mthp_1m(void)
{
	mthp("1024kB");
}

/* A neighbour: MADV_FREE on a plain huge page that is written again. */
static void test_bystander(void)
{
	struct mem_region r = huge_region("private");

	conform_need_swap();
	check(!madvise(r.addr, bytes(PAGES), MADV_FREE), "MADV_FREE: %s",
	      strerror(errno));
	for (size_t i = 0; i < PAGES; i += 64)
		*(volatile uint64_t *)(r.addr + bytes(i)) = i + 1;
	for (int i = 0; i < 4; i++) {
		madvise(r.addr, bytes(PAGES), MADV_PAGEOUT);
		memcg_reclaim(conform_group(), bytes(PAGES));
	}
	for (size_t i = 0; i < PAGES; i += 64)
		check(*(uint64_t *)(r.addr + bytes(i)) == i + 1,
		      "page %zu, written after MADV_FREE, is lost", i);
}

static const struct conform_test tests[] = {
	{ "huge page: MADV_PAGEOUT", test_pageout },
	{ "huge page: memory.reclaim", test_reclaim },
	{ "huge page: munmap and mprotect of a part", test_partial },
	{ "huge page: MADV_DONTNEED of a part, MADV_FREE", test_dontneed },
	{ "huge page: mremap to an odd place", test_mremap },
	{ "huge page: fork", test_fork },
	{ "MADV_COLLAPSE", test_collapse },
	{ "khugepaged", test_khugepaged },
	{ "MADV_COLLAPSE over dropped pages", test_collapse_holes },
	{ "folios of 64 kB", test_mthp_64k },
	{ "folios of 1 MB", test_mthp_1m },
	{ "bystander: MADV_FREE on a plain huge page", test_bystander },
	{ 0 },
};

static const struct conform_property thp = {
	.number = 11,
	.name = "thp",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(thp);
