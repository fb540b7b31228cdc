// SPDX-License-Identifier: GPL-2.0-only
/*
 * 90. Everything at once, for a debug kernel to watch.
 *
 * Not part of the ordinary matrix: what is looked for is a splat (KASAN,
 * lockdep, page table check, Bad rss-counter, a leak), not a promise.  Several
 * processes with two threads each work on droppable mappings of their own in
 * one memcg: faults race with reclaim of the whole group, with mremap, munmap,
 * madvise and fork of their own process.  Then groups are killed and run into
 * their limit while they fault, and their memcg goes offline.
 *
 * A page may be dropped at any time, so a word of it is zero or what this
 * process wrote; anything else is foreign.  A thread that touches what the
 * other has just unmapped gets SIGSEGV and goes on.  The number of rounds is
 * bounded and the choices come from a fixed seed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define PROCESSES 3
#define THREADS 2
#define ROUNDS 60
#define SLOTS 4
#define SLOT_PAGES 64
#define GROUP_ROUNDS 8
#define OOM_WAITS 25 /* times 20 ms: an OOM kill takes a few of them */

struct worker {
	unsigned char *arena;
	uint64_t tag, seed;
};

static __thread sigjmp_buf back;

static void on_segv(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t slot_size(void)
{
	return SLOT_PAGES * mem_page_size();
}

static void map_slot(unsigned char *addr)
{
	check(mmap(addr, slot_size(), PROT_READ | PROT_WRITE,
		   MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == addr,
	      "mmap over a slot: %s", strerror(errno));
}

static unsigned char *map_arena(void)
{
	struct mem_region probe = conform_region("droppable", 1);
	unsigned char *arena;

	mem_unmap(&probe);
	arena = mmap(NULL, SLOTS * slot_size(), PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(arena != MAP_FAILED, "mmap: %s", strerror(errno));
	for (size_t i = 0; i < SLOTS; i++)
		map_slot(arena + i * slot_size());
	return arena;
}

/* One word of a page, written or not, then read. */
static void touch_word(struct worker *w, volatile uint64_t *word)
{
	uint64_t seen;

	if (sigsetjmp(back, 1))
		return;
	if (w->seed & 1)
		*word = w->tag;
	seen = *word;
	check(!seen || seen == w->tag, "foreign data: %#llx",
	      (unsigned long long)seen);
}

static void touch(struct worker *w, unsigned char *slot)
{
	for (int i = 0; i < 24; i++)
		touch_word(w, (volatile uint64_t *)slot +
				      next(&w->seed) % slot_size() /
					      sizeof(uint64_t));
}

/* The child starts empty, lives on its own pages and ends on its own or not. */
static void fork_one(struct worker *w)
{
	pid_t pid = fork();
	int status;

	check(pid >= 0, "fork: %s", strerror(errno));
	if (!pid) {
		w->tag = ~w->tag;
		for (size_t i = 0; i < SLOTS; i++)
			touch(w, w->arena + i * slot_size());
		_exit(0);
	}
	if (next(&w->seed) & 1)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	check(!WIFEXITED(status) || !WEXITSTATUS(status), "in a child");
}

static void change(struct worker *w, unsigned char *slot)
{
	static const int advice[] = { MADV_PAGEOUT,  MADV_COLD,
				      MADV_DONTNEED, MADV_FREE,
				      MADV_COLLAPSE, MADV_POPULATE_WRITE,
				      MADV_HUGEPAGE, MADV_POPULATE_READ };
	unsigned char *other = w->arena + next(&w->seed) % SLOTS * slot_size();
	size_t half = slot_size() / 2;

	switch (next(&w->seed) % 6) {
	case 0: /* moves over the other slot; its own place is mapped anew */
		if (slot != other &&
		    mremap(slot, slot_size(), slot_size(),
			   MREMAP_MAYMOVE | MREMAP_FIXED, other) == other)
			map_slot(slot);
		break;
	case 1: /* a hole in the middle, and filled again */
		munmap(slot + half / 2, half);
		map_slot(slot);
		break;
	case 2: /* split and merged */
		mprotect(slot, half, PROT_READ);
		mprotect(slot, half, PROT_READ | PROT_WRITE);
		break;
	case 3:
		fork_one(w);
		break;
	case 4:
		memcg_reclaim(conform_group(), slot_size());
		break;
	default:
		madvise(slot, slot_size(), advice[next(&w->seed) % 8]);
	}
}

static void *thread(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		touch(w, w->arena + next(&w->seed) % SLOTS * slot_size());
		change(w, w->arena + next(&w->seed) % SLOTS * slot_size());
	}
	return NULL;
}

static void process(void *arg)
{
	uint64_t tag = *(uint64_t *)arg;
	struct worker w[THREADS];
	pthread_t id[THREADS];
	struct mem_region all;

	signal(SIGSEGV, on_segv);
	all = (struct mem_region){ .addr = map_arena(),
				   .pages = SLOTS * SLOT_PAGES,
				   .kind = "droppable" };
	for (unsigned int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ .arena = all.addr,
					.tag = tag,
					.seed = tag * 16 + i + 1 };
		check(!pthread_create(&id[i], NULL, thread, &w[i]),
		      "no thread");
	}
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	check(!conform_where(&all).swapped, "pages are in swap");
}

/* Two vCPUs at least, or nothing races. */
static void need_cpus(void)
{
	premise(sysconf(_SC_NPROCESSORS_ONLN) > 1,
		"one CPU is online: nothing runs at the same time");
}

static void test_all_at_once(void)
{
	pid_t pids[PROCESSES];
	int status;

	need_cpus();
	for (uint64_t i = 0; i < PROCESSES; i++) {
		uint64_t tag = 0x5eed0000 + i;

		fflush(NULL);
		pids[i] = fork();
		check(pids[i] >= 0, "fork: %s", strerror(errno));
		if (!pids[i]) {
			process(&tag);
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		waitpid(pids[i], &status, 0);
		check(!status, "process %d ended with %#x", i, status);
	}
}

/* In a group of its own: fault droppable memory, and plain memory with it. */
static void fault_until_killed(const char *group, bool plain)
{
	struct mem_region d, p;

	memcg_enter(group);
	file_write("/proc/self/oom_score_adj", "1000");
	if (mem_map(&d, "droppable", 512) || mem_map(&p, "private", 4096))
		_exit(1);
	for (size_t i = 0;; i++) {
		d.addr[i % d.pages * mem_page_size()] = 1;
		if (plain)
			p.addr[i % p.pages * mem_page_size()] = 1;
	}
}

/*
 * Who faults droppable memory need not bring on the OOM killer (no-memory.c): a group
 * that two such tasks have filled may wait for ever, so in the end it is killed.
 */
static int wait_or_kill(pid_t pid, const char *kill)
{
	int status;

	for (int i = 0; i < OOM_WAITS; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		conform_sleep_ms(20);
	}
	file_write(kill, "1");
	waitpid(pid, &status, 0);
	return status;
}

static void group_round(unsigned int n, bool by_oom)
{
	char group[32], path[256];
	pid_t pids[2];
	int status;

	snprintf(group, sizeof(group), "stress-%u", n);
	check(!memcg_create(group), "no group %s", group);
	if (by_oom) {
		memcg_path(path, sizeof(path), group, "memory.swap.max");
		file_write(path, "0");
		memcg_path(path, sizeof(path), group, "memory.max");
		file_write(path, "4M");
	}
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (!pids[i])
			fault_until_killed(group, by_oom);
	}
	conform_sleep_ms(20 + n * 7);
	memcg_reclaim(group, 256 * mem_page_size());
	memcg_path(path, sizeof(path), group, "cgroup.kill");
	if (!by_oom)
		file_write(path, "1");
	for (int i = 0; i < 2; i++) {
		status = wait_or_kill(pids[i], path);
		check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		      "round %u: ended with %#x", n, status);
	}
	snprintf(path, sizeof(path), MEMCG_TOP "/%s", group);
	for (int i = 0; rmdir(path) && errno == EBUSY && i < 100; i++)
		conform_sleep_ms(10);
}

/* In groups of their own, and not one of them without droppable memory. */
static void need_droppable(void)
{
	struct mem_region probe = conform_region("droppable", 1);

	mem_unmap(&probe);
}

static void test_group_killed(void)
{
	need_cpus();
	conform_group();
	need_droppable();
	for (unsigned int n = 0; n < GROUP_ROUNDS; n++)
		group_round(n, false);
}

static void test_group_oom(void)
{
	need_cpus();
	conform_group();
	need_droppable();
	/* The OOM killer's report is expected, as in no-memory.c. */
	conform_set("/proc/sys/kernel/printk", "4");
	for (unsigned int n = 0; n < GROUP_ROUNDS; n++)
		group_round(n, true);
}

static const struct conform_test tests[] = {
	{ "faults, fork, mremap, madvise and reclaim at once",
	  test_all_at_once },
	{ "groups killed while they fault", test_group_killed },
	{ "groups out of memory while they fault", test_group_oom },
	{ 0 },
};

static const struct conform_property stress = {
	.number = 90,
	.name = "stress",
	.subject = "droppable",
	.tests = tests,
	.limit_s = 120,
};

CONFORM_PROPERTY(stress);
