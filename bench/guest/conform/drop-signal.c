// SPDX-License-Identifier: GPL-2.0-only
/*
 * 30. Droppable memory that signals: what was dropped answers with SIGBUS until it
 * is populated again, and nothing else does.
 *
 * try_to_unmap_one() leaves a PTE marker in the place of each page that it drops,
 * handle_pte_marker() answers it with VM_FAULT_SIGBUS, and mm_fault_error() makes
 * BUS_ADRERR with the address of the access of that.  The page table lock is held
 * from the page to the marker: an access finds the one or the other, never an empty
 * entry that a fault would fill with zeroes.  MADV_POPULATE_WRITE puts a page in the
 * marker's place, MADV_DONTNEED nothing.  What was never there has no marker.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/signals.h"
#include "kernel/memcg.h"

#define PAGES 512
#define CHUNK 16

static void test_until_populated(void)
{
	struct mem_region r = conform_signal_region(PAGES), one;
	int err;

	conform_intact(&r, "filling");
	for (int round = 0; round < 3; round++) {
		conform_gone(&r, "after filling");
		conform_all_signal(&r, "after a drop");
		conform_all_signal(&r, "for the second time");
		err = conform_advise(&r, MADV_POPULATE_READ);
		check(err == -EFAULT, "MADV_POPULATE_READ: %s, not EFAULT",
		      strerror(-err));
		one = mem_part(&r, 5, 1);
		err = conform_advise(&one, MADV_POPULATE_WRITE);
		check(!err, "MADV_POPULATE_WRITE: %s", strerror(-err));
		conform_zero(&one, "MADV_POPULATE_WRITE");
		conform_signals(&r, 4, "beside a populated page");
		conform_signals(&r, 6, "beside a populated page");
		err = conform_advise(&r, MADV_POPULATE_WRITE);
		check(!err, "MADV_POPULATE_WRITE: %s", strerror(-err));
		conform_zero(&r, "MADV_POPULATE_WRITE");
		mem_fill(&r);
		conform_intact(&r, "populating and filling again");
	}
}

static void test_only_dropped(void)
{
	struct mem_region r = conform_signal_region(PAGES);

	for (size_t i = 0; i < PAGES; i += 2 * CHUNK) {
		struct mem_region part = mem_part(&r, i, CHUNK);

		conform_gone(&part, "in a part");
	}
	premise(conform_where(&r).present == PAGES / 2,
		"%zu pages are there, not the half", conform_where(&r).present);
	for (size_t i = 0; i < PAGES; i++) {
		siginfo_t info;

		if (i % (2 * CHUNK) < CHUNK)
			conform_signals(&r, i, "in a dropped part");
		else
			check(!drop_touch(conform_word(&r, i, 1), false, &info),
			      "page %zu signals and was not dropped", i);
	}
	check(!conform_advise(&r, MADV_POPULATE_WRITE), "MADV_POPULATE_WRITE");
	for (size_t i = 0; i < PAGES; i++)
		check(!*conform_word(&r, i, 1) == (i % (2 * CHUNK) < CHUNK),
		      "page %zu has lost its data or got some", i);
}

/* As it is dropped in life, under MGLRU and the classic LRU. */
static void test_pressure(void)
{
	struct mem_region r = conform_signal_region(4 * PAGES);
	unsigned char state[4 * PAGES];
	siginfo_t info;
	size_t gone = 0;

	memcg_reclaim(conform_group(), PAGES * mem_page_size());
	conform_not_swapped(&r, "memory.reclaim");
	premise(!mem_states(&r, state), "pagemap");
	for (size_t i = 0; i < r.pages; i++) {
		gone += state[i] == MEM_ABSENT;
		if (state[i] == MEM_ABSENT)
			conform_signals(&r, i, "after memory.reclaim");
		else
			check(!drop_touch(conform_word(&r, i, 0), false, &info),
			      "page %zu is there and signals", i);
	}
	conform_note("memory.reclaim for %d pages dropped %zu", PAGES, gone);
	premise(gone, "memory.reclaim dropped nothing");
}

