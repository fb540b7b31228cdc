// SPDX-License-Identifier: GPL-2.0-only
/*
 * 8. KSM never merges droppable pages; userfaultfd does not take them.
 *
 * A KSM page is shared by many and may be swapped; vma_ksm_compatible() leaves
 * droppable VMAs out, for madvise and for the prctl that takes a whole
 * process.  A userfaultfd handler would have to bring back what reclaim drops,
 * so vma_can_userfault() is to refuse.  UFFDIO_MOVE carries a folio, with its
 * flags, from one VMA to another: a folio without PG_swapbacked in a plain VMA
 * (or one with it in a droppable VMA) breaks the promise of the place where it
 * ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/uffd.h"
#include "kernel/file.h"

#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif
#define PAGES 64
#define KSM "/sys/kernel/mm/ksm/"

/* Two passes of ksmd: the first takes checksums, the second may merge. */
static void run_ksmd(void)
{
	uint64_t before = 0, now = 0;

	premise(!file_read_u64(KSM "full_scans", &before), "no KSM");
	conform_set(KSM "pages_to_scan", "4000");
	conform_set(KSM "sleep_millisecs", "1");
	conform_set(KSM "run", "1");
	for (int i = 0; i < 300 && now < before + 4; i++) {
		conform_sleep_ms(10);
		file_read_u64(KSM "full_scans", &now);
	}
	premise(now >= before + 4, "ksmd does not scan");
}

static size_t merged(const struct mem_region *a, const struct mem_region *b)
{
	uint64_t of_a[PAGES], of_b[PAGES];
	size_t same = 0;

	conform_pfns(a, of_a);
	conform_pfns(b, of_b);
	for (size_t i = 0; i < PAGES; i++)
		same += of_a[i] && of_a[i] == of_b[i];
	return same;
}

static void ksm(bool whole_process)
{
	struct mem_region a = conform_region("droppable", PAGES);
	struct mem_region gap = conform_region("shmem", PAGES);
	struct mem_region b = conform_region("droppable", PAGES);
	struct mem_region c = conform_region("private", PAGES);
	struct mem_region gap2 = conform_region("shmem", PAGES);
	struct mem_region d = conform_region("private", PAGES);
	const struct mem_region *list[] = { &a, &b, &c, &d };

	(void)gap;
	(void)gap2;
	if (whole_process)
		premise(!prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0), "prctl: %s",
			strerror(errno));
	for (size_t i = 0; i < 4 && !whole_process; i++)
		if (madvise(list[i]->addr, PAGES * mem_page_size(),
			    MADV_MERGEABLE))
			premise(i < 2, "MADV_MERGEABLE: %s", strerror(errno));
	check(!conform_smaps_flag(a.addr, "mg"), "smaps says mg");
	run_ksmd();
	premise(merged(&c, &d) > PAGES / 2,
		"ksmd merged only %zu plain pages (PFNs need root)",
		merged(&c, &d));
	check(!merged(&a, &b), "%zu droppable pages are merged",
	      merged(&a, &b));
	check(!merged(&a, &c), "%zu pages are merged with plain ones",
	      merged(&a, &c));
	conform_intact(&a, "ksmd");
	conform_drops(&a, "ksmd");
	conform_intact(&b, "ksmd");
}

static void test_ksm_madvise(void)
{
	ksm(false);
}

static void test_ksm_prctl(void)
{
	ksm(true);
}

static int register_all(int fd, const struct mem_region *r, uint64_t mode)
{
	return uffd_register(fd, r->addr, r->pages * mem_page_size(), mode);
}

static void registration(uint64_t mode, const char *name, uint64_t feature)
{
	struct mem_region r = conform_region("droppable", PAGES);
	struct mem_region plain = conform_region("private", PAGES);
	int fd = uffd_open(feature, "UFFD_FEATURE_WP_ASYNC"), err;

	err = register_all(fd, &plain, mode);
	premise(!err, "plain memory cannot be registered, %s: %s", name,
		strerror(-err));
	err = register_all(fd, &r, mode);
	check(err, "registering droppable memory (%s) is accepted", name);
	check(err == -EINVAL, "registering (%s): %s instead of EINVAL", name,
	      strerror(-err));
}

static void test_uffd_missing(void)
{
	registration(UFFDIO_REGISTER_MODE_MISSING, "missing", 0);
}

static void test_uffd_wp(void)
{
	registration(UFFDIO_REGISTER_MODE_WP, "write protect", 0);
}

/*
 * With it the kernel resolves the faults itself and "any memory type" is allowed
 * before vma_can_userfault() asks what the VMA is.  There is no handler that would
 * have to bring anything back; but what is refused is refused in all modes.
 */
static void test_uffd_wp_async(void)
{
	registration(UFFDIO_REGISTER_MODE_WP, "write protect, asynchronous",
		     UFFD_FEATURE_WP_ASYNC);
}

