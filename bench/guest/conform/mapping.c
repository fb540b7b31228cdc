// SPDX-License-Identifier: GPL-2.0-only
/*
 * 10. The mapping keeps its nature through mremap, mprotect, splits and
 * advice.
 *
 * Every VMA operation that copies, splits, merges or moves must carry
 * VM_DROPPABLE (and, for a mapping with a file of its own, that file and its
 * offsets) to every part, and to no neighbour: vma_merge() joins only equal
 * flags.  A part that lost the flag would be swapped; a neighbour that caught
 * it would lose data.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define PAGES 256

static size_t bytes(size_t pages)
{
	return pages * mem_page_size();
}

static void still_droppable(struct mem_region *r, const char *after)
{
	check(conform_smaps_flag(r->addr, "dp") &&
		      conform_smaps_flag(r->addr + bytes(r->pages - 1), "dp"),
	      "no dp in smaps after %s", after);
	conform_drops(r, after);
}

static void test_grow(void)
{
	struct mem_region r = conform_region("droppable", PAGES), big = r;

	big.pages = 2 * PAGES;
	big.addr =
		mremap(r.addr, bytes(PAGES), bytes(2 * PAGES), MREMAP_MAYMOVE);
	check(big.addr != MAP_FAILED, "mremap: %s", strerror(errno));
	r.addr = big.addr;
	conform_intact(&r, "growing");
	mem_fill(&big);
	conform_intact(&big, "a write to the grown part");
	still_droppable(&big, "growing");
}

static void test_shrink(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	check(mremap(r.addr, bytes(PAGES), bytes(PAGES / 2), 0) == r.addr,
	      "mremap: %s", strerror(errno));
	r.pages = PAGES / 2;
	conform_intact(&r, "shrinking");
	still_droppable(&r, "shrinking");
}

static void test_move(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	void *to = mmap(NULL, bytes(PAGES), PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *old = r.addr;

	r.addr = mremap(old, bytes(PAGES), bytes(PAGES),
			MREMAP_MAYMOVE | MREMAP_FIXED, to);
	check(r.addr == to, "mremap: %s", strerror(errno));
	check(!conform_smaps_size(old), "the old place is still mapped");
	conform_intact(&r, "a move");
	still_droppable(&r, "a move");
	mem_fill(&r);
	conform_intact(&r, "a write after a move");
}

/* A part from the middle: two mappings, then a page of each is looked at. */
static void test_move_part(void)
{
	struct mem_region r = conform_region("droppable", PAGES), part;
	uint64_t first;

	part = (struct mem_region){ .pages = PAGES / 4, .kind = r.kind };
	first = *(uint64_t *)(r.addr + bytes(PAGES / 4));
	part.addr = mmap(NULL, bytes(PAGES / 4), PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(mremap(r.addr + bytes(PAGES / 4), bytes(PAGES / 4),
		     bytes(PAGES / 4), MREMAP_MAYMOVE | MREMAP_FIXED,
		     part.addr) == part.addr,
	      "mremap: %s", strerror(errno));
	check(*(uint64_t *)part.addr == first, "the moved part lost its data");
	mem_fill(&part);
	r.pages = PAGES / 4;
	conform_intact(&r, "moving a part away");
	still_droppable(&r, "moving a part away");
	conform_intact(&part, "dropping the rest");
	still_droppable(&part, "a move of a part");
}

/* The pages go along; what stays behind is an empty droppable mapping. */
static void test_dontunmap(void)
{
	struct mem_region r = conform_region("droppable", PAGES), old = r;

	/* glibc hands on whatever is there as the new address, and it is looked at. */
	r.addr = mremap(old.addr, bytes(PAGES), bytes(PAGES),
			MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	premise(r.addr != MAP_FAILED, "MREMAP_DONTUNMAP is refused: %s",
		strerror(errno));
	conform_intact(&r, "MREMAP_DONTUNMAP");
	conform_zero(&old, "MREMAP_DONTUNMAP");
	mem_fill(&old);
	old.addr[0] = 1;
	conform_intact(&r, "a write to what stayed behind");
	still_droppable(&old, "MREMAP_DONTUNMAP (old place)");
	conform_intact(&r, "dropping what stayed behind");
	still_droppable(&r, "MREMAP_DONTUNMAP (new place)");
}

/*
 * Two parts of what was one mapping, and the first one grows: in place where
 * the second has been, and by a move with the second still there.  To refuse
 * is allowed; to show the second part's memory is not.
 */
static void grow_apart(struct mem_region *a, struct mem_region *b, int flags)
{
	struct mem_region big = { .pages = a->pages * 2, .kind = a->kind };
	void *to = mremap(a->addr, bytes(a->pages), bytes(big.pages), flags);

	conform_note("growing a part with flags %d: %s", flags,
		     to == MAP_FAILED ? strerror(errno) : "granted");
	if (to == MAP_FAILED) {
		conform_intact(a, "a refused mremap");
		return;
	}
	a->addr = big.addr = to;
	conform_intact(a, "growing a part");
	mem_fill(&big);
	memset(big.addr + bytes(a->pages), 0x5a, bytes(a->pages));
	conform_intact(b, "the other part has grown");
}

static void test_parts(void)
{
	struct mem_region r = conform_region("droppable", PAGES), a = r, b = r;
	void *to = mmap(NULL, bytes(PAGES), PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	a.pages = b.pages = PAGES / 2;
	check(!mprotect(r.addr + bytes(a.pages), bytes(b.pages), PROT_READ),
	      "mprotect: %s", strerror(errno));
	b.addr = mremap(r.addr + bytes(a.pages), bytes(b.pages), bytes(b.pages),
			MREMAP_MAYMOVE | MREMAP_FIXED, to);
	check(b.addr == to, "mremap: %s", strerror(errno));
	check(!mprotect(b.addr, bytes(b.pages), PROT_READ | PROT_WRITE),
	      "mprotect: %s", strerror(errno));
	mem_fill(&b);
	grow_apart(&a, &b, 0);
	grow_apart(&a, &b, MREMAP_MAYMOVE);
	still_droppable(&a, "growing apart");
	conform_intact(&b, "dropping the other part");
}

static sigjmp_buf back;

static void on_segv(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

static bool write_faults(volatile unsigned char *p)
{
	signal(SIGSEGV, on_segv);
	if (sigsetjmp(back, 1))
		return true;
	*p = 1;
	return false;
}

static void test_mprotect(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	for (int i = 0; i < 3; i++) {
		check(!mprotect(r.addr, bytes(PAGES), PROT_NONE) &&
			      !mprotect(r.addr, bytes(PAGES), PROT_READ),
		      "mprotect: %s", strerror(errno));
		conform_intact(&r, "mprotect");
		check(write_faults(r.addr), "PROT_READ takes a write");
		check(!mprotect(r.addr, bytes(PAGES), PROT_READ | PROT_WRITE),
		      "mprotect: %s", strerror(errno));
		mem_fill(&r);
	}
	conform_intact(&r, "mprotect");
	still_droppable(&r, "mprotect");
	check(!mprotect(r.addr, bytes(PAGES), PROT_READ), "mprotect");
	conform_zero(&r, "dropping, then PROT_READ");
}

static void test_split(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	unsigned char *middle = r.addr + bytes(PAGES / 4);
	size_t whole = conform_smaps_size(r.addr);

	check(!mprotect(middle, bytes(PAGES / 2), PROT_READ), "mprotect: %s",
	      strerror(errno));
	check(conform_smaps_size(r.addr) < whole, "the mapping is not split");
	check(conform_smaps_flag(middle, "dp"), "the middle has lost dp");
	conform_intact(&r, "a split");
	conform_drops(&r, "a split");
	check(!mprotect(middle, bytes(PAGES / 2), PROT_READ | PROT_WRITE),
	      "mprotect: %s", strerror(errno));
	conform_note("the parts %s again", conform_smaps_size(r.addr) == whole
						   ? "merge"
						   : "do not merge");
	mem_fill(&r);
	conform_intact(&r, "split and merge");
	still_droppable(&r, "split and merge");
}

static void test_hole(void)
{
	struct mem_region r = conform_region("droppable", PAGES), left, right;

	check(!munmap(r.addr + bytes(PAGES / 4), bytes(PAGES / 2)),
	      "munmap: %s", strerror(errno));
	check(write_faults(r.addr + bytes(PAGES / 2)), "the hole is mapped");
	left = right = r;
	left.pages = right.pages = PAGES / 4;
	right.addr += bytes(PAGES * 3 / 4);
	conform_intact(&left, "unmapping the middle");
	mem_fill(&right);
	still_droppable(&left, "unmapping the middle");
	conform_intact(&right, "dropping the left part");
	still_droppable(&right, "unmapping the middle");
}

/* Plain memory in the middle stays plain, its neighbours droppable. */
static void test_fixed(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	struct mem_region plain = { .pages = PAGES / 2, .kind = "private" };

	conform_need_swap();
	plain.addr = mmap(r.addr + bytes(PAGES / 4), bytes(PAGES / 2),
			  PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	check(plain.addr != MAP_FAILED, "mmap: %s", strerror(errno));
	conform_zero(&plain, "MAP_FIXED over droppable memory");
	mem_fill(&plain);
	check(!conform_smaps_flag(plain.addr, "dp"),
	      "plain memory between droppable mappings has dp");
	check(!madvise(r.addr, bytes(PAGES), MADV_PAGEOUT), "MADV_PAGEOUT: %s",
	      strerror(errno));
	premise(conform_where(&plain).swapped, "plain memory is not swapped");
	conform_intact(&plain, "MADV_PAGEOUT over all three");
	r.pages = PAGES / 4;
	mem_fill(&r);
	still_droppable(&r, "MAP_FIXED over the middle");
	conform_intact(&plain, "dropping its neighbour");
}

/* The other way about: droppable memory set into plain memory. */
static void test_fixed_into(void)
{
	struct mem_region plain = conform_region("private", PAGES), r;

	conform_region("droppable", 1);
	r = (struct mem_region){ .pages = PAGES / 2, .kind = "droppable" };
	r.addr = mmap(plain.addr + bytes(PAGES / 2), bytes(PAGES / 2),
		      PROT_READ | PROT_WRITE, 0x08 | MAP_ANONYMOUS | MAP_FIXED,
		      -1, 0);
	check(r.addr != MAP_FAILED, "mmap: %s", strerror(errno));
	mem_fill(&r);
	plain.pages = PAGES / 2;
	check(!conform_smaps_flag(plain.addr, "dp"), "the neighbour caught dp");
	still_droppable(&r, "MAP_FIXED into plain memory");
	conform_pageout(&plain);
	conform_intact(&plain, "MADV_PAGEOUT beside droppable memory");
}

static void test_dontneed(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	check(!madvise(r.addr, bytes(PAGES), MADV_DONTNEED),
	      "MADV_DONTNEED: %s", strerror(errno));
	conform_zero(&r, "MADV_DONTNEED");
	mem_fill(&r);
	conform_intact(&r, "a write after MADV_DONTNEED");
	still_droppable(&r, "MADV_DONTNEED");
}

/* Redirtied after MADV_FREE: plain memory would be kept, this still drops. */
static void test_free(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	int ret = madvise(r.addr, bytes(PAGES), MADV_FREE);

	conform_note("MADV_FREE says: %s", ret ? strerror(errno) : "0");
	mem_fill(&r);
	conform_intact(&r, "a write after MADV_FREE");
	still_droppable(&r, "MADV_FREE");
}

static void test_populate(void)
{
	struct mem_region r, probe = conform_region("droppable", 1);

	check(!mem_map(&r, "droppable", PAGES), "mmap: %s", strerror(errno));
	premise(!madvise(r.addr, bytes(PAGES), MADV_POPULATE_WRITE),
		"MADV_POPULATE_WRITE: %s", strerror(errno));
	check(conform_where(&r).present == PAGES, "%zu of %d pages populated",
	      conform_where(&r).present, PAGES);
	conform_zero(&r, "MADV_POPULATE_WRITE");
	still_droppable(&r, "MADV_POPULATE_WRITE");
	check(!madvise(r.addr, bytes(PAGES), MADV_POPULATE_READ),
	      "MADV_POPULATE_READ: %s", strerror(errno));
	mem_fill(&r);
	conform_intact(&r, "a write after MADV_POPULATE_READ");
	still_droppable(&r, "MADV_POPULATE_READ");
	mem_unmap(&probe);
}

static const struct conform_test tests[] = {
	{ "mremap: grow", test_grow },
	{ "mremap: shrink", test_shrink },
	{ "mremap: move", test_move },
	{ "mremap: move a part", test_move_part },
	{ "mremap: MREMAP_DONTUNMAP", test_dontunmap },
	{ "mremap: a part grows, another stays", test_parts },
	{ "mprotect and back", test_mprotect },
	{ "split and merge", test_split },
	{ "munmap of the middle", test_hole },
	{ "MAP_FIXED of plain memory over the middle", test_fixed },
	{ "MAP_FIXED of droppable into plain memory", test_fixed_into },
	{ "MADV_DONTNEED", test_dontneed },
	{ "MADV_FREE", test_free },
	{ "MADV_POPULATE_WRITE and _READ", test_populate },
	{ 0 },
};

static const struct conform_property mapping = {
	.number = 10,
	.name = "mapping",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(mapping);
