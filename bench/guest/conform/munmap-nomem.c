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
 * Each allocation of the call is made to fail in turn, through
 * /proc/self/fail-nth (CONFIG_FAILSLAB, in debug.config): the n-th fails, until a
 * call has fewer than n.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../conform.h"
#include "../file.h"

#define FAIL_NTH "/proc/self/fail-nth"
#define FAILSLAB "/sys/kernel/debug/failslab/"
#define SMALL_PAGES 64
#define LARGE_PAGES 4096
#define MOST 64 /* allocations of one munmap() */

/* munmap() with its @n-th allocation failing.  Did one fail?  *@err: errno. */
static bool munmap_failing(int fd, unsigned int n, void *addr, size_t size,
			   int *err)
{
	uint64_t left = 0;
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);
	ssize_t got;

	premise(pwrite(fd, text, (size_t)len, 0) == len, "%s: %s", FAIL_NTH,
		strerror(errno));
	*err = munmap(addr, size) ? errno : 0;
	got = pread(fd, text, sizeof(text) - 1, 0);
	premise(got > 0, "%s: %s", FAIL_NTH, strerror(errno));
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	premise(!parse_u64(text, &left), "%s: '%s'", FAIL_NTH, text);
	pwrite(fd, "0", 1, 0);
	return !left;
}

static void each_fails(size_t pages)
{
	size_t page = mem_page_size(), cut = pages / 2;
	unsigned int n, refused = 0;
	int fd, err;

	premise(!conform_try_set(FAILSLAB "ignore-gfp-wait", "N"),
		"no %s (CONFIG_FAILSLAB, which only debug.config has)",
		FAILSLAB);
	conform_set(FAILSLAB "verbose", "0");
	fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	premise(fd >= 0, "%s: %s", FAIL_NTH, strerror(errno));
	for (n = 1; n <= MOST; n++) {
		struct mem_region r = conform_region("private", pages);
		bool failed;

		failed = munmap_failing(fd, n, r.addr + pages / 4 * page,
					cut * page, &err);
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
	premise(refused, "no allocation failed that mattered, of %u", n - 1);
	conform_note("%u allocations, %u of them refused the munmap()", n - 1,
		     refused);
}

static void test_small(void)
{
	each_fails(SMALL_PAGES);
}

static void test_large(void)
{
	each_fails(LARGE_PAGES);
}

static const struct conform_test tests[] = {
	{ "each allocation fails in turn, 256 kB", test_small },
	{ "each allocation fails in turn, 16 MB", test_large },
	{ 0 },
};

static const struct conform_property munmap_nomem = {
	.number = 26,
	.name = "munmap-nomem",
	.family = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_nomem);
