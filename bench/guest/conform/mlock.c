// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4. Droppable memory cannot be locked and costs no mlock budget.
 *
 * mlock_fixup() and mmap_region() leave VM_LOCKED off where
 * vma_supports_mlock() says no, so a lock of the range is either refused or
 * without effect: nothing in VmLck, no "lo" in smaps, and the pages still
 * drop.  MAP_LOCKED with MAP_DROPPABLE is refused outright.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define PAGES 256

static uint64_t locked_kb(void)
{
	return conform_kb_of("/proc/self/status", "VmLck");
}

/* Plain memory of the same size does count: the premise of all below. */
static void need_mlock(void)
{
	struct mem_region r = conform_region("private", PAGES);
	uint64_t before = locked_kb();

	premise(!mlock(r.addr, PAGES * mem_page_size()) && locked_kb() > before,
		"plain memory cannot be locked here: %s", strerror(errno));
	mem_unmap(&r);
}

static void not_locked(struct mem_region *r, uint64_t before, const char *by)
{
	check(locked_kb() <= before, "%s raised VmLck by %" PRIu64 " kB", by,
	      locked_kb() - before);
	check(!conform_smaps_flag(r->addr, "lo"), "%s: smaps says lo", by);
	check(!conform_smaps_kb(r->addr, "Locked"),
	      "%s: smaps counts locked memory", by);
	conform_intact(r, by);
	conform_drops(r, by);
}

static void test_mlock(void)
{
	struct mem_region r;
	uint64_t before;

	need_mlock();
	r = conform_region("droppable", PAGES);
	before = locked_kb();
	conform_note("mlock says: %s", mlock(r.addr, PAGES * mem_page_size())
					       ? strerror(errno)
					       : "0");
	not_locked(&r, before, "mlock");
	munlock(r.addr, PAGES * mem_page_size());
	mem_fill(&r);
	not_locked(&r, before, "munlock");
}

static void test_mlock2(void)
{
	struct mem_region r;
	uint64_t before;

	need_mlock();
	r = conform_region("droppable", PAGES);
	before = locked_kb();
	mlock2(r.addr, PAGES * mem_page_size(), MLOCK_ONFAULT);
	not_locked(&r, before, "mlock2(MLOCK_ONFAULT)");
}

/* VmLck rises by the process's own memory: compare with droppable unmapped. */
static void test_mlockall(void)
{
	struct mem_region r;
	uint64_t with, without;

	need_mlock();
	r = conform_region("droppable", 16 * PAGES);
	premise(!mlockall(MCL_CURRENT), "mlockall: %s", strerror(errno));
	with = locked_kb();
	check(!conform_smaps_flag(r.addr, "lo"), "mlockall: smaps says lo");
	conform_drops(&r, "mlockall(MCL_CURRENT)");
	mem_unmap(&r);
	without = locked_kb();
	check(with == without,
	      "mlockall counts %" PRIu64 " kB of droppable memory",
	      with - without);
}

static void test_future(void)
{
	struct mem_region r;
	uint64_t before;

	need_mlock();
	premise(!mlockall(MCL_FUTURE), "mlockall: %s", strerror(errno));
	before = locked_kb();
	r = conform_region("droppable", PAGES);
	check(locked_kb() < before + PAGES * mem_page_size() / 1024,
	      "MCL_FUTURE counts a new droppable mapping");
	check(!conform_smaps_flag(r.addr, "lo"), "MCL_FUTURE: smaps says lo");
	conform_intact(&r, "MCL_FUTURE");
	conform_drops(&r, "MCL_FUTURE");
}

static void test_map_locked(void)
{
	struct mem_region r = conform_region("droppable", 1);
	void *p;

	errno = 0;
	p = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
		 MAP_ANONYMOUS | 0x08 | MAP_LOCKED, -1, 0);
	check(p == MAP_FAILED && errno == EINVAL,
	      "MAP_DROPPABLE | MAP_LOCKED: %s, EINVAL is documented",
	      p == MAP_FAILED ? strerror(errno) : "mapped");
	mem_unmap(&r);
}

/*
 * Without CAP_IPC_LOCK and with a budget of 64 kB, 16 MiB of droppable memory
 * are there for the asking, and the budget is still whole afterwards.
 */
static void test_budget(void)
{
	struct rlimit limit = { 65536, 65536 };
	struct mem_region r, plain;

	premise(!setrlimit(RLIMIT_MEMLOCK, &limit) && !setuid(65534),
		"cannot give up privilege: %s", strerror(errno));
	prctl(PR_SET_DUMPABLE, 1); /* or pagemap is root's */
	plain = conform_region("private", 32);
	r = conform_region("droppable", 4096);
	premise(!mlock(plain.addr, 15 * mem_page_size()),
		"a budget of 64 kB does not buy 60 kB: %s", strerror(errno));
	check(locked_kb() == 60, "VmLck is %" PRIu64 " kB instead of 60",
	      locked_kb());
	conform_drops(&r, "locking other memory");
	premise(mlock(plain.addr, 17 * mem_page_size()),
		"the budget is not enforced");
}

static const struct conform_test tests[] = {
	{ "mlock and munlock", test_mlock },
	{ "mlock2(MLOCK_ONFAULT)", test_mlock2 },
	{ "mlockall(MCL_CURRENT)", test_mlockall },
	{ "mlockall(MCL_FUTURE)", test_future },
	{ "MAP_LOCKED", test_map_locked },
	{ "RLIMIT_MEMLOCK stays whole", test_budget },
	{ 0 },
};

static const struct conform_property mlock_property = {
	.number = 4,
	.name = "mlock",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(mlock_property);
