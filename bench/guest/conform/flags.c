// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6. What the mapping implies: smaps flags, no core dump, no commit charge.
 *
 * do_mmap() adds VM_DROPPABLE (dp), VM_WIPEONFORK (wf), VM_DONTDUMP (dd) and
 * VM_NORESERVE (nr).  vma_dump_size() skips VM_DONTDUMP.  accountable_mapping()
 * charges a private writable mapping unless VM_NORESERVE is set, and do_mmap()
 * takes MAP_NORESERVE from users under overcommit_memory=2 but leaves the flag
 * that MAP_DROPPABLE implies: strict overcommit does not charge it either.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define PAGES 4096
#define CORE "/tmp/conform.core"

static void test_smaps(void)
{
	struct mem_region r = conform_region("droppable", 64);
	struct mem_region plain = conform_region("private", 64);
	static const char *const flags[] = { "dp", "wf", "dd", "nr" };

	for (size_t i = 0; i < 4; i++) {
		check(conform_smaps_flag(r.addr, flags[i]), "smaps has no %s",
		      flags[i]);
		check(!conform_smaps_flag(plain.addr, flags[i]),
		      "plain memory has %s", flags[i]);
	}
}

/* The words are computed, so that they stand nowhere but in the mappings. */
static void put_words(struct mem_region *r, volatile uint64_t seed)
{
	uint64_t *p = (void *)r->addr;

	for (size_t i = 0; i < r->pages * mem_page_size() / 8; i++)
		p[i] = (seed ^ 0x5bd1e995a3c59ac3ULL) * 0x9e3779b97f4a7c15ULL;
}

static size_t count_words(const char *path, uint64_t seed)
{
	uint64_t word = (seed ^ 0x5bd1e995a3c59ac3ULL) * 0x9e3779b97f4a7c15ULL;
	uint64_t buf[512];
	size_t found = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	premise(fd >= 0, "no core file: %s", strerror(errno));
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (size_t i = 0; i < (size_t)n / 8; i++)
			found += buf[i] == word;
	close(fd);
	return found;
}

static void dump_core(void *arg)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	struct mem_region r, plain;

	(void)arg;
	r = conform_region("droppable", 64);
	plain = conform_region("private", 64);
	put_words(&r, 1);
	put_words(&plain, 2);
	setrlimit(RLIMIT_CORE, &limit);
	abort();
}

static void test_core(void)
{
	size_t words = 64 * mem_page_size() / 8, plain, droppable;
	int status;

	conform_set("/proc/sys/kernel/core_pattern", CORE);
	conform_set("/proc/sys/kernel/core_uses_pid", "0");
	unlink(CORE);
	status = conform_child(dump_core, NULL);
	premise(WIFSIGNALED(status) && WCOREDUMP(status),
		"no core was dumped (status %#x)", status);
	plain = count_words(CORE, 2);
	droppable = count_words(CORE, 1);
	unlink(CORE);
	premise(plain >= words, "plain memory is not in the core");
	/* A register or a stack slot may still hold the word. */
	check(droppable < 64, "%zu words of droppable memory are in the core",
	      droppable);
}

static uint64_t committed_kb(void)
{
	return conform_kb_of("/proc/meminfo", "Committed_AS");
}

/* Committed_AS sums per-CPU batches: 64 MiB stand out of that noise. */
static void commits(const char *mode)
{
	size_t size = 4 * PAGES * mem_page_size();
	uint64_t before, kb = size / 1024;
	struct mem_region r;
	void *plain;

	conform_region("droppable", 1);
	conform_set("/proc/sys/vm/overcommit_memory", mode);
	before = committed_kb();
	plain = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	premise(plain != MAP_FAILED && committed_kb() - before > kb / 2,
		"plain memory is not charged in mode %s", mode);
	munmap(plain, size);
	before = committed_kb();
	check(!mem_map(&r, "droppable", 4 * PAGES), "mmap in mode %s: %s", mode,
	      strerror(errno));
	check(committed_kb() < before + kb / 2,
	      "mode %s charges %" PRIu64 " kB for %" PRIu64 " kB", mode,
	      committed_kb() - before, kb);
	check(!mprotect(r.addr, size, PROT_READ) &&
		      !mprotect(r.addr, size, PROT_READ | PROT_WRITE),
	      "mprotect: %s", strerror(errno));
	check(committed_kb() < before + kb / 2, "mprotect in mode %s charges",
	      mode);
	mem_unmap(&r);
	check(committed_kb() + kb / 2 > before,
	      "munmap in mode %s uncharges what was never charged", mode);
}

static void test_overcommit(void)
{
	commits("0");
}

static void test_strict(void)
{
	commits("2");
}

static const struct conform_test tests[] = {
	{ "dp, wf, dd and nr in smaps", test_smaps },
	{ "not in a core dump", test_core },
	{ "not charged with overcommit_memory=0", test_overcommit },
	{ "not charged with overcommit_memory=2", test_strict },
	{ 0 },
};

static const struct conform_property flags_property = {
	.number = 6,
	.name = "flags",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(flags_property);
