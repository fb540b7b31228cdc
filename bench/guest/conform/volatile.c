// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32. Volatile memory: MADV_VOLATILE allows reclaim to purge, MADV_NONVOLATILE says
 * whether it has, and from then on the memory is as safe as it was.
 *
 * The three states of a page are told apart by nothing but the VMA's flags, the
 * folio's swapbacked flag and the markers.  Purged data must not go unnoticed (an
 * access that fills the page with zeroes would hide it), data must not be purged
 * without pressure (swap entries that MADV_FREE would drop), and what is ordinary
 * again must be swapped and never dropped, also where fork() has left the page
 * to a task whose memory is volatile still.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/signals.h"
#include "kernel/memcg.h"

#define PAGES 512

static void set_volatile(const struct mem_region *r)
{
	int err = drop_volatile(r);

	check(!err, "MADV_VOLATILE: %s", strerror(-err));
}

static void keep(const struct mem_region *r, int want, const char *when)
{
	int ret = drop_nonvolatile(r);

	check(ret >= 0, "MADV_NONVOLATILE %s: %s", when, strerror(-ret));
	check(ret == want, "MADV_NONVOLATILE %s says %d, not %d", when, ret,
	      want);
}

static struct mem_region filled(size_t pages)
{
	int err = drop_volatile_known();

	premise(err != -EOPNOTSUPP, "this kernel has no MADV_VOLATILE");
	check(!err, "MADV_VOLATILE: %s", strerror(-err));
	return conform_region("private", pages);
}

/* Ordinary memory is swapped, and comes back. */
static void swaps(const struct mem_region *r, const char *when)
{
	conform_drain();
	conform_pageout(r);
	check(conform_where(r).swapped == r->pages,
	      "%zu of %zu pages are in swap %s", conform_where(r).swapped,
	      r->pages, when);
	conform_intact(r, when);
}

static void test_survives(void)
{
	struct mem_region r = filled(PAGES);

	set_volatile(&r);
	conform_intact(&r, "MADV_VOLATILE");
	keep(&r, 0, "without pressure");
	conform_intact(&r, "MADV_NONVOLATILE");
	memset(r.addr, 0, PAGES * mem_page_size());
	set_volatile(&r);
	mem_fill(&r);
	keep(&r, 0, "after a write to volatile memory");
	conform_intact(&r, "a write to volatile memory");
}

static void test_purged(void)
{
	struct mem_region r = filled(PAGES);

	set_volatile(&r);
	conform_gone(&r, "of volatile memory");
	keep(&r, 1, "after a purge");
	keep(&r, 0, "for the second time");
	conform_zero(&r, "a purge");
	mem_fill(&r);
	conform_intact(&r, "a write after a purge");
	conform_need_swap();
	swaps(&r, "after a purge and a write");
}

static void test_parts(void)
{
	struct mem_region r = filled(PAGES);
	struct mem_region first = mem_part(&r, 0, PAGES / 2);
	struct mem_region rest = mem_part(&r, PAGES / 2, PAGES / 2);

	set_volatile(&r);
	conform_gone(&first, "of one half");
	keep(&rest, 0, "of the half that is there");
	for (size_t i = 0; i < rest.pages; i++)
		check(*conform_word(&rest, i, 0), "page %zu is zero", i);
	keep(&r, 1, "of both halves");
}

/* Pressure, not advice; each page is whole or told. */
static void test_pressure(void)
{
	struct mem_region r = filled(4 * PAGES), part;
	size_t swapped = 0;
	siginfo_t info;

	set_volatile(&r);
	memcg_reclaim(conform_group(), PAGES * mem_page_size());
	swapped = conform_where(&r).swapped;
	premise(conform_where(&r).absent, "memory.reclaim purged nothing");
	conform_note("purged %zu, swapped %zu of %zu", conform_where(&r).absent,
		     swapped, r.pages);
	check(!swapped, "%zu volatile pages went to swap", swapped);
	for (size_t i = 0; i < r.pages; i++) {
		bool gone = drop_touch(conform_word(&r, i, 0), false, &info);

		part = mem_part(&r, i, 1);
		keep(&part, gone,
		     gone ? "of a page that signalled"
			  : "of a page that did not");
		check(!*conform_word(&r, i, 1) == gone,
		      "page %zu: purged and data do not agree", i);
	}
}

static void test_access(void)
{
	struct mem_region r = filled(PAGES);

	set_volatile(&r);
	conform_gone(&r, "of volatile memory");
	conform_all_signal(&r, "after a purge");
	keep(&r, 1, "after accesses to what was purged");
}