static void test_never_there(void)
{
	struct mem_region r;
	int err = drop_signal_map(&r, PAGES);

	premise(err != -EOPNOTSUPP,
		"this kernel has no droppable memory that signals (MAP_DROP_SIGNAL)");
	check(!err, "mmap: %s", strerror(-err));
	conform_no_signal(&r, "before the first store");
	conform_zero(&r, "mmap");
	conform_pageout(&r); /* the zero page is nobody's to drop */
	conform_no_signal(&r, "after MADV_PAGEOUT of the zero page");
	mem_fill(&r);
	conform_intact(&r, "a store without populating");
}

static void test_dontneed(void)
{
	struct mem_region r = conform_signal_region(PAGES);
	struct mem_region half = mem_part(&r, 0, PAGES / 2);
	struct mem_region rest = mem_part(&r, PAGES / 2, PAGES / 2);

	conform_gone(&r, "after filling");
	check(!conform_advise(&half, MADV_DONTNEED), "MADV_DONTNEED: %s",
	      strerror(errno));
	conform_no_signal(&half, "after MADV_DONTNEED");
	conform_zero(&half, "MADV_DONTNEED");
	conform_all_signal(&rest, "beside MADV_DONTNEED");
}

static void test_huge(void)
{
	struct mem_region r;
	int err = drop_signal_map(&r, 4 * PAGES);

	premise(err != -EOPNOTSUPP,
		"this kernel has no droppable memory that signals (MAP_DROP_SIGNAL)");
	check(!err, "mmap: %s", strerror(-err));
	premise(!conform_advise(&r, MADV_HUGEPAGE), "MADV_HUGEPAGE: %s",
		strerror(errno));
	mem_fill(&r);
	premise(conform_smaps_kb(r.addr, "AnonHugePages"),
		"no huge page is there");
	conform_gone(&r, "in huge pages");
	conform_all_signal(&r, "after a drop of huge pages");
}

/* A clean huge page can be dropped as a whole, its PMD and all. */
static void test_huge_free(void)
{
	struct mem_region r;
	int err = drop_signal_map(&r, 4 * PAGES);

	premise(err != -EOPNOTSUPP,
		"this kernel has no droppable memory that signals (MAP_DROP_SIGNAL)");
	check(!err, "mmap: %s", strerror(-err));
	premise(!conform_advise(&r, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	mem_fill(&r);
	premise(conform_smaps_kb(r.addr, "AnonHugePages"),
		"no huge page is there");
	premise(!conform_advise(&r, MADV_FREE), "MADV_FREE: %s",
		strerror(errno));
	conform_gone(&r, "in huge pages given to MADV_FREE");
	conform_all_signal(&r, "after a drop of clean huge pages");
}

static void test_plain(void)
{
	struct mem_region other = conform_signal_region(PAGES);
	struct mem_region r = conform_region("droppable", PAGES);

	conform_drops(&r, "MADV_PAGEOUT");
	conform_no_signal(&r, "and is plain MAP_DROPPABLE");
	conform_no_signal(&other, "and was not dropped");
}

static const struct conform_test tests[] = {
	{ "a dropped page signals until it is populated",
	  test_until_populated },
	{ "pages between them keep their data", test_only_dropped },
	{ "what memory.reclaim drops", test_pressure },
	{ "what was never there does not signal", test_never_there },
	{ "MADV_DONTNEED", test_dontneed },
	{ "each page of a huge one", test_huge },
	{ "each page of a clean huge one", test_huge_free },
	{ "plain MAP_DROPPABLE beside it reads as zeroes", test_plain },
	{ 0 },
};

static const struct conform_property drop_signal = {
	.number = 30,
	.name = "drop-signal",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(drop_signal);
