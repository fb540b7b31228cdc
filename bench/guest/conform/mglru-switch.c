// SPDX-License-Identifier: GPL-2.0-only
/*
 * 40. Switching MGLRU on or off while a memcg reclaims kills nothing that has
 * swap to go to.
 *
 * lru_gen_change_state() flips the static key that reclaim asks, then moves the
 * folios of one lruvec after the other from the lists that were in use to those
 * that will be, 4096 at a time with a cond_resched() in between.  Reclaim that
 * comes meanwhile looks at the new lists alone.  As long as they are empty it
 * makes no progress, try_charge_memcg() gives up after some retries, and the
 * OOM killer takes a task though all its memory could go to swap.
 *
 * A child writes to more memory than its memcg may have, again and again; swap
 * has room for all of it.  Meanwhile lru_gen/enabled is written by the parent, in
 * a memcg that comes first and has much to be moved.  The child has real-time
 * priority and sleeps for 100 us now and then, so that with one CPU, too, it runs
 * in the midst of a switch, at a cond_resched().
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/lru_gen.h"
#include "kernel/memcg.h"

#define ENABLED "/sys/kernel/mm/lru_gen/enabled"
#define LIMIT_PAGES 16384 /* four batches of MAX_LRU_BATCH */
#define PAGES (LIMIT_PAGES + LIMIT_PAGES / 4)
#define BALLAST_PAGES 32768
#define BURST 32
#define SWITCHES 40

struct writer {
	volatile size_t touched;
	volatile int stop;
	volatile size_t lost; /* pages that did not hold what was written */
	size_t pages;
};

static uint64_t stamp(size_t page, size_t round)
{
	return (uint64_t)page << 32 | (round + 1);
}

static void write_along(struct writer *w)
{
	const struct sched_param first = { .sched_priority = 1 };
	volatile uint64_t *word;
	struct mem_region r;

	if (mem_map(&r, "private", w->pages) ||
	    sched_setscheduler(0, SCHED_FIFO, &first))
		_exit(2);
	for (size_t round = 0; !w->stop; round++) {
		for (size_t i = 0; i < w->pages && !w->stop; i++) {
			if (i % BURST == 0)
				usleep(100);
			word = (uint64_t *)(r.addr + i * mem_page_size());
			if (round && word[0] != stamp(i, round - 1))
				w->lost++;
			word[0] = stamp(i, round);
			w->touched++;
		}
	}
	_exit(0);
}

static struct writer *start(size_t pages, pid_t *pid)
{
	struct writer *w = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct mem_region ballast;

	premise(lru_gen_enabled() >= 0, "this kernel has no MGLRU");
	conform_need_swap();
	/* The OOM killer's report must not be taken for a splat. */
	conform_set("/proc/sys/kernel/printk", "4");
	conform_group_set("memory.max", "67108864");
	premise(w != MAP_FAILED, "no memory");
	w->pages = pages;
	*pid = fork();
	if (!*pid)
		write_along(w);
	premise(*pid > 0 && !memcg_enter("run"), "cannot leave the group");
	ballast = conform_region("private", BALLAST_PAGES);
	premise(ballast.pages == BALLAST_PAGES, "no memory");
	for (int i = 0; i < 2000 && w->touched < LIMIT_PAGES / 2; i++)
		conform_sleep_ms(5);
	premise(w->touched >= LIMIT_PAGES / 2, "the child does not start");
	return w;
}

/* Its end, and what the kernel counted meanwhile. */
static void finish(struct writer *w, pid_t pid, unsigned int switches)
{
	unsigned long long killed, limit;
	size_t touched = w->touched;
	uint64_t events = 0, hits = 0;
	int status = 0;

	w->stop = 1;
	premise(waitpid(pid, &status, 0) == pid, "lost the child");
	memcg_event(conform_shared->group, "oom_kill", &events);
	memcg_event(conform_shared->group, "max", &hits);
	killed = events;
	limit = hits;
	conform_note("%u switches, %zu pages written, limit met %llu times",
		     switches, touched, limit);
	check(!killed,
	      "the OOM killer took %llu task(s) after %u switches, with swap "
	      "free for all of the group",
	      killed, switches);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "the child: %s %d",
	      WIFSIGNALED(status) ? "signal" : "exit",
	      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	check(!w->lost, "%zu pages read back something else", w->lost);
}

static unsigned int toggle(pid_t pid)
{
	int now = lru_gen_enabled();
	unsigned int n;
	siginfo_t info;

	conform_set(ENABLED, now ? "7" : "0"); /* put back at the end */
	for (n = 0; n < SWITCHES; n++) {
		info.si_pid = 0;
		if (!waitid(P_PID, (id_t)pid, &info,
			    WEXITED | WNOHANG | WNOWAIT) &&
		    info.si_pid)
			break;
		now = !now;
		premise(!file_write(ENABLED, now ? "7" : "0"), ENABLED);
		conform_sleep_ms(3 + n % 5);
	}
	return n;
}

/* The premise of the other: it is the switch that kills, not the limit. */
static void test_calm(void)
{
	pid_t pid;
	struct writer *w = start(PAGES, &pid);

	for (int i = 0; i < 4000 && w->touched < 4 * PAGES; i++)
		conform_sleep_ms(5);
	premise(w->touched >= 2 * PAGES, "too slow");
	finish(w, pid, 0);
}

static void test_pressure(void)
{
	pid_t pid;
	struct writer *w = start(PAGES, &pid);
	unsigned int n;

	for (int i = 0; i < 4000 && w->touched < PAGES; i++)
		conform_sleep_ms(5);
	n = toggle(pid);
	finish(w, pid, n);
}

/* With room for all of it nothing is reclaimed, and no page goes astray. */
static void test_room(void)
{
	pid_t pid;
	struct writer *w = start(LIMIT_PAGES / 2, &pid);
	unsigned int n = toggle(pid);

	finish(w, pid, n);
}

static const struct conform_test tests[] = {
	{ "no OOM kill where nothing is switched", test_calm },
	{ "no OOM kill over switches under pressure, with swap free",
	  test_pressure },
	{ "no OOM kill over switches where there is room", test_room },
	{ 0 },
};

static const struct conform_property mglru_switch = {
	.number = 40,
	.name = "mglru-switch",
	.subject = "mglru-switch",
	.tests = tests,
	.limit_s = 60,
};

CONFORM_PROPERTY(mglru_switch);