static void test_kept(void)
{
	struct mem_region r = filled(PAGES);

	conform_need_swap();
	for (int i = 0; i < 3; i++) {
		set_volatile(&r);
		keep(&r, 0, "at once");
	}
	swaps(&r, "after MADV_NONVOLATILE");
	set_volatile(&r);
	keep(&r, 0, "after it was read from swap");
	memcg_reclaim(conform_group(), 2 * PAGES * mem_page_size());
	conform_intact(&r, "MADV_NONVOLATILE and pressure");
	swaps(&r, "after MADV_NONVOLATILE and pressure");
}

static void test_in_swap(void)
{
	struct mem_region r = filled(PAGES);

	conform_need_swap();
	conform_pageout(&r);
	premise(conform_where(&r).swapped == PAGES, "not all is in swap");
	set_volatile(&r);
	keep(&r, 0, "of what is in swap");
	conform_intact(&r, "MADV_VOLATILE of what is in swap");
}

static void child_keeps(void *arg)
{
	struct mem_region *r = arg, first = mem_part(r, 0, PAGES / 2),
			  rest = mem_part(r, PAGES / 2, PAGES / 2);

	conform_all_signal(&first, "in the child");
	keep(&first, 1, "in the child");
	keep(&rest, 0, "in the child");
	check(*conform_word(&rest, 0, 0), "the child's data is gone");
}

static void test_fork(void)
{
	struct mem_region r = filled(PAGES), first = mem_part(&r, 0, PAGES / 2),
			  rest = mem_part(&r, PAGES / 2, PAGES / 2);

	set_volatile(&r);
	conform_gone(&first, "of one half");
	conform_child_ok(child_keeps, &r, "fork");
	conform_all_signal(&first, "after a child's life");
	keep(&rest, 0, "after a child's life");
	keep(&r, 1, "after a child's life");
}

/* The child's memory stays volatile, the parent's does not, the pages are one. */
static void child_waits(void *arg)
{
	struct mem_region *r = arg;

	memcg_reclaim(conform_group(), 2 * r->pages * mem_page_size());
	conform_note("the child has %zu pages left of %zu",
		     conform_where(r).present, r->pages);
}

static void test_fork_kept(void)
{
	struct mem_region r = filled(PAGES);
	int to_child[2], status;
	char c = 0;
	pid_t pid;

	set_volatile(&r);
	premise(!pipe(to_child), "pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		if (read(to_child[0], &c, 1) == 1)
			child_waits(&r);
		_exit(0);
	}
	keep(&r, 0, "beside a child");
	premise(write(to_child[1], &c, 1) == 1, "pipe: %s", strerror(errno));
	while (waitpid(pid, &status, 0) != pid)
		;
	conform_intact(&r, "pressure on a child with volatile memory");
}

static void test_huge(void)
{
	struct mem_region r = filled(1);

	mem_unmap(&r);
	check(!mem_map_aligned(&r, "private", 4 * PAGES, PAGES), "mmap");
	premise(!conform_advise(&r, MADV_HUGEPAGE), "MADV_HUGEPAGE: %s",
		strerror(errno));
	mem_fill(&r);
	premise(conform_smaps_kb(r.addr, "AnonHugePages"), "no huge page");
	set_volatile(&r);
	keep(&r, 0, "of huge pages");
	conform_intact(&r, "MADV_NONVOLATILE of huge pages");
	set_volatile(&r);
	conform_gone(&r, "of volatile huge pages");
	keep(&r, 1, "of huge pages after a purge");
}

static void test_refused(void)
{
	struct mem_region r = filled(PAGES), other;

	check(!mlock(r.addr, mem_page_size()), "mlock: %s", strerror(errno));
	check(drop_volatile(&r) == -EINVAL, "locked memory became volatile");
	other = conform_region("shmem", 16);
	check(drop_volatile(&other) == -EINVAL, "shared memory did");
	other = conform_region("droppable", 16);
	check(drop_volatile(&other) == -EINVAL, "MAP_DROPPABLE did");
	drop_nonvolatile(&other);
	check(conform_smaps_flag(other.addr, "dp"),
	      "MADV_NONVOLATILE took MAP_DROPPABLE away");
}

static const struct conform_test tests[] = {
	{ "data survives without pressure", test_survives },
	{ "a purge is told, once", test_purged },
	{ "each part has its own answer", test_parts },
	{ "what memory.reclaim purges, page by page", test_pressure },
	{ "an access does not hide a purge", test_access },
	{ "ordinary again: swapped, never lost", test_kept },
	{ "what is in swap stays", test_in_swap },
	{ "fork: the child gets data and answers", test_fork },
	{ "fork: kept beside a child whose memory is volatile",
	  test_fork_kept },
	{ "huge pages", test_huge },
	{ "what cannot be volatile", test_refused },
	{ 0 },
};

static const struct conform_property volatile_property = {
	.number = 32,
	.name = "volatile",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(volatile_property);
