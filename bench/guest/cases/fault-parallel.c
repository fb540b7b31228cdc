// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write faults of several tasks at once: threads in one VMA, threads with a VMA
 * each in one mm, processes.
 *
 * Path: that of fault-first-touch.  What tasks share is the VMA lock
 * (lock_vma_under_rcu(): a read lock of a VMA of its own or of everybody's),
 * the mm's counters and page table lock, the memcg and the lruvec lock; with
 * share=none only the last two.  Not in it: starting the tasks, mmap().
 *
 * Under icount this is function and path length, no scaling: with VM_CPUS=1 the
 * tasks take turns, with 2 QEMU runs the CPUs in turns (round robin, still the
 * same bytes), and nobody ever waits for a cache line; p999
 * and max are a tick or another task's turn.  On hardware all_done
 * against one task's is the scaling, and the tail is contention.
 *
 * Validated against smaps (one VMA, or as many as tasks) and pagemap; the
 * median is fault-first-touch's, with threads 1 % to 2 % above it.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "share/timed.h"

#define MAX_TASKS 64
#define GAP 1 /* pages between VMAs, so that they do not merge */

struct task {
	struct mem_region region;
	uint32_t *cost; /* in memory that processes share */
	uint64_t begin, end;
	int err;
	pthread_t thread;
	pid_t pid;
};

struct shared {
	pthread_barrier_t barrier;
	struct task task[MAX_TASKS];
};

static struct shared *shared;
static struct mem_region whole;
static size_t nr_tasks, nr_pages;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "tasks") * bench_opt_u64(ctx, "pages");
}

static void *shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* One mapping with a part for each task; gaps make VMAs of the parts. */
static int divide(struct bench_ctx *ctx, bool gaps)
{
	size_t step = nr_pages + (gaps ? GAP : 0), size = mem_page_size();
	int err;

	err = mem_map(&whole, bench_opt(ctx, "map"), nr_tasks * step);
	for (size_t i = 0; i < nr_tasks && !err; i++) {
		struct task *t = &shared->task[i];

		t->region = whole;
		t->region.addr += i * step * size;
		t->region.pages = nr_pages;
		if (gaps &&
		    munmap(t->region.addr + nr_pages * size, GAP * size))
			err = -errno;
	}
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	pthread_barrierattr_t attr;
	uint32_t *cost;
	int err = 0;

	nr_tasks = bench_opt_u64(ctx, "tasks");
	nr_pages = bench_opt_u64(ctx, "pages");
	if (nr_tasks > MAX_TASKS)
		return bench_fail(ctx, -EINVAL, "at most %d tasks", MAX_TASKS);
	shared = shared_memory(sizeof(*shared));
	cost = shared_memory(max_rows(ctx) * sizeof(*cost));
	if (!shared || !cost)
		return bench_fail(ctx, -ENOMEM, "shared memory");
	for (size_t i = 0; i < nr_tasks; i++)
		shared->task[i].cost = cost + i * nr_pages;
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->barrier, &attr, (unsigned int)nr_tasks);
	if (strcmp(bench_opt(ctx, "share"), "none"))
		err = divide(ctx, !strcmp(bench_opt(ctx, "share"), "mm"));
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	return err ? bench_fail(ctx, err, "mapping") : 0;
}

static void *work(void *arg)
{
	struct task *t = arg;
	size_t size = mem_page_size();
	struct mem_where w;

	memset(t->cost, 0, nr_pages * sizeof(*t->cost)); /* no fault there */
	pthread_barrier_wait(&shared->barrier);
	t->begin = clock_now();
	for (size_t i = 0; i < nr_pages; i++) {
		volatile unsigned char *p = t->region.addr + i * size;
		uint64_t cost;

		TIMED(REGION_FAULT, cost, *p = 1);
		t->cost[i] = (uint32_t)cost;
	}
	t->end = clock_now();
	t->err = mem_where(&t->region, &w);
	if (!t->err && w.present != nr_pages)
		t->err = -EIO;
	return NULL;
}

static int in_processes(struct bench_ctx *ctx)
{
	int err = 0;

	for (size_t i = 0; i < nr_tasks; i++) {
		struct task *t = &shared->task[i];

		t->err = -ESRCH;
		t->pid = fork();
		if (t->pid < 0)
			return bench_fail(ctx, -errno, "fork");
		if (t->pid)
			continue;
		t->err = mem_map(&t->region, bench_opt(ctx, "map"), nr_pages);
		if (!t->err)
			work(t);
		_exit(t->err ? 1 : 0);
	}
	for (size_t i = 0; i < nr_tasks; i++)
		waitpid(shared->task[i].pid, NULL, 0);
	return err;
}

static int in_threads(struct bench_ctx *ctx)
{
	int err = 0;

	for (size_t i = 0; i < nr_tasks && !err; i++)
		err = pthread_create(&shared->task[i].thread, NULL, work,
				     &shared->task[i]);
	if (err) /* the others wait for ever: the process ends with them */
		return bench_fail(ctx, -err, "starting the threads");
	for (size_t i = 0; i < nr_tasks; i++)
		pthread_join(shared->task[i].thread, NULL);
	return 0;
}

static int put_task(struct bench_ctx *ctx, size_t n, uint64_t begin)
{
	const struct task *t = &shared->task[n];

	if (t->err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (t->err)
		return bench_fail(ctx, t->err, "premise: task %zu's pages", n);
	for (size_t i = 0; i < nr_pages; i++)
		bench_row(ctx, (int64_t[]){ (int64_t)n, (int64_t)i,
					    (int64_t)t->cost[i],
					    (int64_t)(t->end - begin) });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t begin = UINT64_MAX;
	int err;

	err = !strcmp(bench_opt(ctx, "share"), "none") ? in_processes(ctx)
						       : in_threads(ctx);
	for (size_t n = 0; n < nr_tasks; n++)
		if (shared->task[n].begin < begin)
			begin = shared->task[n].begin;
	for (size_t n = 0; n < nr_tasks && !err; n++)
		err = put_task(ctx, n, begin);
	return err;
}

/* The first part's VMA is all tasks' or its own. */
static int check(struct bench_ctx *ctx)
{
	const char *share = bench_opt(ctx, "share");
	size_t pages, want;
	int err;

	if (!strcmp(share, "none"))
		return 0;
	want = nr_pages * (strcmp(share, "vma") ? 1 : nr_tasks);
	err = mem_smaps_pages(shared->task[0].region.addr, "Size", &pages);
	if (!err && pages != want)
		return bench_fail(ctx, -EIO,
				  "premise: a VMA of %zu pages, not %zu", pages,
				  want);
	return err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	mem_unmap(&whole);
}

BENCH_CASE(fault_parallel) = {
	.name = "fault-parallel",
	.desc = "write faults of threads in a VMA or an mm, or of processes",
	.full_cells = BENCH_WORDS("map=droppable,share=vma",
				  "map=droppable,share=mm",
				  "map=droppable,share=none"),
	.options = BENCH_OPTIONS(
		MEM_MAP_OPTION,
		{ "share", "vma", "vma|mm|none",
		  "what tasks have in common: threads in a VMA, in an mm; processes" },
		{ "tasks", "4", NULL, "how many" },
		{ "pages", "2048", NULL, "pages that each touches" }),
	.columns = BENCH_WORDS("task_index", "touch_index", "latency_clock",
			       "end_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		LATENCY_METRICS("parallel_fault", "latency_clock",
				"write fault of one of several tasks"),
		{ "all_done", "clock", "lower", "all", "max", "end_clock", NULL,
		  NULL, "from the first fault of any to the last of all" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
