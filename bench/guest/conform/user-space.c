// SPDX-License-Identifier: GPL-2.0-only
/*
 * 34. User space alone: which promises of droppable memory a C library misses.
 *
 * Plain memory with MADV_WIPEONFORK and MADV_DONTDUMP, and then either MADV_FREE when
 * it is not in use, or mlock().  Both are as old as Linux 4.14.  Each test is one of
 * the promises that were asked for: never in swap, dropped and zero under pressure,
 * inherited by fork, no budget for locked memory, a lack of memory that is not fatal.
 *
 * About no kernel in particular, so no family judges it: PROPERTY=34.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/way.h"
#include "kernel/memcg.h"

#define PAGES 256
#define MANY 4096

static bool locks; /* or frees */

static struct mem_region in_use(size_t pages)
{
	const struct droppable_way *way = droppable_way("madvise");
	struct mem_region r = { droppable_map(way, pages * mem_page_size()),
				pages, "libc" };

	check(r.addr != MAP_FAILED, "mmap: %s", strerror(errno));
	check(!locks || !mlock(r.addr, pages * mem_page_size()), "mlock: %s",
	      strerror(errno));
	mem_fill(&r);
	return r;
}

static void put_down(const struct mem_region *r)
{
	premise(locks || !madvise(r->addr, r->pages * mem_page_size(),
				  MADV_FREE),
		"MADV_FREE: %s", strerror(errno));
}

/* MADV_PAGEOUT refuses what is locked; memory.reclaim passes over it. */
static void pressure(const struct mem_region *r)
{
	if (conform_smaps_flag(r->addr, "lo"))
		memcg_reclaim(conform_group(), 2 * r->pages * mem_page_size());
	else
		conform_pageout(r);
}

static void no_swap(void *arg)
{
	pressure(arg);
	conform_not_swapped(arg, "pressure while it is in use");
}

static void never_in_swap(void)
{
	struct mem_region r;

	conform_need_swap();
	r = in_use(PAGES);
	no_swap(&r);
	conform_intact(&r, "pressure while it is in use");
}

static void drops(void)
{
	struct mem_region r = in_use(PAGES);

	put_down(&r);
	pressure(&r);
	conform_not_swapped(&r, "pressure while it is not in use");
	check(!conform_where(&r).present,
	      "%zu of %zu pages are left after pressure while it is not in use",
	      conform_where(&r).present, r.pages);
	conform_zero(&r, "pressure while it is not in use");
}

static void child(void *arg)
{
	struct mem_region *r = arg;

	conform_zero(r, "fork");
	mem_fill(r);
	if (locks)
		no_swap(r);
	put_down(r);
	if (!locks)
		conform_drops(r, "fork");
}

static void inherited(void)
{
	struct mem_region r;

	conform_need_swap();
	r = in_use(PAGES);
	conform_child_ok(child, &r, "a child");
	conform_intact(&r, "fork");
}

static void nobody(void *arg)
{
	struct rlimit none = { 0, 0 };
	struct mem_region r;

	(void)arg;
	premise(!setrlimit(RLIMIT_MEMLOCK, &none) &&
			!setresuid(65534, 65534, 65534),
		"cannot become somebody without a budget");
	r = in_use(PAGES);
	put_down(&r);
}

static void no_budget(void)
{
	conform_child_ok(nobody, NULL, "without a budget");
}

static const char *kind;

static void beyond_limit(void *arg)
{
	struct mem_region r;

	(void)arg;
	if (kind)
		conform_region(kind, 1), mem_map(&r, kind, MANY), mem_fill(&r);
	else
		in_use(MANY);
}

/* Four times what is left at the limit; droppable memory gives its own. */
static void not_fatal(void)
{
	char limit[32];
	int status;

	conform_set("/proc/sys/kernel/printk", "4");
	snprintf(limit, sizeof(limit), "%" PRIu64,
		 conform_group_get("memory.current") +
			 MANY / 4 * mem_page_size());
	conform_group_set("memory.swap.max", "0");
	conform_group_set("memory.max", limit);
	kind = "droppable";
	status = conform_child(beyond_limit, NULL);
	premise(!status, "not even MAP_DROPPABLE lives (status %#x)", status);
	kind = NULL;
	status = conform_child(beyond_limit, NULL);
	check(!WIFSIGNALED(status),
	      "killed by signal %d where MAP_DROPPABLE lives",
	      WTERMSIG(status));
}

#define BOTH(fn)                     \
	static void fn##_free(void)  \
	{                            \
		fn();                \
	}                            \
	static void fn##_mlock(void) \
	{                            \
		locks = true;        \
		fn();                \
	}

BOTH(never_in_swap)
BOTH(drops)
BOTH(inherited)
BOTH(no_budget)
BOTH(not_fatal)

static const struct conform_test tests[] = {
	{ "MADV_FREE: a) never in swap", never_in_swap_free },
	{ "MADV_FREE: b) dropped, then zero", drops_free },
	{ "MADV_FREE: c) inherited by fork", inherited_free },
	{ "MADV_FREE: d) no budget", no_budget_free },
	{ "MADV_FREE: e) no memory is not fatal", not_fatal_free },
	{ "mlock: a) never in swap", never_in_swap_mlock },
	{ "mlock: b) dropped, then zero", drops_mlock },
	{ "mlock: c) inherited by fork", inherited_mlock },
	{ "mlock: d) no budget", no_budget_mlock },
	{ "mlock: e) no memory is not fatal", not_fatal_mlock },
	{ 0 },
};

static const struct conform_property user_space = {
	.number = 34,
	.name = "user-space",
	.subject = "user-space",
	.tests = tests,
};

CONFORM_PROPERTY(user_space);
