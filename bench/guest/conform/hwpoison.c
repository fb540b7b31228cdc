// SPDX-License-Identifier: GPL-2.0-only
/*
 * 19. A page of droppable memory that fails is never read again, and one that is
 *     about to fail is moved with its data and its nature.
 *
 * MADV_HWPOISON calls memory_failure() as a machine check does: the page is taken
 * out of every page table (TTU_HWPOISON leaves an entry of its own behind, before
 * try_to_unmap_one() asks about VM_DROPPABLE) and an access is SIGBUS, as for plain
 * memory.  Zeroes would be no lie for memory that may be dropped, and pass; the old
 * data would.  MADV_DONTNEED forgets the entry.  MADV_SOFT_OFFLINE migrates the page:
 * nothing has failed and nothing is short, so nothing is to be lost.
 *
 * The frames are gone for good: a guest has enough of them.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif
#define PAGES 64
#define BAD 8 /* the page that fails, and how many are moved */

static sigjmp_buf back;
static unsigned char *volatile fault_addr;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	fault_addr = info->si_addr;
	siglongjmp(back, 1);
}

static void catch_sigbus(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO };

	sa.sa_sigaction = on_sigbus;
	sigaction(SIGBUS, &sa, NULL);
}

static unsigned char *page(const struct mem_region *r, size_t i)
{
	return r->addr + i * mem_page_size();
}

/* It may end in SIGBUS itself: this task is the one that met the failure. */
static int poison(const struct mem_region *r)
{
	volatile int err = 0;

	if (!sigsetjmp(back, 1) &&
	    madvise(page(r, BAD), mem_page_size(), MADV_HWPOISON))
		err = -errno;
	return err;
}

/* Does a read of the page end in SIGBUS?  If not, *@word is what it found. */
static bool read_is_sigbus(const struct mem_region *r, uint64_t *word)
{
	fault_addr = NULL;
	if (sigsetjmp(back, 1))
		return true;
	*word = *(volatile uint64_t *)page(r, BAD);
	return false;
}

static void neighbours(const struct mem_region *r)
{
	struct mem_region part = *r;

	part.pages = BAD;
	conform_intact(&part, "a failure of the page behind them");
}

static void failing(const char *kind)
{
	struct mem_region r = conform_region(kind, PAGES);
	uint64_t old = *(uint64_t *)page(&r, BAD), now = 0;
	int err = poison(&r);
	bool sigbus;

	premise(!err, "MADV_HWPOISON: %s (CONFIG_MEMORY_FAILURE)",
		strerror(-err));
	sigbus = read_is_sigbus(&r, &now);
	conform_note("%s: a read is %s", kind, sigbus ? "SIGBUS" : "served");
	if (sigbus)
		check(fault_addr >= page(&r, BAD) &&
			      fault_addr < page(&r, BAD + 1),
		      "SIGBUS names another address");
	check(sigbus || !now, "a failed page is read: %#llx, which was %#llx",
	      (unsigned long long)now, (unsigned long long)old);
	neighbours(&r);
	check(!madvise(page(&r, BAD), mem_page_size(), MADV_DONTNEED),
	      "MADV_DONTNEED: %s", strerror(errno));
	check(!read_is_sigbus(&r, &now) && !now,
	      "after MADV_DONTNEED the page is not new");
	mem_fill(&r);
	conform_intact(&r, "a write to the page's successor");
	if (!strcmp(kind, "droppable"))
		conform_drops(&r, "a failed page");
	else
		premise(sigbus, "plain memory is read after a failure");
}

static void test_failing(void)
{
	catch_sigbus();
	failing("private");
	failing("droppable");
}

static size_t moved(const struct mem_region *r, const uint64_t *before)
{
	uint64_t now[PAGES];
	size_t n = 0;

	conform_pfns(r, now);
	for (size_t i = 0; i < BAD; i++)
		n += now[i] && now[i] != before[i];
	return n;
}

static void test_soft(void)
{
	static const char *const kinds[] = { "private", "droppable" };
	struct mem_region r;
	uint64_t before[PAGES];
	size_t n;

	conform_need_swap();
	for (int i = 0; i < 2; i++) {
		r = conform_region(kinds[i], PAGES);
		conform_pfns(&r, before);
		premise(!madvise(r.addr, BAD * mem_page_size(),
				 MADV_SOFT_OFFLINE) ||
				i,
			"MADV_SOFT_OFFLINE: %s (CONFIG_MEMORY_FAILURE)",
			strerror(errno));
		conform_intact(&r, "MADV_SOFT_OFFLINE");
		n = moved(&r, before);
		conform_note("%s: %zu of %d pages have moved", kinds[i], n,
			     BAD);
		premise(n || i, "no page of plain memory has moved");
		check(n == BAD, "%d pages are to be moved, %zu are", BAD, n);
	}
	conform_drops(&r, "MADV_SOFT_OFFLINE");
}

static const struct conform_test tests[] = {
	{ "a page that fails is not read again", test_failing },
	{ "a page that is about to fail is moved as it is", test_soft },
	{ 0 },
};

static const struct conform_property hwpoison = {
	.number = 19,
	.name = "hwpoison",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(hwpoison);
