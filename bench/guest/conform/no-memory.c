// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5. A fault that finds no memory sends no signal, and the task can be killed.
 *
 * handle_mm_fault() takes VM_FAULT_OOM out of the result for VM_DROPPABLE, so
 * the fault returns as if done and the instruction faults again, for as long
 * as nothing can be had.  In a memcg the charge comes first: at memory.max,
 * with nothing left to reclaim, try_charge_memcg() calls the memcg's OOM killer
 * before it returns -ENOMEM, so whether the faulting task gets a signal is
 * decided before VM_FAULT_OOM exists.
 *
 * Whether it is a busy loop was asked when the series was discussed ("page fault will
 * re-trigger again and again as no memory is available?"): bounded is less than
 * half of a CPU.  What lies outside of a memcg is no-page.c's.
 *
 * The group is filled with locked plain memory that belongs to this process,
 * which then leaves the group; only the faulting child is in it.  No swap, and
 * no droppable page yet: one that is there would be recycled for the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 64

struct faulter {
	volatile int ready, go;
	bool by_read; /* the kernel touches the memory, in read(2) */
	volatile size_t touched;
	pid_t pid;
};

static void fault_along(struct faulter *f)
{
	struct mem_region r;
	int fd;

	file_write("/proc/self/oom_score_adj", "-1000");
	mlockall(MCL_CURRENT); /* before: it would populate the mapping too */
	if (mem_map(&r, "droppable", PAGES))
		conform_skip("this kernel has no MAP_DROPPABLE");
	r.addr[0] = 1; /* the page table is there, and no page to recycle: */
	conform_pageout(&r);
	f->ready = 1;
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	while (!f->go)
		conform_sleep_ms(1);
	if (f->by_read && read(fd, r.addr, PAGES * mem_page_size()) > 0)
		f->touched = PAGES;
	for (size_t i = 1; i < PAGES; i++) {
		((volatile unsigned char *)r.addr)[i * mem_page_size()] = 1;
		f->touched = i;
	}
	for (;;)
		pause();
}

static void set_limit(uint64_t pages_below)
{
	char limit[32];

	snprintf(limit, sizeof(limit), "%" PRIu64,
		 conform_group_get("memory.current") -
			 pages_below * mem_page_size());
	conform_group_set("memory.max", limit);
}

/*
 * A child that waits to fault in a group that has no page left for it: the
 * limit is so far below what is charged that nothing freed by chance makes
 * room.  The OOM killer, which writing the limit calls too, is kept from it
 * until then; after that it is a task like any other unless @spared.
 */
static struct faulter *start(bool spared, bool by_read)
{
	struct mem_region probe = conform_region("droppable", 1);
	struct faulter *f = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct mem_region ballast;
	char path[64];
	pid_t pid;

	mem_unmap(&probe);
	/*
	 * The memcg OOM killer's report, with its call trace, is expected here
	 * and must not be taken for a splat: warnings stay off the console.
	 */
	conform_set("/proc/sys/kernel/printk", "4");
	conform_group_set("memory.swap.max", "0");
	ballast = conform_region("private", 1024);
	premise(!mlock(ballast.addr, 1024 * mem_page_size()), "mlock: %s",
		strerror(errno));
	premise(!mlockall(MCL_CURRENT), "mlockall: %s", strerror(errno));
	f->by_read = by_read;
	pid = fork();
	if (!pid)
		fault_along(f);
	f->pid = pid; /* the parent's word alone: @f is shared */
	for (int i = 0; i < 1000 && !f->ready; i++)
		conform_sleep_ms(5);
	premise(f->ready, "the faulting child does not start");
	premise(!memcg_enter("run"), "cannot leave the group");
	set_limit(64);
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)f->pid);
	premise(spared || !file_write(path, "0"), "%s", path);
	conform_sleep_ms(20);
	premise(!waitpid(f->pid, NULL, WNOHANG), "dead before its first fault");
	return f;
}

static uint64_t faults_of(pid_t pid)
{
	char path[64], buf[512], *p;
	uint64_t minflt = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, buf, sizeof(buf)) < 0 || !(p = strrchr(buf, ')')))
		return 0;
	sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64, &minflt);
	return minflt;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void alive(const struct faulter *f, const char *when)
{
	int status;

	if (waitpid(f->pid, &status, WNOHANG) != f->pid)
		return;
	check(!WIFSIGNALED(status), "%s: the faulting task got signal %d", when,
	      WTERMSIG(status));
	conform_fail("%s: the faulting task ended with %d", when,
		     WEXITSTATUS(status));
}

