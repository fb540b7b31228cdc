// SPDX-License-Identifier: GPL-2.0-only
/*
 * 26. munmap() that finds no memory changes nothing.
 *
 * Taking a hole out of a mapping splits VMAs and writes to the maple tree, which
 * allocates.  munmap(2) says ENOMEM and the caller goes on with its data: stock
 * allocates first and puts back what it had split off (abort_munmap_vmas()).  A
 * stack that zaps first and allocates afterwards tells the caller of a failure
 * when the data is gone.
 *
 * Each allocation of the call is made to fail in turn (CONFIG_FAILSLAB, in
 * debug.config): /proc/self/fail-nth picks the n-th, until a call has fewer than
 * n, and failslab/times has the next ones fail with it.  One alone means little:
 * the maple tree tries without sleeping first and then asks again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"

#define FAIL_NTH "/proc/self/fail-nth"
#define FAILSLAB "/sys/kernel/debug/failslab/"
#define SMALL_PAGES 64
#define LARGE_PAGES 4096
#define MOST 64 /* allocations of one munmap() */

/* Open files: to open one is to allocate. */
struct failing {
	int nth, times;
};

static struct failing prepare(void)
{
	struct failing f;

	premise(!conform_try_set(FAILSLAB "ignore-gfp-wait", "N"),
		"no %s (CONFIG_FAILSLAB, which only debug.config has)",
		FAILSLAB);
	conform_set(FAILSLAB "verbose", "0");
	conform_set(FAILSLAB "task-filter", "Y");
	conform_set(FAILSLAB "times", "0");
	conform_set(FAILSLAB "probability", "100");
	premise(!file_write("/proc/self/make-it-fail", "1"), "make-it-fail");
	f.nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	f.times = open(FAILSLAB "times", O_WRONLY | O_CLOEXEC);
	premise(f.nth >= 0 && f.times >= 0, "%s: %s", FAIL_NTH,
		strerror(errno));
	return f;
}

/*
 * munmap() with its @n-th allocation failing, and so many in all from there on.
 * Did it have as many?  *@err: errno.
 */
static bool munmap_failing(struct failing f, unsigned int n, const char *times,
			   void *addr, size_t size, int *err)
{
	uint64_t left = 0;
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);
	ssize_t got;

	/* While the n-th is waited for, the others are not asked. */
	premise(pwrite(f.nth, text, (size_t)len, 0) == len &&
			write(f.times, times, 1) == 1,
		"%s: %s", FAIL_NTH, strerror(errno));
	*err = munmap(addr, size) ? errno : 0;
	premise(write(f.times, "0", 1) == 1, "times: %s", strerror(errno));
	got = pread(f.nth, text, sizeof(text) - 1, 0);
	premise(got > 0, "%s: %s", FAIL_NTH, strerror(errno));
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	premise(!parse_u64(text, &left), "%s: '%s'", FAIL_NTH, text);
	pwrite(f.nth, "0", 1, 0);
	return !left;
}

/* With nothing mapped before and behind it. */
static struct mem_region region_alone(size_t pages)
{
	struct mem_region r = conform_region("private", pages + 2);
	size_t page = mem_page_size();

	check(!munmap(r.addr, page) &&
		      !munmap(r.addr + (pages + 1) * page, page),
	      "munmap: %s", strerror(errno));
	r.addr += page;
	r.pages = pages;
	check(!mem_fill(&r), "filling");
	return r;
}

/* Pages @from to @to of a region are unmapped, until no allocation is left. */
static void each_fails(size_t pages, size_t from, size_t to, const char *times)
{
	size_t page = mem_page_size();
	unsigned int n, refused = 0;
	struct failing f = prepare();
	int err;

	for (n = 1; n <= MOST; n++) {
		struct mem_region r = region_alone(pages);
		bool failed;

		failed = munmap_failing(f, n, times, r.addr + from * page,
					(to - from) * page, &err);
		if (err) {
			size_t gone = pages - conform_where(&r).present;

			refused++;
			check(err == ENOMEM, "allocation %u fails: %s", n,
			      strerror(err));
			check(!gone,
			      "allocation %u fails: munmap() says ENOMEM, but %zu of %zu pages are gone",
			      n, gone, pages);
			conform_intact(&r, "a munmap() that found no memory");
		}
		munmap(r.addr, pages * page);
		if (!failed)
			break;
	}
	check(n <= MOST, "more than %d allocations", MOST);
	premise(n > 1, "the call allocates nothing");
	conform_note("%u allocations, %u of them refused the munmap()", n - 1,
		     refused);
}

/* A hole: two splits, each of them allocates. */
static void hole(size_t pages)
{
	each_fails(pages, pages / 4, pages * 3 / 4, "1");
	each_fails(pages, pages / 4, pages * 3 / 4, "3");
}

static void test_hole_small(void)
{
	hole(SMALL_PAGES);
}

static void test_hole_large(void)
{
	hole(LARGE_PAGES);
}

/* All of it: nothing is split, but the tree has to join three gaps to one. */
static void test_all_small(void)
{
	each_fails(SMALL_PAGES, 0, SMALL_PAGES, "3");
}

static void test_all_large(void)
{
	each_fails(LARGE_PAGES, 0, LARGE_PAGES, "3");
}

/* An end: one split, and one gap that grows. */
static void test_end(void)
{
	each_fails(LARGE_PAGES, LARGE_PAGES / 2, LARGE_PAGES, "3");
}

static const struct conform_test tests[] = {
	{ "a hole, 256 kB", test_hole_small },
	{ "a hole, 16 MB", test_hole_large },
	{ "all of it, 256 kB", test_all_small },
	{ "all of it, 16 MB", test_all_large },
	{ "an end, 16 MB", test_end },
	{ 0 },
};

static const struct conform_property munmap_nomem = {
	.number = 26,
	.name = "munmap-nomem",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_nomem);
