// SPDX-License-Identifier: GPL-2.0-only
/*
 * 22. What is mapped over a range that is being unmapped, stays.
 *
 * As soon as somebody has got SIGSEGV in the range, munmap() has taken effect,
 * whether or not it is back.  A mapping that is made there afterwards is a new
 * one: stock munmap() has detached its VMAs long ago and holds mmap_lock for
 * read, so mmap() waits for the rest.  With vm-dead the second write lock comes
 * after whoever has waited for the first to end; it may detach what is dead,
 * never what has taken its place.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"

#define SIZE (32UL << 20)
#define PART (1UL << 20)
#define ROUNDS 6

struct placed {
	unsigned char *at;
	unsigned int nr, refused;
	int flags;
};

static void put_over(struct race *r)
{
	struct placed *p = r->arg;
	unsigned char *want = r->addr + r->size / 2, *at;

	if (p->at || !race_gone(r))
		return;
	at = mmap(want, PART, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | p->flags, -1, 0);
	if (at == MAP_FAILED && errno == EEXIST &&
	    p->flags == MAP_FIXED_NOREPLACE) {
		p->refused++; /* still occupied: munmap() is not back */
		return;
	}
	check(at != MAP_FAILED, "mmap over it: %s", strerror(errno));
	memset(at, 0x5a, PART);
	p->at = at;
	p->nr++;
}

static void check_placed(struct race *r)
{
	struct placed *p = r->arg;
	uint64_t word;

	if (!p->at)
		return;
	for (size_t i = 0; i < PART; i += mem_page_size()) {
		check(!race_load(p->at + i, &word),
		      "page %zu of a mapping made meanwhile is gone",
		      i / mem_page_size());
		check(word == 0x5a5a5a5a5a5a5a5aULL,
		      "page %zu of a mapping made meanwhile reads %#llx",
		      i / mem_page_size(), (unsigned long long)word);
	}
	check(p->at < r->addr || p->at >= r->addr + r->size ||
		      (race_gone(r) &&
		       race_load(r->addr + r->size - mem_page_size(), &word)),
	      "what lies around the new mapping is still there");
	munmap(p->at, PART);
	p->at = NULL;
}

static void place(int flags)
{
	struct placed p = { .flags = flags };

	race_rounds(ROUNDS, SIZE, &p, put_over, check_placed);
	premise(p.nr + p.refused, "nobody came in between");
	conform_note("%u mappings stayed, %u refused with EEXIST", p.nr,
		     p.refused);
}

static void test_fixed(void)
{
	place(MAP_FIXED);
}

static void test_noreplace(void)
{
	place(MAP_FIXED_NOREPLACE);
}

/* Without MAP_FIXED the address is a wish. */
static void test_hint(void)
{
	place(0);
}

/* Unmapped twice at once: both succeed, and nothing else goes. */
static void unmap_too(struct race *r)
{
	check(!munmap(r->addr, r->size / 2 + PART),
	      "munmap() of half of it meanwhile: %s", strerror(errno));
}

static void check_gone(struct race *r)
{
	uint64_t word;

	for (size_t i = 0; i < r->size; i += mem_page_size())
		check(race_load(r->addr + i, &word),
		      "page %zu is there after munmap()", i / mem_page_size());
	check(conform_smaps_size(r->addr - mem_page_size()),
	      "the page before the range is gone, too");
}

static void test_twice(void)
{
	race_rounds(ROUNDS, SIZE, NULL, unmap_too, check_gone);
}

static const struct conform_test tests[] = {
	{ "MAP_FIXED", test_fixed },
	{ "MAP_FIXED_NOREPLACE", test_noreplace },
	{ "an address as a hint", test_hint },
	{ "a second munmap()", test_twice },
	{ 0 },
};

static const struct conform_property munmap_fixed = {
	.number = 22,
	.name = "munmap-fixed",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_fixed);
