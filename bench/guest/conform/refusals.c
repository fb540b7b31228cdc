// SPDX-License-Identifier: GPL-2.0-only
/*
 * 7. What does not go together is refused with the errno of mmap(2) and
 * madvise(2): EINVAL throughout.
 *
 * The mapping type is the low four bits of the flags; MAP_DROPPABLE is one of
 * the values, not a bit to add, so every combination with another type is an
 * unknown type.  do_mmap() knows it for anonymous memory only, and
 * MAP_HUGETLB makes a file of the mapping.  madvise must not take back what the
 * type implies.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define DROPPABLE 0x08
#define PAGES 64

static void need_droppable(void)
{
	struct mem_region r = conform_region("droppable", 1);

	mem_unmap(&r);
}

static void refused(int flags, int fd, const char *what)
{
	void *p;

	errno = 0;
	p = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, flags, fd, 0);
	check(p == MAP_FAILED, "%s is accepted", what);
	check(errno == EINVAL, "%s: %s instead of EINVAL", what,
	      strerror(errno));
}

static void test_mmap(void)
{
	need_droppable();
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_LOCKED, -1, "MAP_LOCKED");
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_HUGETLB, -1, "MAP_HUGETLB");
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_GROWSDOWN, -1, "MAP_GROWSDOWN");
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_SHARED, -1, "MAP_SHARED");
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_PRIVATE, -1, "MAP_PRIVATE");
	refused(MAP_ANONYMOUS | DROPPABLE | MAP_SHARED_VALIDATE, -1,
		"MAP_SHARED_VALIDATE");
}

static void test_file(void)
{
	int fd = memfd_create("conform", MFD_CLOEXEC);

	need_droppable();
	premise(fd >= 0 && !ftruncate(fd, 2 << 20), "memfd: %s",
		strerror(errno));
	refused(DROPPABLE, fd, "a memfd");
	close(fd);
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	refused(DROPPABLE, fd, "a file");
}

static void advice(int how, const char *name, const char *flag)
{
	struct mem_region r = conform_region("droppable", PAGES);
	struct mem_region plain = conform_region("private", PAGES);
	size_t size = PAGES * mem_page_size();
	int ret;

	premise(!madvise(plain.addr, size, how), "plain memory: %s: %s", name,
		strerror(errno));
	errno = 0;
	ret = madvise(r.addr, size, how);
	check(ret, "%s is accepted", name);
	check(errno == EINVAL, "%s: %s instead of EINVAL", name,
	      strerror(errno));
	check(conform_smaps_flag(r.addr, flag), "%s took %s away", name, flag);
	conform_intact(&r, "a refused advice");
	conform_drops(&r, "a refused advice");
}

static void test_keeponfork(void)
{
	advice(MADV_KEEPONFORK, "MADV_KEEPONFORK", "wf");
}

static void test_dodump(void)
{
	advice(MADV_DODUMP, "MADV_DODUMP", "dd");
}

static void write_shared(void *arg)
{
	*(volatile uint64_t *)((struct mem_region *)arg)->addr = 42;
}

/* MAP_SHARED means what it did: one memory for parent and child. */
static void test_shared(void)
{
	struct mem_region r = conform_region("shmem", PAGES);
	void *p;

	conform_child_ok(write_shared, &r, "a child that writes");
	check(*(uint64_t *)r.addr == 42, "MAP_SHARED is not shared");
	check(!conform_smaps_flag(r.addr, "wf"), "MAP_SHARED has wf");
	p = mmap(NULL, mem_page_size(), PROT_READ, MAP_ANONYMOUS, -1, 0);
	check(p == MAP_FAILED && errno == EINVAL, "no type at all is accepted");
}

static const struct conform_test tests[] = {
	{ "mmap with flags and types that do not fit", test_mmap },
	{ "mmap of a file", test_file },
	{ "MADV_KEEPONFORK", test_keeponfork },
	{ "MADV_DODUMP", test_dodump },
	{ "MAP_SHARED as before", test_shared },
	{ 0 },
};

static const struct conform_property refusals = {
	.number = 7,
	.name = "refusals",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(refusals);
