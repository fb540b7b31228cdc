// SPDX-License-Identifier: GPL-2.0-only
/*
 * 27. What a thread has seen gone, its next call finds gone.
 *
 * munmap() has not returned yet, and another thread has got SIGSEGV (SEGV_MAPERR) in
 * the range.  By the order of what that thread does, munmap() has taken effect.  So
 * the range is free for MAP_FIXED_NOREPLACE, not mapped for calls that ask for
 * mappings (ENOMEM, EFAULT), and not charged for.  Stock: the VMAs are detached
 * under the same write lock under which munmap() begins, and whoever needs the lock
 * for write waits for the rest.  With vm-dead the VMA is there in name until the
 * second lock.  What harm that can do is munmap-fixed's and munmap-race's
 * matter; this property is about the answers alone.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"

#define SIZE (32UL << 20)
#define ROUNDS 4

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static void rounds(void (*intrude)(struct race *r))
{
	race_rounds_met(ROUNDS, SIZE, NULL, intrude, NULL);
}

/* @ret of a @call that ends in -1 with @want. */
static void refused(const char *call, long ret, int want)
{
	check(ret == -1, "%s of what is gone succeeds", call);
	check(errno == want, "%s of what is gone: %s", call, strerror(errno));
}

static void protect(struct race *r)
{
	if (race_meet(r))
		refused("mprotect()", mprotect(r->addr, r->size, PROT_READ),
			ENOMEM);
}

static void test_protect(void)
{
	rounds(protect);
}

static void lock_it(struct race *r)
{
	if (race_meet(r))
		refused("mlock()", mlock(r->addr, r->size), ENOMEM);
}

static void test_lock(void)
{
	rounds(lock_it);
}

static void dont_fork(struct race *r)
{
	if (race_meet(r))
		refused("MADV_DONTFORK",
			madvise(r->addr, r->size, MADV_DONTFORK), ENOMEM);
}

static void dont_need(struct race *r)
{
	if (race_meet(r))
		refused("MADV_DONTNEED",
			madvise(r->addr, r->size, MADV_DONTNEED), ENOMEM);
}

/* One takes mmap_lock for write, the other for read. */
static void test_dont_fork(void)
{
	rounds(dont_fork);
}

static void test_dont_need(void)
{
	rounds(dont_need);
}

static void in_core(struct race *r)
{
	unsigned char vec;

	if (race_meet(r))
		refused("mincore()", mincore(r->addr, mem_page_size(), &vec),
			ENOMEM);
}

static void test_mincore(void)
{
	rounds(in_core);
}

static void seal(struct race *r)
{
	if (!race_meet(r))
		return;
	if (syscall(SYS_mseal, r->addr, r->size, 0)) {
		premise(errno != ENOSYS, "no mseal()");
		check(errno == ENOMEM, "mseal() of what is gone: %s",
		      strerror(errno));
		return;
	}
	conform_fail("mseal() of what is gone succeeds");
}

static void test_mseal(void)
{
	rounds(seal);
}

static void shrink(struct race *r)
{
	if (race_meet(r))
		refused("a shrinking mremap()",
			mremap(r->addr, r->size, r->size / 2, 0) == MAP_FAILED
				? -1
				: 0,
			EFAULT);
}

static void test_shrink(void)
{
	rounds(shrink);
}

static void map_again(struct race *r)
{
	unsigned char *p;

	if (!race_meet(r))
		return;
	p = mmap(r->addr, r->size, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	check(p == r->addr, "MAP_FIXED_NOREPLACE where it was: %s",
	      strerror(errno));
	munmap(p, r->size);
}

static void test_noreplace(void)
{
	rounds(map_again);
}

/* Room that it has given up, for a mapping as large. */
static void map_elsewhere(struct race *r)
{
	void *p;

	if (!race_meet(r))
		return;
	p = mmap(NULL, r->size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(p != MAP_FAILED, "mmap() of as much at RLIMIT_AS: %s",
	      strerror(errno));
	munmap(p, r->size);
}

static void test_rlimit(void)
{
	uint64_t kb = conform_kb_of("/proc/self/status", "VmSize");
	/* The region fits, and a thread's stack; the region twice does not. */
	struct rlimit limit = { (kb << 10) + SIZE + SIZE / 2, RLIM_INFINITY };

	premise(!setrlimit(RLIMIT_AS, &limit), "setrlimit: %s",
		strerror(errno));
	rounds(map_elsewhere);
}

static const struct conform_test tests[] = {
	{ "mprotect()", test_protect },
	{ "mlock()", test_lock },
	{ "MADV_DONTFORK", test_dont_fork },
	{ "MADV_DONTNEED", test_dont_need },
	{ "mincore()", test_mincore },
	{ "mseal()", test_mseal },
	{ "mremap() to half", test_shrink },
	{ "MAP_FIXED_NOREPLACE", test_noreplace },
	{ "RLIMIT_AS", test_rlimit },
	{ 0 },
};

static const struct conform_property munmap_done = {
	.number = 27,
	.name = "munmap-done",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_done);
