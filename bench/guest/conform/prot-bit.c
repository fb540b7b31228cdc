// SPDX-License-Identifier: GPL-2.0-only
/*
 * 29. PROT_DROPPABLE: droppable memory by a protection bit.
 *
 * do_mmap() takes protection bits that it does not know for none, of any kernel up
 * to now: who asks an older one gets plain memory, and no error.  A mapping type
 * that is not known ends in `default: return -EINVAL`.  mprotect() is stricter:
 * arch_validate_prot() refuses what it does not know, and the flags of a VMA beside
 * the access are kept.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/way.h"

#define PROT_DROPPABLE 0x100
#define UNKNOWN_PROT 0x200
#define UNKNOWN_TYPE 0x0c /* parisc has fewer bits of type, others four */

#define RW (PROT_READ | PROT_WRITE)

static void test_promises(void)
{
	way_keeps_promises(way_need("prot"));
}

static void refused(int flags, const char *what)
{
	void *p = mmap(NULL, mem_page_size(), RW | PROT_DROPPABLE,
		       MAP_ANONYMOUS | flags, -1, 0);

	check(p == MAP_FAILED, "%s is accepted", what);
}

static void test_refused(void)
{
	way_need("prot");
	refused(MAP_SHARED, "shared memory");
	refused(MAP_PRIVATE | MAP_LOCKED, "MAP_LOCKED");
	refused(MAP_PRIVATE | MAP_GROWSDOWN, "MAP_GROWSDOWN");
	check(mmap(NULL, mem_page_size(), PROT_READ | PROT_DROPPABLE,
		   MAP_PRIVATE, 0, 0) == MAP_FAILED,
	      "a private file mapping is accepted");
}

static void test_mprotect(void)
{
	const struct droppable_way *way = way_need("prot");
	struct mem_region r = way_region(way, 16),
			  plain = conform_region("private", 16);
	size_t size = 16 * mem_page_size();

	check(mprotect(plain.addr, size, RW | PROT_DROPPABLE) &&
		      errno == EINVAL,
	      "mprotect() takes the bit for plain memory");
	way_flags(&plain, "", "dp");
	check(!mprotect(r.addr, size, PROT_READ) && !mprotect(r.addr, size, RW),
	      "mprotect: %s", strerror(errno));
	way_flags(&r, "dpwfddnr", "");
	conform_intact(&r, "mprotect");
}

/* Whether a program that asks for more than this kernel has is told. */
static void test_unknown(void)
{
	void *p;

	way_need("prot");
	p = mmap(NULL, mem_page_size(), RW, MAP_ANONYMOUS | UNKNOWN_TYPE, -1,
		 0);
	premise(p == MAP_FAILED && errno == EINVAL,
		"not even an unknown mapping type is refused");
	p = mmap(NULL, mem_page_size(), RW | UNKNOWN_PROT,
		 MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	check(p == MAP_FAILED,
	      "an unknown mapping type is EINVAL, an unknown PROT_ bit is plain memory");
}

static const struct conform_test tests[] = {
	{ "the promises of MAP_DROPPABLE", test_promises },
	{ "refused where it makes no sense", test_refused },
	{ "mprotect() neither gives nor takes it", test_mprotect },
	{ "a bit that is not known is refused", test_unknown },
	{ 0 },
};

static const struct conform_property prot_bit = {
	.number = 29,
	.name = "prot-bit",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(prot_bit);
