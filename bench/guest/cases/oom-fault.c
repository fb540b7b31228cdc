// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on droppable memory in a memcg that has nothing left to give: how fast
 * the task tries again, how soon SIGKILL ends it, what a neighbour feels.
 *
 * Path: handle_mm_fault() takes VM_FAULT_OOM away from a droppable fault, so the
 * store faults again and again: charge, try_charge_memcg() -> reclaim that finds
 * nothing -> mem_cgroup_oom() -> out_of_memory(), which with no victim left
 * prints the group's state (not on the console: the loglevel is lowered).  The
 * group is filled with locked memory of a process that then leaves it.
 *
 * victim=none: the OOM killer may take nobody (oom_score_adj -1000); windows of
 * 40 ms first quiet, then stuck (a window lasts longer when the watching task
 * does not get the CPU back).  The neighbour runs a loop of system calls that
 * allocate nothing; with one CPU twice the time a turn is its fair share and
 * what is beyond comes from the stuck task's time in the kernel, as does the
 * longest turn.  victim=neighbour: the OOM killer may take it, and it is looked
 * at whether it does.
 *
 * Not in it: the same in copy_to_user() (mmconform no-memory).  Moved by
 * what decides in the fault or in reclaim that there is no memory.
 *
 * Validated against /proc/vmstat: pgfault rises by the refaults and 10 more (386
 * and 396 on swapbacked-flag, seed 1), and oom in memory.events with them.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "run/clock.h"

#define GROUP "oom"
#define PRINTK "/proc/sys/kernel/printk"
#define BALLAST_PAGES 1024
#define FAULT_PAGES 64
#define BELOW_PAGES 64 /* so that nothing freed by chance makes room */
#define QUIET_WINDOWS 4
#define STUCK_WINDOWS 8
#define WINDOW_MS 40
#define KILL_LIMIT_S 5

struct shared {
	volatile int faulter_ready, neighbour_ready, go, tries;
	volatile uint64_t touched, turns, longest;
};

static struct shared *shared;
static struct mem_region ballast;
static pid_t faulter, neighbour;
static char loglevel[8];

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return QUIET_WINDOWS + STUCK_WINDOWS;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000L };

	nanosleep(&ts, NULL);
}

static void fault_along(void)
{
	struct mem_region r;

	mlockall(MCL_CURRENT); /* before: it would populate the mapping too */
	if (mem_map(&r, "droppable", FAULT_PAGES + 1))
		_exit(1);
	/* The page table is there, and no page that could be recycled. */
	r.addr[0] = 1;
	madvise(r.addr, mem_page_size(), MADV_DONTNEED);
	shared->faulter_ready = 1;
	while (!shared->go)
		sleep_ms(1);
	shared->tries = 1;
	for (size_t i = 0; i < FAULT_PAGES; i++) {
		((volatile unsigned char *)r.addr)[i * mem_page_size()] = 1;
		shared->touched = i + 1;
	}
	for (;;)
		pause();
}

static void live_along(void)
{
	uint64_t last, now;

	mlockall(MCL_CURRENT);
	shared->neighbour_ready = 1;
	for (last = clock_now();; last = now) {
		for (int i = 0; i < 16; i++)
			getppid();
		shared->turns++;
		now = clock_now();
		if (now - last > shared->longest)
			shared->longest = now - last;
	}
}

static int start(pid_t *pid, void (*fn)(void))
{
	*pid = fork();
	if (*pid < 0)
		return -errno;
	if (!*pid) {
		file_write("/proc/self/oom_score_adj", "-1000");
		fn();
	}
	return 0;
}

static int group_set(const char *file, uint64_t value)
{
	char path[128], text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	memcg_path(path, sizeof(path), GROUP, file);
	return file_write(path, value == UINT64_MAX ? "max" : text);
}

/* Locked memory of the group, charged to it for good. */
static int fill_group(void)
{
	int err;

	err = memcg_create(GROUP);
	if (!err)
		err = group_set("memory.swap.max", 0);
	if (!err)
		err = memcg_enter(GROUP);
	if (!err)
		err = mem_map(&ballast, "private", BALLAST_PAGES);
	if (!err)
		err = mem_fill(&ballast);
	if (!err && mlock(ballast.addr, BALLAST_PAGES * mem_page_size()))
		err = -errno;
	if (!err)
		err = start(&faulter, fault_along);
	if (!err)
		err = start(&neighbour, live_along);
	for (int i = 0; i < 1000 && !err; i++) {
		if (shared->faulter_ready && shared->neighbour_ready)
			break;
		sleep_ms(5);
	}
	return err ? err : memcg_enter("run");
}

static int close_group(struct bench_ctx *ctx)
{
	uint64_t current;
	char path[64];
	int err;

	err = memcg_current(GROUP, &current);
	if (!err)
		err = group_set("memory.max",
				current - BELOW_PAGES * mem_page_size());
	if (!err && !strcmp(bench_opt(ctx, "victim"), "neighbour")) {
		snprintf(path, sizeof(path), "/proc/%d/oom_score_adj",
			 (int)neighbour);
		err = file_write(path, "0");
	}
	if (!err && (!shared->faulter_ready || !shared->neighbour_ready ||
		     waitpid(faulter, NULL, WNOHANG) ||
		     waitpid(neighbour, NULL, WNOHANG)))
		err = -ECHILD;
	return err ? bench_fail(ctx, err, "premise: the group and its tasks")
		   : 0;
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	char text[64];
	int err;

	err = mem_map(&probe, "droppable", 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	mem_unmap(&probe);
	if (file_read(PRINTK, text, sizeof(text)) > 0)
		snprintf(loglevel, sizeof(loglevel), "%.*s",
			 (int)strcspn(text, "\t "), text);
	file_write(PRINTK, "4");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (shared == MAP_FAILED)
		return bench_fail(ctx, -errno, "shared memory");
	err = fill_group();
	return err ? bench_fail(ctx, err, "filling the group")
		   : close_group(ctx);
}

/* Field 10 of /proc/PID/stat. */
static uint64_t faults_of(pid_t pid)
{
	char path[64], buf[512], *p;
	uint64_t minflt = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, buf, sizeof(buf)) > 0 && (p = strrchr(buf, ')')))
		sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64, &minflt);
	return minflt;
}

