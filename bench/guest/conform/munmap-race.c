// SPDX-License-Identifier: GPL-2.0-only
/*
 * 24. fork() and mremap() in the midst of munmap() see it done or not begun.
 *
 * Both want mmap_lock for write.  With one write lock there is no midst.  With
 * two (vm-dead) they are next in line when the first is given up, and find the
 * VMA in the tree with its pages gone: a child must not inherit it, and it must
 * not be carried away, out of reach of the munmap() that is to detach it.
 *
 * userfaultfd fills and moves entries without a fault.  UFFDIO_REGISTER is for write,
 * UFFDIO_MOVE goes by the VMA lock or mmap_lock for read and so comes in while the
 * zap is on: neither has a VMA to work on once the range is gone.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"
#include "conform/lib/uffd.h"

#define SIZE (32UL << 20)
#define ROUNDS 4

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

/* All of it with its data, or nothing at all, in the maps either. */
static void look_in_child(void *arg)
{
	struct race *r = arg;
	size_t nr = r->size / mem_page_size(), there = 0;
	uint64_t word;

	for (size_t i = 0; i < nr; i++) {
		if (race_load(r->addr + i * mem_page_size(), &word))
			continue;
		check(word == RACE_STAMP(i), "page %zu reads %#llx in a child",
		      i, (unsigned long long)word);
		there++;
	}
	check(!there || there == nr, "a child has %zu of %zu pages", there, nr);
	check(there || !conform_smaps_size(r->addr),
	      "a child has the mapping without its pages");
}

static void fork_once(struct race *r)
{
	if (r->nr <= 2)
		conform_child_ok(look_in_child, r, "a child");
}

static void test_fork(void)
{
	race_rounds(ROUNDS, SIZE, NULL, fork_once, NULL);
}

static void nothing_left(struct race *r)
{
	uint64_t word;

	check(!conform_smaps_size(r->addr), "still mapped after munmap()");
	for (size_t i = 0; i < r->size; i += 64 * mem_page_size())
		check(race_load(r->addr + i, &word), "page %zu is there",
		      i / mem_page_size());
}

/* What is gone cannot be moved or grown. */
static void move_gone(struct race *r)
{
	unsigned char *p;

	if (!race_meet(r))
		return;
	p = mremap(r->addr, r->size, 2 * r->size, MREMAP_MAYMOVE);
	check(p == MAP_FAILED && errno == EFAULT,
	      "mremap() of what is gone: %s",
	      p == MAP_FAILED ? strerror(errno) : "moved");
}

static void test_mremap_gone(void)
{
	race_rounds_met(ROUNDS, SIZE, NULL, move_gone, nothing_left);
}

/* Another mapping is moved onto it, and stays with its data. */
static struct race moved;

static void move_over(struct race *r)
{
	unsigned char *p;

	if (!moved.addr || moved.addr == r->addr || !race_gone(r))
		return;
	p = mremap(moved.addr, moved.size, moved.size,
		   MREMAP_MAYMOVE | MREMAP_FIXED, r->addr);
	check(p == r->addr, "mremap() onto what is gone: %s", strerror(errno));
	moved.addr = p;
}

static void check_moved(struct race *r)
{
	uint64_t word;

	for (size_t i = 0; i < moved.size / mem_page_size(); i++) {
		check(!race_load(moved.addr + i * mem_page_size(), &word),
		      "page %zu of what was moved there is gone", i);
		check(word == RACE_STAMP(i),
		      "page %zu of what was moved there reads %#llx", i,
		      (unsigned long long)word);
	}
	premise(moved.addr == r->addr, "nothing was moved there");
	munmap(moved.addr, moved.size);
	race_map(&moved, SIZE / 2);
}

static void test_mremap_over(void)
{
	race_map(&moved, SIZE / 2);
	race_rounds(ROUNDS, SIZE, NULL, move_over, check_moved);
}

/*
 * The VMA changes while it goes: flags, locks, policies, sealing.  To be in time or
 * to be late (ENOMEM) is all the same here; munmap-done asks for one of them.
 */
static void changed(const char *call, int ret)
{
	check(!ret || errno == ENOMEM || errno == ENOSYS, "%s: %s", call,
	      strerror(errno));
}

static void change(struct race *r)
{
	unsigned char *p = r->addr;

	/* Once: MADV_DONTNEED is not for what is locked. */
	if (r->met || !race_meet(r))
		return;
	changed("MADV_DONTFORK", madvise(p, r->size / 4, MADV_DONTFORK));
	changed("MADV_DONTNEED", madvise(p, r->size / 4, MADV_DONTNEED));
	changed("mprotect()", mprotect(p, r->size / 2, PROT_READ));
	changed("mlock()", mlock(p, r->size / 4));
	changed("mseal()", (int)syscall(SYS_mseal, p, r->size / 2, 0));
}

static void test_change(void)
{
	race_rounds_met(ROUNDS, SIZE, NULL, change, nothing_left);
}

/* A handler for what is gone: pages that it fills in would be lost. */
static void register_gone(struct race *r)
{
	if (race_meet(r))
		check(uffd_register(*(int *)r->arg, r->addr, r->size,
				    UFFDIO_REGISTER_MODE_MISSING),
		      "UFFDIO_REGISTER takes what is gone");
}

static void test_register(void)
{
	int fd = uffd_open(0, "");

	race_rounds_met(ROUNDS, SIZE, &fd, register_gone, nothing_left);
}

/* Pages of what is gone do not live on elsewhere. */
struct rescue {
	unsigned char *to;
	int fd;
};

static void move_out(struct race *r)
{
	const struct rescue *rescue = r->arg;
	size_t page = mem_page_size();
	struct uffdio_move move = {
		.dst = (uintptr_t)rescue->to,
		.src = (uintptr_t)(r->addr + r->size - page),
		.len = page,
	};

	if (race_meet(r))
		check(ioctl(rescue->fd, UFFDIO_MOVE, &move),
		      "UFFDIO_MOVE takes the last page of what is gone away");
}

static void test_move_out(void)
{
	size_t page = mem_page_size();
	struct rescue rescue = { .fd = uffd_open(UFFD_FEATURE_MOVE,
						 "UFFDIO_MOVE") };
	struct race live;
	struct uffdio_move move = { .len = page };

	rescue.to = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	premise(rescue.to != MAP_FAILED &&
			!uffd_register(rescue.fd, rescue.to, 2 * page,
				       UFFDIO_REGISTER_MODE_MISSING),
		"plain memory cannot be registered");
	race_map(&live, page);
	move.dst = (uintptr_t)(rescue.to + page);
	move.src = (uintptr_t)live.addr;
	premise(!ioctl(rescue.fd, UFFDIO_MOVE, &move), "UFFDIO_MOVE: %s",
		strerror(errno));
	race_rounds_met(ROUNDS, RACE_TWO_BATCHES, &rescue, move_out,
			nothing_left);
}

static const struct conform_test tests[] = {
	{ "fork()", test_fork },
	{ "mremap() of the range", test_mremap_gone },
	{ "mremap() onto the range", test_mremap_over },
	{ "mprotect(), mlock(), madvise(), mseal()", test_change },
	{ "UFFDIO_REGISTER of the range", test_register },
	{ "UFFDIO_MOVE out of the range", test_move_out },
	{ 0 },
};

static const struct conform_property munmap_race = {
	.number = 24,
	.name = "munmap-race",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_race);