static void note_events(void)
{
	char path[256], buf[512];

	memcg_path(path, sizeof(path), conform_group(), "memory.events");
	if (file_read(path, buf, sizeof(buf)) < 0)
		return;
	for (char *c = buf; *c; c++)
		if (*c == '\n')
			*c = ' ';
	conform_note("memory.events: %s", buf);
}

/* Let it fault for a while; how often it tried. */
static void stuck(struct faulter *f)
{
	uint64_t before = faults_of(f->pid);
	double start = now_s();

	f->go = 1;
	conform_sleep_ms(200);
	note_events();
	alive(f, "memory.max reached, nothing to reclaim");
	conform_note("%.0f faults per second while stuck, %zu of %d pages got",
		     (double)(faults_of(f->pid) - before) / (now_s() - start),
		     f->touched, PAGES);
	premise(f->touched < PAGES - 1, "the group did not run out of memory");
}

static void test_signal(void)
{
	stuck(start(false, false));
}

/*
 * The fault that cannot be served is taken again at once or after a while: how much
 * of a CPU does a task burn that waits for memory?  One that sleeps between two
 * tries, be it for a tick, stays far below half of it.
 */
static void test_cpu(void)
{
	struct faulter *f = start(true, false);
	double wall, cpu;
	clockid_t clock;
	struct timespec a, b;

	premise(!clock_getcpuclockid(f->pid, &clock), "the child's CPU clock");
	stuck(f);
	clock_gettime(clock, &a);
	wall = now_s();
	conform_sleep_ms(1000);
	wall = now_s() - wall;
	clock_gettime(clock, &b);
	alive(f, "stuck for a second");
	premise(f->touched < PAGES - 1, "there was memory after all");
	cpu = (double)(b.tv_sec - a.tv_sec) +
	      (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	conform_note("%.3f s of CPU time in %.3f s", cpu, wall);
	premise(cpu < wall / 2 || conform_slowness() == 1,
		"%.0f %% of a CPU, where a try takes %u times as long and the tick between two does not",
		100 * cpu / wall, conform_slowness());
	check(cpu < wall / 2,
	      "stuck for want of memory, the task burns %.0f %% of a CPU",
	      100 * cpu / wall);
}

static void must_die(struct faulter *f)
{
	double start = now_s();
	int status;

	kill(f->pid, SIGKILL);
	for (int i = 0; i < 500; i++) {
		if (waitpid(f->pid, &status, WNOHANG) == f->pid) {
			conform_note("gone %.3f s after SIGKILL",
				     now_s() - start);
			return;
		}
		conform_sleep_ms(10);
	}
	conform_group_set("memory.max", "max"); /* so that it can end */
	waitpid(f->pid, &status, 0);
	conform_note("gone %.3f s after SIGKILL, with room again",
		     now_s() - start);
	conform_fail("alive and faulting %u s after SIGKILL",
		     5 * conform_slowness());
}

/* The OOM killer is told to leave this task alone: the fault itself is seen. */
static void test_kill(void)
{
	struct faulter *f = start(true, false);

	stuck(f);
	must_die(f);
}

/*
 * The same where the kernel writes into the mapping.  A signal is delivered on
 * the way back to user mode; here the instruction that faults again is in
 * copy_to_user(), so the fault itself has to give up when a SIGKILL is pending.
 */
static void test_kill_read(void)
{
	struct faulter *f = start(true, true);

	stuck(f);
	must_die(f);
}

/*
 * Nobody is spared: whether or not the OOM killer takes the task (that is the
 * first test's question), SIGKILL ends it.
 */
static void test_victim_read(void)
{
	struct faulter *f = start(false, true);

	f->go = 1;
	conform_sleep_ms(200);
	note_events();
	premise(f->touched < PAGES, "the group did not run out of memory");
	must_die(f);
}

/* With room again, the same fault goes on. */
static void test_resume(void)
{
	struct faulter *f = start(true, false);

	stuck(f);
	conform_group_set("memory.max", "max");
	for (int i = 0; i < 500 && f->touched < PAGES - 1; i++)
		conform_sleep_ms(10);
	alive(f, "with room again");
	check(f->touched == PAGES - 1, "with room again, the fault never ends");
}

static const struct conform_test tests[] = {
	{ "no signal to the faulting task", test_signal },
	{ "SIGKILL ends a stuck fault", test_kill },
	{ "SIGKILL ends a stuck read(2) into the mapping", test_kill_read },
	{ "the same for a task that may be the OOM killer's victim",
	  test_victim_read },
	{ "the fault goes on when there is memory", test_resume },
	{ "a stuck fault does not burn the CPU", test_cpu },
	{ 0 },
};

static const struct conform_property no_memory = {
	.number = 5,
	.name = "no-memory",
	.subject = "droppable",
	.tests = tests,
	.limit_s = 20,
};

CONFORM_PROPERTY(no_memory);
