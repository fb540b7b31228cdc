// SPDX-License-Identifier: GPL-2.0-only
/*
 * 41. Whoever takes ever more memory is OOM killed when swap is used up, not before.
 *
 * There are public reports of OOM kills under MGLRU with more than half of swap free,
 * of a single task that takes all it can get as much as of many that keep writing
 * to what they have.  What could bring it about, from the source: the two youngest
 * generations are not evicted from (MIN_NR_GENS), so that direct reclaim has to age
 * first; one task walks the page tables, and for others that come meanwhile
 * try_to_inc_max_seq() returns false and get_nr_to_scan() 0.
 *
 * The greedy tasks take memory page by page and look now and then at how much of swap
 * is free; the least until the first of them is killed is judged.  Data compresses to half, so
 * zram itself does not run out of memory.  The others write to all that they have,
 * more than the limit but less than there is swap for, and must live.
 *
 * lru_gen/min_ttl_ms stays 0: with it a kill with swap free is what is asked for.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define MAX_TASKS 16
#define LOOK_EVERY 256 /* pages */
#define LEFT_PERCENT 10 /* of swap, at most, when somebody is killed */

struct shape {
	unsigned int tasks;
	size_t pages; /* of each task; 0: greedy */
	size_t locked; /* of the first task, in addition */
	size_t limit; /* of the group, in pages; 0: none */
	unsigned int rounds;
};

static volatile uint64_t *swap_left; /* kB, the least that a task has seen */

static uint64_t swap_kb(const char *field)
{
	return conform_kb_of("/proc/meminfo", field);
}

static void look(void)
{
	uint64_t left = swap_kb("SwapFree");

	if (left < *swap_left)
		*swap_left = left;
}

static void take_all(void)
{
	struct mem_region r;

	for (;;) {
		if (mem_map(&r, "private", LOOK_EVERY) || mem_fill(&r))
			_exit(2);
		look();
	}
}

static void write_hot(const struct shape *s, bool first)
{
	struct mem_region r, l;

	if (first && s->locked &&
	    (mem_map(&l, "private", s->locked) || mem_fill(&l) ||
	     mlock(l.addr, l.pages * mem_page_size())))
		_exit(2);
	if (mem_map(&r, "private", s->pages))
		_exit(2);
	for (unsigned int round = 0; round < s->rounds; round++) {
		for (size_t i = 0; i < r.pages; i++)
			*(volatile uint64_t *)(r.addr + i * mem_page_size()) =
				round + 1;
		look();
	}
	_exit(0);
}

static void set_up(const struct shape *s)
{
	char text[32];

	conform_need_swap();
	swap_left = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	premise(swap_left != MAP_FAILED, "no memory");
	*swap_left = swap_kb("SwapTotal");
	/* The OOM killer's report must not be taken for a splat. */
	conform_set("/proc/sys/kernel/printk", "4");
	conform_group();
	if (!s->limit)
		return;
	snprintf(text, sizeof(text), "%" PRIu64,
		 (uint64_t)(s->limit + 256) * mem_page_size());
	conform_group_set("memory.max", text);
}

/* The number of tasks that a signal ended. */
static unsigned int run(const struct shape *s)
{
	unsigned int killed = 0, n;
	pid_t pid[MAX_TASKS];
	int status;

	set_up(s);
	for (n = 0; n < s->tasks; n++) {
		pid[n] = fork();
		premise(pid[n] >= 0, "fork");
		if (pid[n])
			continue;
		file_write("/proc/self/oom_score_adj", "1000");
		if (s->pages)
			write_hot(s, !n);
		take_all();
	}
	for (n = 0; n < s->tasks; n++) {
		premise(waitpid(-1, &status, 0) > 0, "lost a task");
		premise(!WIFEXITED(status) || WEXITSTATUS(status) != 2,
			"a task has no memory to begin with");
		killed += WIFSIGNALED(status);
		/* With one of them gone, and its swap, nothing is judged. */
		for (unsigned int k = 0; k < s->tasks && !s->pages; k++)
			kill(pid[k], SIGKILL);
	}
	return killed;
}

static void greedy(const struct shape *s)
{
	unsigned int killed = run(s);
	uint64_t total = swap_kb("SwapTotal"), left = *swap_left;

	conform_note("%" PRIu64 " of %" PRIu64 " kB of swap were free", left,
		     total);
	premise(killed, "nobody was killed");
	check(left * 100 <= total * LEFT_PERCENT,
	      "OOM kill with %" PRIu64 " %% of swap free", left * 100 / total);
}

static void hot(const struct shape *s)
{
	unsigned int killed = run(s);
	uint64_t total = swap_kb("SwapTotal"), left = *swap_left;

	check(!killed,
	      "the OOM killer took %u of %u tasks, %" PRIu64
	      " %% of swap was free",
	      killed, s->tasks, left * 100 / total);
}

static void test_greedy(void)
{
	greedy(&(struct shape){ .tasks = 1 });
}

static void test_greedy_group(void)
{
	greedy(&(struct shape){ .tasks = 1, .limit = 16384 });
}

static void test_greedy_many(void)
{
	greedy(&(struct shape){ .tasks = 8, .limit = 16384 });
}

static void test_many(void)
{
	hot(&(struct shape){ 8, 2560, 0, 16384, 6 });
}

static void test_small(void)
{
	hot(&(struct shape){ 8, 512, 0, 1024, 6 });
}

static void test_locked(void)
{
	hot(&(struct shape){ 2, 2048, 15000, 16000, 6 });
}

static void test_swappiness(void)
{
	conform_set("/proc/sys/vm/swappiness", "1");
	hot(&(struct shape){ 4, 2560, 0, 8192, 4 });
}

static const struct conform_test tests[] = {
	{ "one task takes all of the machine's memory", test_greedy },
	{ "one task takes all of its group's memory", test_greedy_group },
	{ "eight tasks take all of their group's memory", test_greedy_many },
	{ "8 tasks write to 1.25 times the limit", test_many },
	{ "8 tasks write to 4 times a small limit", test_small },
	{ "most of the group is locked", test_locked },
	{ "swappiness 1", test_swappiness },
	{ 0 },
};

static const struct conform_property mglru_early_oom = {
	.number = 41,
	.name = "mglru-early-oom",
	.subject = "mglru-early-oom",
	.tests = tests,
	.limit_s = 120,
};

CONFORM_PROPERTY(mglru_early_oom);
