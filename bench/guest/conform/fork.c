// SPDX-License-Identifier: GPL-2.0-only
/*
 * 3. fork() gives the child the mapping, empty.
 *
 * MAP_DROPPABLE implies VM_WIPEONFORK: dup_mmap() copies the VMA, gives it no
 * anon_vma of the parent and skips copy_page_range().  A secret (the state of
 * vDSO getrandom) is therefore never in two processes, and parent and child
 * drop independently.  vfork() and CLONE_VM share the mm: nothing is wiped.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define PAGES 512

static void empty_in_child(void *arg)
{
	struct mem_region *r = arg;

	check(conform_smaps_flag(r->addr, "dp") &&
		      conform_smaps_flag(r->addr, "wf"),
	      "the child's mapping has lost dp or wf");
	check(!conform_where(r).present, "%zu pages are present in the child",
	      conform_where(r).present);
	conform_zero(r, "fork");
	mem_fill(r);
	conform_intact(r, "a write in the child");
	conform_drops(r, "a write in the child");
}

static void test_fork(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_child_ok(empty_in_child, &r, "fork");
	check(conform_where(&r).present == PAGES,
	      "the child took %zu of the parent's pages",
	      PAGES - conform_where(&r).present);
	conform_intact(&r, "a child's life");
	conform_drops(&r, "a child's life");
}

static void second_generation(void *arg)
{
	struct mem_region *r = arg;

	mem_fill(r);
	conform_child_ok(empty_in_child, r, "fork of fork");
	conform_intact(r, "a grandchild's life");
	conform_drops(r, "a grandchild's life");
}

static void test_fork_of_fork(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_child_ok(second_generation, &r, "fork");
	conform_intact(&r, "two generations");
}

static void test_fork_after_drop(void)
{
	struct mem_region r = conform_region("droppable", PAGES);

	conform_drops(&r, "filling");
	conform_child_ok(empty_in_child, &r, "fork");
	conform_zero(&r, "a child's life");
	mem_fill(&r);
	conform_intact(&r, "a write after fork");
}

/* The parent's pressure must not reach what the child has written. */
static void wait_and_look(void *arg)
{
	struct mem_region *r = arg;

	mem_fill(r);
	kill(getpid(), SIGSTOP);
	conform_intact(r, "the parent's MADV_PAGEOUT");
}

static void test_independent(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		wait_and_look(&r);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	premise(WIFSTOPPED(status), "the child did not stop");
	conform_drops(&r, "fork");
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	check(!status, "the child lost its pages with the parent's");
}

static struct mem_region shared_mm;

static int look_in_same_mm(void *arg)
{
	(void)arg;
	return *(uint64_t *)shared_mm.addr != 0;
}

static void test_clone_vm(void)
{
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t pid;

	shared_mm = conform_region("droppable", PAGES);
	pid = clone(look_in_same_mm, stack + 65536, CLONE_VM | SIGCHLD, NULL);
	premise(pid > 0, "clone: %s", strerror(errno));
	waitpid(pid, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 1,
	      "CLONE_VM: the data is not there (status %#x)", status);
	pid = clone(look_in_same_mm, stack + 65536,
		    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	premise(pid > 0, "vfork: %s", strerror(errno));
	waitpid(pid, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 1,
	      "vfork: the data is not there (status %#x)", status);
	conform_intact(&shared_mm, "vfork and CLONE_VM");
	conform_drops(&shared_mm, "vfork and CLONE_VM");
}

/* MADV_DONTFORK wins: no mapping in the child, and it can be taken back. */
static void no_mapping(void *arg)
{
	struct mem_region *r = arg;

	check(!conform_smaps_size(r->addr), "MADV_DONTFORK: still mapped");
}

static void test_dontfork(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	size_t size = PAGES * mem_page_size();

	check(!madvise(r.addr, size, MADV_DONTFORK), "MADV_DONTFORK: %s",
	      strerror(errno));
	conform_child_ok(no_mapping, &r, "MADV_DONTFORK");
	check(!madvise(r.addr, size, MADV_DOFORK), "MADV_DOFORK: %s",
	      strerror(errno));
	conform_child_ok(empty_in_child, &r, "MADV_DOFORK");
	conform_intact(&r, "MADV_DONTFORK and MADV_DOFORK");
}

static const struct conform_test tests[] = {
	{ "empty in the child, untouched in the parent", test_fork },
	{ "fork of fork", test_fork_of_fork },
	{ "fork of a dropped mapping", test_fork_after_drop },
	{ "parent's pressure leaves the child alone", test_independent },
	{ "vfork and CLONE_VM share", test_clone_vm },
	{ "MADV_DONTFORK and back", test_dontfork },
	{ 0 },
};

static const struct conform_property fork_property = {
	.number = 3,
	.name = "fork",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(fork_property);
