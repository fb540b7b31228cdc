// SPDX-License-Identifier: GPL-2.0-only
/*
 * 21. Data of a mapping never shows up in a later one.
 *
 * munmap() frees pages in batches of the mmu_gather, after a TLB flush, while
 * other threads already allocate them again; an anonymous fault clears what it
 * gets.  A page that comes back into the range after the zap (a fault that
 * slips in), or is freed before the TLBs forget it, lets one mapping see
 * another's data: zeroes or foreign words where there can only be the old
 * data or SIGSEGV.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"

#define SIZE (32UL << 20)
#define SMALL (64UL << 10)
#define ROUNDS 6
#define FOREIGN 0x466f726569676e21ULL

static void check_zero(const unsigned char *p, size_t size, const char *when)
{
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		uint64_t word = *(const uint64_t *)(p + i);

		check(!word, "a new mapping reads %#llx at %#zx %s",
		      (unsigned long long)word, i, when);
	}
}

static unsigned char *map(size_t size)
{
	unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(p != MAP_FAILED, "mmap: %s", strerror(errno));
	return p;
}

/*
 * Fresh pages without a call that needs mmap_lock, so that they are allocated
 * in the midst of munmap(): the next few of a mapping that is there already.
 */
static struct {
	unsigned char *addr;
	size_t next;
} other;

static unsigned char *fresh_pages(void)
{
	unsigned char *p = other.addr + other.next;

	if (other.next + SMALL > SIZE)
		return NULL;
	other.next += SMALL;
	return p;
}

static void other_again(void)
{
	check(!madvise(other.addr, SIZE, MADV_DONTNEED), "MADV_DONTNEED: %s",
	      strerror(errno));
	other.addr[0] = 1; /* has an anon_vma */
	other.next = SMALL;
}

static void touch_zero(struct race *r)
{
	unsigned char *p = fresh_pages();

	(void)r;
	for (size_t i = 0; p && i < SMALL; i += mem_page_size())
		p[i] = 0; /* a page of its own, not the zero page */
	if (p)
		check_zero(p, SMALL, "while another is unmapped");
}

/* The same place again, and a page of it. */
static void map_same(struct race *r)
{
	unsigned char *p =
		mmap(r->addr, r->size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	check(p == r->addr, "the place is not free after munmap(): %s",
	      strerror(errno));
	for (size_t i = 0; i < r->size; i += 16 * mem_page_size()) {
		p[i] = 0;
		check_zero(p + i, mem_page_size(), "at the same place");
	}
	munmap(p, r->size);
	other_again();
}

static void test_later(void)
{
	other.addr = map(SIZE);
	other_again();
	race_rounds(ROUNDS, SIZE, NULL, touch_zero, map_same);
}

/* The old data or SIGSEGV, while freed pages get other data elsewhere. */
static void old_or_nothing(struct race *r)
{
	size_t page = mem_page_size(), nr = r->size / page;
	unsigned char *p = fresh_pages();
	uint64_t word;

	for (size_t i = 0; p && i < SMALL; i += sizeof(word))
		*(uint64_t *)(p + i) = FOREIGN;
	for (size_t n = 0; n < 64; n++) {
		size_t i = n ? (r->nr * 61 + n * 127) % nr : 0;

		check(race_load(r->addr + i * page, &word) ||
			      word == RACE_STAMP(i),
		      "page %zu reads %#llx while it is unmapped", i,
		      (unsigned long long)word);
	}
}

static void start_again(struct race *r)
{
	(void)r;
	other_again();
}

static void test_within(void)
{
	other.addr = map(SIZE);
	other_again();
	race_rounds(ROUNDS, SIZE, NULL, old_or_nothing, start_again);
}

static const struct conform_test tests[] = {
	{ "a later mapping reads zeroes", test_later },
	{ "the range reads its own data or nothing", test_within },
	{ 0 },
};

static const struct conform_property munmap_leak = {
	.number = 21,
	.name = "munmap-leak",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_leak);