struct window {
	uint64_t elapsed, refaults, turns, longest;
	bool killed; /* the neighbour, by the OOM killer */
};

static void watch(struct window *w)
{
	uint64_t start = clock_now(), turns = shared->turns;
	uint64_t refaults = faults_of(faulter);
	int status;

	shared->longest = 0;
	sleep_ms(WINDOW_MS);
	w->longest = shared->longest;
	w->refaults = faults_of(faulter) - refaults;
	w->turns = shared->turns - turns;
	w->elapsed = clock_now() - start;
	if (!w->killed && waitpid(neighbour, &status, WNOHANG) == neighbour)
		w->killed = true;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* How long after SIGKILL the faulting task is gone; -ETIMEDOUT: it is not. */
static int end_faulter(uint64_t *cost)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval limit = { .it_value.tv_sec = KILL_LIMIT_S };
	uint64_t start;
	int err = 0;

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &limit, NULL);
	start = clock_now();
	kill(faulter, SIGKILL);
	if (waitpid(faulter, NULL, 0) != faulter)
		err = errno == EINTR ? -ETIMEDOUT : -errno;
	*cost = clock_now() - start;
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	if (!err)
		faulter = 0;
	return err;
}

/* A stuck task need not fault again: a kernel may have it sleep in the first one. */
static int premise(struct bench_ctx *ctx, const struct window *w, size_t nr)
{
	uint64_t quiet = 0;

	if (strcmp(bench_opt(ctx, "victim"), "none"))
		return 0;
	for (size_t i = 0; i < QUIET_WINDOWS; i++)
		quiet += w[i].refaults;
	if (quiet || !shared->tries || shared->touched || w[nr - 1].killed)
		return bench_fail(
			ctx, -EIO,
			"premise: %" PRIu64
			" refaults while quiet, %s, %" PRIu64
			" pages got, neighbour %s",
			quiet, shared->tries ? "stuck" : "never tried",
			shared->touched, w[nr - 1].killed ? "killed" : "alive");
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	struct window w[QUIET_WINDOWS + STUCK_WINDOWS] = { 0 };
	uint64_t kill_cost;
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(w); i++) {
		w[i].killed = i && w[i - 1].killed;
		shared->go = i >= QUIET_WINDOWS;
		watch(&w[i]);
	}
	err = premise(ctx, w, ARRAY_SIZE(w));
	if (err)
		return err;
	err = end_faulter(&kill_cost);
	if (err)
		return bench_fail(ctx, err, "waiting after SIGKILL");
	for (size_t i = 0; i < ARRAY_SIZE(w); i++)
		bench_row(ctx, (int64_t[]){ (int64_t)i, i >= QUIET_WINDOWS,
					    (int64_t)w[i].elapsed,
					    (int64_t)w[i].refaults,
					    (int64_t)w[i].turns,
					    (int64_t)w[i].longest, w[i].killed,
					    (int64_t)shared->touched,
					    (int64_t)kill_cost });
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	group_set("memory.max", UINT64_MAX); /* so that they can end */
	if (faulter > 0)
		kill(faulter, SIGKILL);
	if (neighbour > 0)
		kill(neighbour, SIGKILL);
	mem_unmap(&ballast);
	if (loglevel[0])
		file_write(PRINTK, loglevel);
}

BENCH_CASE(oom_fault) = {
	.name = "oom-fault",
	.desc = "droppable faults in a memcg without memory: retries, SIGKILL, neighbours",
	.full_cells = BENCH_WORDS("victim=none", "victim=neighbour"),
	.options = BENCH_OPTIONS({ "victim", "none", "none|neighbour",
				   "whom the OOM killer may take" }),
	.columns = BENCH_WORDS("window_index", "stuck_count", "elapsed_clock",
			       "refault_count", "turn_count", "stall_clock",
			       "killed_count", "got_pages", "kill_clock"),
	.metrics = BENCH_METRICS(
		{ "kill_latency", "clock", "lower", "key", "first",
		  "kill_clock", NULL, NULL,
		  "from SIGKILL to the end of the stuck task" },
		{ "per_refault", "clock", "none", "all", "sum", "elapsed_clock",
		  "refault_count", "stuck_count",
		  "time a refault, in all windows" },
		{ "neighbour_turn", "clock", "lower", "all", "sum",
		  "elapsed_clock", "turn_count", "stuck_count",
		  "a neighbour's 16 system calls" },
		{ "neighbour_stall", "clock", "lower", "all", "max",
		  "stall_clock", NULL, "stuck_count",
		  "a neighbour's longest 16 system calls" },
		{ "neighbour_killed", "count", "lower", "all", "last",
		  "killed_count", NULL, NULL,
		  "the neighbour was the OOM killer's victim" },
		{ "got", "pages", "none", "all", "last", "got_pages", NULL,
		  NULL, "pages that the faulting task got" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
