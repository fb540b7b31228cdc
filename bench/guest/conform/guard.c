// SPDX-License-Identifier: GPL-2.0-only
/*
 * 35. What newer kernels can do to a mapping keeps the promises of droppable memory.
 *
 * MADV_GUARD_INSTALL (6.13) puts PTE markers among the pages: a guard is no page, so
 * there is nothing to drop, and reclaim beside it must leave it.  fork() copies guards,
 * but of VM_WIPEONFORK memory nothing is copied, not even they.  mremap() moves several
 * mappings in one call (6.17), each with its flags.
 *
 * Plain memory shows first that the kernel can do it at all.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "kernel/drop.h"

#define PAGES 64
#define QUARTER (PAGES / 4)
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

static size_t bytes(size_t pages)
{
	return pages * mem_page_size();
}

static int guard(const struct mem_region *r)
{
	return madvise(r->addr, bytes(r->pages), MADV_GUARD_INSTALL) ? -errno
								     : 0;
}

/* Of @r, the second quarter becomes a guard region. */
static struct mem_region guarded(const struct mem_region *r)
{
	struct mem_region plain = conform_region("private", PAGES);
	struct mem_region part = mem_part(&plain, QUARTER, QUARTER);
	int err = guard(&part);

	premise(!err, "no guard regions in plain memory: %s (since 6.13)",
		strerror(-err));
	mem_unmap(&plain);
	part = mem_part(r, QUARTER, QUARTER);
	err = guard(&part);
	check(!err, "MADV_GUARD_INSTALL: %s", strerror(-err));
	return part;
}

static void all_guard(const struct mem_region *part, const char *after)
{
	siginfo_t info;

	for (size_t i = 0; i < part->pages; i++)
		for (int write = 0; write < 2; write++) {
			int signo =
				drop_touch((uint64_t *)(part->addr + bytes(i)),
					   write, &info);

			check(signo == SIGSEGV,
			      "guard page %zu after %s: signal %d, not SIGSEGV",
			      i, after, signo);
		}
}

static void test_guard(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	struct mem_region first = mem_part(&r, 0, QUARTER);
	struct mem_region last = mem_part(&r, PAGES / 2, PAGES / 2);
	struct mem_region part;

	conform_need_swap();
	mem_fill(&last); /* it counts its pages from its own beginning */
	part = guarded(&r);
	all_guard(&part, "MADV_GUARD_INSTALL");
	conform_intact(&first, "MADV_GUARD_INSTALL");
	conform_intact(&last, "MADV_GUARD_INSTALL");
	check(!madvise(r.addr, bytes(PAGES), MADV_PAGEOUT), "MADV_PAGEOUT: %s",
	      strerror(errno));
	conform_drops(&first, "MADV_GUARD_INSTALL");
	conform_drops(&last, "MADV_GUARD_INSTALL");
	all_guard(&part, "dropping its neighbours");
	check(!madvise(part.addr, bytes(QUARTER), MADV_GUARD_REMOVE),
	      "MADV_GUARD_REMOVE: %s", strerror(errno));
	conform_zero(&part, "MADV_GUARD_REMOVE");
	mem_fill(&r);
	conform_intact(&r, "a write after MADV_GUARD_REMOVE");
	conform_drops(&r, "MADV_GUARD_REMOVE");
}

static void zero_in_child(void *arg)
{
	conform_zero(arg, "fork");
}

static void test_guard_fork(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	struct mem_region part = guarded(&r);

	conform_child_ok(zero_in_child, &r, "fork with guards");
	all_guard(&part, "fork");
}

/* @r in three mappings. */
static void split(const struct mem_region *r)
{
	check(!mprotect(r->addr + bytes(QUARTER), bytes(QUARTER), PROT_READ),
	      "mprotect: %s", strerror(errno));
}

static int move(struct mem_region *r)
{
	void *to = mmap(NULL, bytes(PAGES), PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	premise(to != MAP_FAILED, "mmap: %s", strerror(errno));
	if (mremap(r->addr, bytes(PAGES), bytes(PAGES),
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED)
		return -errno;
	r->addr = to;
	return 0;
}

static void test_move(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	struct mem_region r = conform_region("droppable", PAGES);
	int err;

	conform_need_swap();
	split(&plain);
	err = move(&plain);
	premise(!err, "mremap() of three plain mappings: %s (since 6.17)",
		strerror(-err));
	split(&r);
	err = move(&r);
	check(!err, "mremap() of three mappings: %s", strerror(-err));
	conform_intact(&r, "mremap()");
	for (size_t i = 0; i < 3; i++)
		check(conform_smaps_flag(r.addr + bytes(i * QUARTER), "dp"),
		      "mapping %zu has lost dp", i);
	conform_drops(&r, "mremap()");
	conform_child_ok(zero_in_child, &r, "mremap()");
}

static const struct conform_test tests[] = {
	{ "guard regions: beside what is dropped", test_guard },
	{ "guard regions: fork", test_guard_fork },
	{ "mremap: several mappings in one call", test_move },
	{ 0 },
};

static const struct conform_property guards = {
	.number = 35,
	.name = "guard",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(guards);
