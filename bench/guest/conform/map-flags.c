// SPDX-License-Identifier: GPL-2.0-only
/*
 * 28. MAP_WIPEONFORK and MAP_DONTDUMP: three flags in place of one that implies.
 *
 * calc_vm_flag_bits() makes VM_WIPEONFORK and VM_DONTDUMP of bits, MAP_DROPPABLE
 * implies neither.  do_mmap() looks at no flag that it does not know where memory is
 * anonymous, so a kernel without them says nothing; and a program that passes one
 * flag, as it may since 6.11, gets less than it was promised.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/way.h"

#define MAP_WIPEONFORK 0x400000
#define MAP_DONTDUMP 0x800000
#define UNKNOWN_FLAG 0x1000000

static struct mem_region with(int flags)
{
	struct droppable_way way = *way_need("flags");

	way.flags = flags;
	return way_region(&way, 16);
}

static void test_promises(void)
{
	way_keeps_promises(way_need("flags"));
}

static void child_wiped(void *arg)
{
	conform_zero(arg, "fork");
}

static void child_inherits(void *arg)
{
	conform_intact(arg, "fork");
}

static void test_alone(void)
{
	struct mem_region r = with(MAP_PRIVATE | MAP_WIPEONFORK);

	way_flags(&r, "wf", "dddpnr");
	conform_child_ok(child_wiped, &r, "a child, MAP_WIPEONFORK");
	r = with(MAP_PRIVATE | MAP_DONTDUMP);
	way_flags(&r, "dd", "wfdpnr");
	conform_child_ok(child_inherits, &r, "a child, MAP_DONTDUMP");
	r = way_region(droppable_way("flag"), 16);
	conform_drops(&r, "MAP_DROPPABLE alone");
}

static void test_refused(void)
{
	way_need("flags");
	check(mmap(NULL, mem_page_size(), PROT_READ,
		   MAP_SHARED | MAP_ANONYMOUS | MAP_WIPEONFORK, -1,
		   0) == MAP_FAILED,
	      "shared memory is to be wiped on fork");
}

static void test_one_flag(void)
{
	struct mem_region r;

	way_need("flags");
	r = way_region(droppable_way("flag"), 16);
	conform_child_ok(child_wiped, &r, "a child, MAP_DROPPABLE");
	way_flags(&r, "dpwfddnr", "");
}

static void test_unknown(void)
{
	void *p;

	way_need("flags");
	p = mmap(NULL, mem_page_size(), PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | UNKNOWN_FLAG, -1, 0);
	check(p == MAP_FAILED, "a flag that is not known is ignored");
}

static const struct conform_test tests[] = {
	{ "the promises of MAP_DROPPABLE, by three flags", test_promises },
	{ "each flag alone does its own", test_alone },
	{ "refused where it makes no sense", test_refused },
	{ "one flag is enough, as since 6.11", test_one_flag },
	{ "a flag that is not known is refused", test_unknown },
	{ 0 },
};

static const struct conform_property map_flags = {
	.number = 28,
	.name = "map-flags",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(map_flags);
