// SPDX-License-Identifier: GPL-2.0-only
/*
 * 23. A fault on a range that is being unmapped ends in SIGSEGV.
 *
 * Where the zap has not been yet, the hardware still finds the page: no fault.
 * Where it has been, a fault must not bring a page back.  Stock: the VMA is
 * detached, lock_vma_under_rcu() and find_vma() fail.  vm-dead: the VMA is
 * found, and sanitize_fault_flags() refuses, which covers faults under the VMA
 * lock, under mmap_lock and on behalf of others (GUP).  The signal is the one
 * of an address where nothing is mapped, SEGV_MAPERR.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"

#define SIZE (32UL << 20)
#define ROUNDS 4

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* Once gone, gone: a page that has faulted never comes back. */
static void gone_for_good(struct race *r)
{
	size_t page = mem_page_size(), nr = r->size / page;
	uint64_t word;

	for (size_t n = 0; n < 64; n++) {
		size_t i = n ? (r->nr * 61 + n * 127) % nr : 0;
		unsigned char *p = r->addr + i * page;
		int code = race_load(p, &word);

		/* A page without its data is one that a fault brought in. */
		check(code || word == RACE_STAMP(i),
		      "page %zu reads %#llx: gone, and back as a new page", i,
		      (unsigned long long)word);
		if (!code)
			code = race_store(p, RACE_STAMP(i));
		if (!code)
			continue;
		check(code == SEGV_MAPERR, "page %zu: SIGSEGV with si_code %d",
		      i, code);
		check(race_load(p, &word) && race_store(p, 1),
		      "page %zu was gone and is back", i);
	}
}

static void check_gone(struct race *r)
{
	uint64_t word;

	for (size_t i = 0; i < r->size; i += mem_page_size()) {
		int code = race_load(r->addr + i, &word);

		check(code == SEGV_MAPERR,
		      "page %zu after munmap(): si_code %d, not SEGV_MAPERR",
		      i / mem_page_size(), code);
	}
}

static void test_user(void)
{
	race_rounds(ROUNDS, SIZE, NULL, gone_for_good, check_gone);
}

/* The kernel on behalf of the thread: -EFAULT where it got SIGSEGV. */
static void kernel_faults(struct race *r)
{
	int zero = *(int *)r->arg;
	uint64_t word = 0;

	/* Nobody but the kernel touches the page before: zeroes into word 1. */
	if (read(zero, r->addr + sizeof(word), sizeof(word)) > 0) {
		check(race_load(r->addr, &word) || word == RACE_STAMP(0),
		      "read() brought in a new page");
		return;
	}
	check(errno == EFAULT, "read() into the range: %s", strerror(errno));
	/*
	 * User mode may still have the page where the kernel's walk has not:
	 * the zap flushes late, and the two need not share TLB entries (page
	 * table isolation; QEMU's TLB is one for each mode).  No promise is
	 * broken before munmap() returns.
	 */
	if (!race_meet(r))
		return;
	check(read(zero, r->addr, sizeof(word)) < 0 && errno == EFAULT,
	      "read() into what is gone: %s", strerror(errno));
	check(race_gone(r), "read() brought a page back");
}

static void test_kernel(void)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (zero < 0)
		zero = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	premise(zero >= 0, "nothing to read from");
	race_rounds_met(ROUNDS, SIZE, &zero, kernel_faults, check_gone);
}

/*
 * GUP goes by VMAs: once one page is gone, so are those that the zap has not come
 * to.  What is written to them would be lost, and reported as written.
 */
static void gup_page(const char *which, unsigned char *p, int mem)
{
	uint64_t word = 1;
	struct iovec local = { &word, sizeof(word) };
	struct iovec remote = { p, sizeof(word) };

	check(process_vm_writev(getpid(), &local, 1, &remote, 1, 0) < 0 &&
		      errno == EFAULT,
	      "process_vm_writev() into the %s page of what is gone: %s", which,
	      strerror(errno));
	check(process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0 &&
		      errno == EFAULT,
	      "process_vm_readv() of the %s page of what is gone: %s", which,
	      strerror(errno));
	check(pwrite(mem, &word, sizeof(word), (off_t)(uintptr_t)p) < 0,
	      "/proc/self/mem writes to the %s page of what is gone", which);
}

static void gup_first(struct race *r)
{
	if (!race_meet(r))
		return;
	gup_page("first", r->addr, *(int *)r->arg);
	check(race_gone(r), "GUP brought a page back");
}

static void gup_last(struct race *r)
{
	if (race_meet(r))
		gup_page("last", r->addr + r->size - mem_page_size(),
			 *(int *)r->arg);
}

/* madvise(2): ENOMEM for what is not mapped; EFAULT for SIGBUS on access. */
static void populate(struct race *r)
{
	if (!race_meet(r))
		return;
	check(madvise(r->addr, mem_page_size(), MADV_POPULATE_WRITE) < 0 &&
		      errno == ENOMEM,
	      "MADV_POPULATE_WRITE of what is gone: %s", strerror(errno));
	check(race_gone(r), "MADV_POPULATE_WRITE brought a page back");
}

/* khugepaged's way in: it looks VMAs up, and makes a page of what is not there. */
static void collapse(struct race *r)
{
	size_t huge = 2UL << 20;
	unsigned char *p = r->addr + (-(uintptr_t)r->addr & (huge - 1));
	uint64_t word;

	if (!race_meet(r))
		return;
	madvise(p, huge, MADV_COLLAPSE);
	check(race_load(p, &word) ||
		      word == RACE_STAMP((p - r->addr) / mem_page_size()),
	      "MADV_COLLAPSE brought in a new page");
	check(race_gone(r), "MADV_COLLAPSE brought a page back");
}

static void gup(size_t size, void (*intrude)(struct race *r))
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	premise(fd >= 0, "/proc/self/mem: %s", strerror(errno));
	race_rounds_met(ROUNDS, size, &fd, intrude, check_gone);
}

static void test_gup(void)
{
	gup(SIZE, gup_first);
}

static void test_gup_last(void)
{
	gup(RACE_TWO_BATCHES, gup_last);
}

static void test_populate(void)
{
	race_rounds_met(ROUNDS, SIZE, NULL, populate, check_gone);
}

static void test_collapse(void)
{
	race_rounds_met(ROUNDS, SIZE, NULL, collapse, check_gone);
}

static const struct conform_test tests[] = {
	{ "from user mode", test_user },
	{ "in copy_to_user()", test_kernel },
	{ "through GUP", test_gup },
	{ "through GUP, the last page", test_gup_last },
	{ "MADV_POPULATE_WRITE", test_populate },
	{ "MADV_COLLAPSE", test_collapse },
	{ 0 },
};

static const struct conform_property munmap_fault = {
	.number = 23,
	.name = "munmap-fault",
	.subject = "munmap",
	.tests = tests,
};

CONFORM_PROPERTY(munmap_fault);