static void test_move(void)
{
	struct mem_region r = conform_region("droppable", PAGES), src, dst;
	size_t size = PAGES * mem_page_size();
	struct uffdio_move move = { .len = size };
	int fd = uffd_open(UFFD_FEATURE_MOVE, "UFFDIO_MOVE");

	src = conform_region("private", PAGES);
	premise(!mem_map(&dst, "private", PAGES) &&
			!register_all(fd, &dst, UFFDIO_REGISTER_MODE_MISSING),
		"plain memory cannot be registered");
	move.dst = (uintptr_t)dst.addr;
	move.src = (uintptr_t)src.addr;
	premise(!ioctl(fd, UFFDIO_MOVE, &move), "UFFDIO_MOVE of plain: %s",
		strerror(errno));
	madvise(dst.addr, size, MADV_DONTNEED);
	move.src = (uintptr_t)r.addr;
	move.move = 0;
	check(ioctl(fd, UFFDIO_MOVE, &move),
	      "UFFDIO_MOVE takes droppable pages to a plain mapping");
	conform_note("UFFDIO_MOVE says: %s", strerror(errno));
	conform_intact(&r, "a refused UFFDIO_MOVE");
}

/* Plain folios are swap-backed and stay so wherever they are moved. */
static void test_move_into(void)
{
	struct mem_region plain = conform_region("private", PAGES), r;
	struct mem_region probe = conform_region("droppable", 1);
	struct uffdio_move move = { .len = PAGES * mem_page_size() };
	int fd = uffd_open(UFFD_FEATURE_MOVE, "UFFDIO_MOVE");

	conform_need_swap();
	mem_unmap(&probe);
	check(!mem_map(&r, "droppable", PAGES), "mmap: %s", strerror(errno));
	move.dst = (uintptr_t)r.addr;
	move.src = (uintptr_t)plain.addr;
	if (register_all(fd, &r, UFFDIO_REGISTER_MODE_MISSING) ||
	    ioctl(fd, UFFDIO_MOVE, &move)) {
		conform_note("refused: %s", strerror(errno));
		return;
	}
	conform_pageout(&r);
	conform_not_swapped(&r, "UFFDIO_MOVE into a droppable mapping");
}

/*
 * Data that has arrived in plain memory stays, however clean its way has left
 * the page table entry: remove_migration_pte() restores the dirty bit only for
 * a dirty folio, move_present_pte() copies what it finds, and an entry and a
 * folio that are both clean are lazyfree to try_to_unmap_one().
 */
static void moved_data_stays(const char *kind, bool migrate)
{
	struct mem_region r = conform_region(kind, PAGES), dst;
	struct uffdio_move move = { .len = PAGES * mem_page_size() };
	int fd = uffd_open(UFFD_FEATURE_MOVE, "UFFDIO_MOVE"), node[2];

	conform_need_swap();
	premise(!mem_map(&dst, "private", PAGES) &&
			!register_all(fd, &dst, UFFDIO_REGISTER_MODE_MISSING),
		"plain memory cannot be registered");
	mem_fill(&r);
	if (!strcmp(kind, "private-free")) /* given to MADV_FREE: write again */
		for (size_t i = 0; i < PAGES; i++)
			*(volatile uint64_t *)(r.addr + i * mem_page_size()) +=
				0;
	if (migrate) {
		conform_need_nodes(node);
		conform_move_pages(&r, node[0]);
		conform_move_pages(&r, node[1]);
	}
	move.dst = (uintptr_t)dst.addr;
	move.src = (uintptr_t)r.addr;
	if (ioctl(fd, UFFDIO_MOVE, &move)) {
		conform_note("%s: refused, %s", kind, strerror(errno));
		premise(!strcmp(kind, "droppable"), "UFFDIO_MOVE of %s: %s",
			kind, strerror(errno));
		conform_intact(&r, "a refused UFFDIO_MOVE");
		return;
	}
	close(fd); /* or a lost page would wait for a handler */
	conform_intact(&dst, "UFFDIO_MOVE");
	conform_pageout(&dst);
	conform_intact(&dst, "UFFDIO_MOVE into plain memory and MADV_PAGEOUT");
}

static void test_moved_droppable(void)
{
	moved_data_stays("droppable", false);
}

static void test_migrated_droppable(void)
{
	moved_data_stays("droppable", true);
}

static void test_migrated_private(void)
{
	moved_data_stays("private", true);
}

static void test_migrated_free(void)
{
	moved_data_stays("private-free", true);
}

static const struct conform_test tests[] = {
	{ "MADV_MERGEABLE", test_ksm_madvise },
	{ "PR_SET_MEMORY_MERGE", test_ksm_prctl },
	{ "UFFDIO_MOVE into a droppable mapping", test_move_into },
	{ "userfaultfd: missing", test_uffd_missing },
	{ "userfaultfd: write protect", test_uffd_wp },
	{ "userfaultfd: write protect, asynchronous", test_uffd_wp_async },
	{ "UFFDIO_MOVE out of a droppable mapping", test_move },
	{ "UFFDIO_MOVE to plain memory: data stays", test_moved_droppable },
	{ "the same, migrated before", test_migrated_droppable },
	{ "the same, migrated plain memory", test_migrated_private },
	{ "the same, migrated and redirtied MADV_FREE", test_migrated_free },
	{ 0 },
};

static const struct conform_property ksm_uffd = {
	.number = 8,
	.name = "ksm-uffd",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(ksm_uffd);
