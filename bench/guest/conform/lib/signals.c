// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/signals.h"

struct mem_region conform_signal_region(size_t pages)
{
	struct mem_region r;
	int err = drop_signal_map(&r, pages);

	premise(err != -EOPNOTSUPP,
		"this kernel has no droppable memory that signals (MAP_DROP_SIGNAL)");
	check(!err, "mmap: %s", strerror(-err));
	err = mem_fill(&r);
	check(!err, "filling: %s", strerror(-err));
	premise(conform_where(&r).present == pages,
		"only %zu of %zu pages are there after filling",
		conform_where(&r).present, pages);
	return r;
}

uint64_t *conform_word(const struct mem_region *r, size_t page, size_t word)
{
	return (uint64_t *)(r->addr + page * mem_page_size()) + word;
}

static void one_signals(uint64_t *p, bool write, size_t page, const char *when)
{
	const char *how = write ? "store to" : "load from";
	siginfo_t info;
	int signo = drop_touch(p, write, &info);

	check(signo == SIGBUS, "a %s page %zu %s: signal %d, not SIGBUS", how,
	      page, when, signo);
	check(info.si_code == BUS_ADRERR, "a %s page %zu %s: si_code is %d",
	      how, page, when, info.si_code);
	check(info.si_addr == p, "a %s page %zu %s: si_addr is %p, not %p", how,
	      page, when, info.si_addr, (void *)p);
}

void conform_signals(const struct mem_region *r, size_t page, const char *when)
{
	/* Somewhere in the page: the address is the byte's, not the page's. */
	size_t word = page * 7 % (mem_page_size() / sizeof(uint64_t));

	one_signals(conform_word(r, page, word), false, page, when);
	one_signals(conform_word(r, page, word), true, page, when);
}

void conform_all_signal(const struct mem_region *r, const char *when)
{
	for (size_t i = 0; i < r->pages; i++)
		conform_signals(r, i, when);
}

void conform_no_signal(const struct mem_region *r, const char *when)
{
	siginfo_t info;

	for (size_t i = 0; i < r->pages; i++)
		check(!drop_touch(conform_word(r, i, 0), false, &info),
		      "page %zu signals %s (%d)", i, when, info.si_signo);
}

void conform_gone(const struct mem_region *r, const char *when)
{
	conform_pageout(r);
	conform_not_swapped(r, when);
	check(!conform_where(r).present,
	      "MADV_PAGEOUT leaves %zu of %zu pages %s",
	      conform_where(r).present, r->pages, when);
}

int conform_advise(const struct mem_region *r, int advice)
{
	return madvise(r->addr, r->pages * mem_page_size(), advice) ? -errno
								    : 0;
}
