// SPDX-License-Identifier: GPL-2.0-only
/*
 * 31. What signals a drop stays with the memory: for the kernel's own accesses, in
 * fork, where it is moved, protected and unmapped.
 *
 * The marker is an entry that is neither none nor present, and everybody who walks
 * page tables meets it.  GUP and copies to and from user space get EFAULT, not zeroes.
 * fork() wipes droppable memory, so the child has no marker.  move_ptes() takes it
 * along, change_pte_range() leaves it, and zap_pte_range() has to know it, or it warns
 * of an unrecognized swap entry and the task's end says "Bad rss-counter state".
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conform/lib/signals.h"
#include "kernel/file.h"

#define PAGES 512
#define TAINT_WARN 512
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* The first half dropped, the other there. */
static struct mem_region half_dropped(void)
{
	struct mem_region r = conform_signal_region(PAGES);
	struct mem_region half = mem_part(&r, 0, PAGES / 2);

	conform_gone(&half, "in the first half");
	return r;
}

static void halves(const struct mem_region *r, const char *when)
{
	struct mem_region rest = mem_part(r, PAGES / 2, PAGES / 2);
	struct mem_region half = mem_part(r, 0, PAGES / 2);

	conform_all_signal(&half, when);
	conform_no_signal(&rest, when);
	for (size_t i = 0; i < rest.pages; i++)
		check(*conform_word(&rest, i, 1), "page %zu is zero %s",
		      PAGES / 2 + i, when);
}

#define gets_efault(what, call)                                                \
	do {                                                                   \
		ssize_t n_;                                                    \
                                                                               \
		errno = 0;                                                     \
		n_ = (call);                                                   \
		check(n_ == -1 && errno == EFAULT, "%s: %zd (%s), not EFAULT", \
		      what, n_, strerror(errno));                              \
	} while (0)

static void test_kernel(void)
{
	struct mem_region r = half_dropped();
	char buf[64] = "what is written";
	struct iovec here = { buf, sizeof(buf) };
	struct iovec there = { r.addr + 64, sizeof(buf) };
	int fds[2];

	premise(!pipe(fds), "pipe: %s", strerror(errno));
	gets_efault("write(2) out of it", write(fds[1], r.addr, 64));
	premise(write(fds[1], buf, sizeof(buf)) == sizeof(buf), "pipe: %s",
		strerror(errno));
	gets_efault("read(2) into it", read(fds[0], r.addr + 4096, 64));
	gets_efault("process_vm_readv(2)",
		    process_vm_readv(getpid(), &here, 1, &there, 1, 0));
	gets_efault("process_vm_writev(2)",
		    process_vm_writev(getpid(), &here, 1, &there, 1, 0));
	check(!strcmp(buf, "what is written"), "the buffer was written to");
	halves(&r, "after the kernel's accesses");
}

static void child_is_wiped(void *arg)
{
	struct mem_region *r = arg;

	conform_no_signal(r, "in the child");
	conform_zero(r, "fork");
	mem_fill(r);
	conform_intact(r, "a write in the child");
	conform_gone(r, "in the child");
	conform_all_signal(r, "after a drop in the child");
}

static void test_fork(void)
{
	struct mem_region r = half_dropped();

	conform_child_ok(child_is_wiped, &r, "fork");
	halves(&r, "after a child's life");
}

/* @by: pages from a page table's beginning; 0 moves whole tables. */
static void move_to(size_t by)
{
	struct mem_region r = half_dropped();
	size_t size = PAGES * mem_page_size();
	unsigned char *to = mmap(NULL, 4 * size, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *at;

	premise(to != MAP_FAILED, "mmap: %s", strerror(errno));
	to += -(size_t)to % size + by * mem_page_size();
	at = mremap(r.addr, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	check(at == to, "mremap: %s", strerror(errno));
	r.addr = at;
	halves(&r, "after a move");
	at = mremap(r.addr, size, 3 * size / 2, MREMAP_MAYMOVE);
	check(at != MAP_FAILED, "mremap: %s", strerror(errno));
	r.addr = at;
	halves(&r, "after growing");
}

static void test_mremap(void)
{
	move_to(3);
}

static void test_mremap_table(void)
{
	move_to(0);
}

static void test_protect(void)
{
	struct mem_region r = half_dropped();
	size_t size = PAGES * mem_page_size();
	siginfo_t info;

	check(!mprotect(r.addr, size, PROT_NONE), "mprotect: %s",
	      strerror(errno));
	check(drop_touch(conform_word(&r, 1, 0), false, &info) == SIGSEGV,
	      "PROT_NONE: signal %d, not SIGSEGV", info.si_signo);
	check(!mprotect(r.addr, size, PROT_READ), "mprotect: %s",
	      strerror(errno));
	check(drop_touch(conform_word(&r, 1, 0), false, &info) == SIGBUS,
	      "PROT_READ: signal %d, not SIGBUS", info.si_signo);
	check(!mprotect(r.addr, size, PROT_READ | PROT_WRITE), "mprotect: %s",
	      strerror(errno));
	halves(&r, "after mprotect");
}

static void test_advice(void)
{
	static const int advice[] = { MADV_WILLNEED, MADV_COLD, MADV_RANDOM,
				      MADV_NORMAL, MADV_HUGEPAGE };
	struct mem_region r = half_dropped();
	struct mem_region half = mem_part(&r, 0, PAGES / 2);

	for (size_t i = 0; i < sizeof(advice) / sizeof(*advice); i++) {
		check(!conform_advise(&r, advice[i]), "madvise %d: %s",
		      advice[i], strerror(errno));
		halves(&r, "after an advice");
	}
	conform_advise(&half, MADV_PAGEOUT);
	conform_advise(&half, MADV_FREE);
	conform_advise(&half, MADV_COLLAPSE);
	halves(&r, "after MADV_FREE and MADV_COLLAPSE");
}

static void unmap_some(void *arg)
{
	struct mem_region r = half_dropped();
	size_t size = mem_page_size();

	(void)arg;
	check(!munmap(r.addr + 16 * size, 32 * size), "munmap: %s",
	      strerror(errno));
	conform_signals(&r, 15, "beside a hole");
	conform_signals(&r, 48, "beside a hole");
	mem_unmap(&r);
	r = half_dropped(); /* exit unmaps this one */
}

static uint64_t taint(void)
{
	uint64_t value = 0;

	premise(!file_read_u64("/proc/sys/kernel/tainted", &value),
		"/proc/sys/kernel/tainted");
	return value;
}

static void test_unmap(void)
{
	uint64_t before = taint();

	conform_child_ok(unmap_some, NULL, "munmap and exit");
	premise(!(before & TAINT_WARN), "this kernel has warned before");
	check(!(taint() & TAINT_WARN), "munmap or exit warned");
}

static const struct conform_test tests[] = {
	/* First: the others unmap as well, and a kernel warns once. */
	{ "munmap and exit leave no warning", test_unmap },
	{ "read(2), write(2), process_vm_* get EFAULT", test_kernel },
	{ "fork gives an empty mapping without signals", test_fork },
	{ "mremap, entry by entry", test_mremap },
	{ "mremap, whole page tables", test_mremap_table },
	{ "mprotect and back", test_protect },
	{ "madvise that is about something else", test_advice },
	{ 0 },
};

static const struct conform_property drop_marker = {
	.number = 31,
	.name = "drop-marker",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(drop_marker);
