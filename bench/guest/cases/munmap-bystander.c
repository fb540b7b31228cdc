// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long munmap() of a large mapping keeps the other threads out.
 *
 * Path: one thread unmaps; every PERIOD another one does one operation:
 *   fault        write fault in a VMA that has pages: VMA lock only
 *   first-fault  in a VMA that has none: vmf_anon_prepare() needs mmap_lock
 *   mincore, maps (a read of /proc/self/maps)      mmap_lock for read
 *   mmap                                           mmap_lock for write
 * With writer=mmap a third thread calls mmap() all the while, and a reader
 * that comes after it waits behind it (rwsem_down_read_slowpath()).  PROT_NONE
 * pages lie between all regions, so that VMAs do not merge.
 *
 * way= and dead_min=: share/unmap.h; the two calls of way=dontneed count as one.
 *
 * What the figures mean.  On one CPU the bystander has real-time priority: a
 * timer wakes it, and it runs as soon as the kernel, built without preemption,
 * passes a cond_resched(); zapping does at least every 512 pages.  If it has to
 * sleep for mmap_lock, nothing runs but the thread that holds the lock, so its
 * wait is the rest of the hold in instructions of the holder, exactly, as it
 * would be with a CPU for each.  wait_clock is the latency less that of an
 * undisturbed operation, and 0 unless the thread slept (ru_nvcsw): what a tick
 * adds is no wait.  One operation at a time: whoever waits asks for nothing
 * else meanwhile, so the sum of waits is the time shut out, while a quantile
 * of latencies over more or fewer of them would mean little.
 *
 * What they do not mean: nothing scales here, no cache line bounces, and
 * nobody spins for the lock.  On hardware a rwsem waiter spins before it
 * sleeps; look at latency_max there.
 *
 * Moved by variants that hold mmap_lock for longer or in another mode.
 *
 * Validated by hand: with write-lock, mincore() waits 0.1 % less than 65536 pages
 * cost by munmap-cost, which is the 0.1 million instructions that have passed
 * before the first operation comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/unmap.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define PERIOD_NS 100000 /* under icount: instructions */
#define WRITER_PERIOD_NS 1000000
#define CALM_OPS 65
#define OPS_PER_MIB 8 /* several times what falls into an munmap() */
#define GIB_IN_MIB 1024

struct sample {
	uint64_t start, latency;
	long slept;
};

static struct bystander {
	int (*op)(size_t n);
	size_t cap, nr;
	struct sample *samples;
	unsigned char *victim, *pages;
	size_t victim_size;
	int maps;
	atomic_bool calm, done;
	int err;
} by;

static enum unmap_way way;

static unsigned char *page(size_t n)
{
	return by.pages + n * mem_page_size();
}

/* Page 0 is there from the beginning. */
static int op_fault(size_t n)
{
	*(volatile unsigned char *)page(n + 1) = 1;
	return 0;
}

/* Every second page is a VMA of its own. */
static int op_first_fault(size_t n)
{
	*(volatile unsigned char *)page(2 * n + 1) = 1;
	return 0;
}

static int op_mincore(size_t n)
{
	unsigned char vec;

	(void)n;
	return mincore(by.pages, mem_page_size(), &vec) ? -errno : 0;
}

static int op_maps(size_t n)
{
	static char buf[4096];

	(void)n;
	return pread(by.maps, buf, sizeof(buf), 0) > 0 ? 0 : -EIO;
}

static int op_mmap(size_t n)
{
	(void)n;
	return mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		       ? -errno
		       : 0;
}

static const struct {
	const char *name;
	int (*op)(size_t n);
} ops[] = {
	{ "fault", op_fault },	   { "first-fault", op_first_fault },
	{ "mincore", op_mincore }, { "maps", op_maps },
	{ "mmap", op_mmap },
};

static size_t max_rows(struct bench_ctx *ctx)
{
	return CALM_OPS + bench_opt_u64(ctx, "mib") * OPS_PER_MIB;
}

/* @size bytes with a PROT_NONE page before and after. */
static unsigned char *map_apart(size_t size)
{
	size_t gap = mem_page_size();
	unsigned char *p =
		mmap(NULL, size + 2 * gap, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (mprotect(p + gap, size, PROT_READ | PROT_WRITE))
		return NULL;
	return p + gap;
}

static int map_pages(void)
{
	size_t nr = 2 * by.cap + 2;

	by.pages = map_apart(nr * mem_page_size());
	if (!by.pages)
		return -ENOMEM;
	if (by.op != op_first_fault)
		*page(0) = 1; /* an anon_vma that splitting would hand on */
	for (size_t i = 0; by.op == op_first_fault && i < nr; i += 2)
		if (mprotect(page(i), mem_page_size(), PROT_NONE))
			return -errno;
	return 0;
}

static int map_victim(struct bench_ctx *ctx)
{
	struct mem_region r;
	struct mem_where w;
	int err;

	by.victim_size = bench_opt_u64(ctx, "mib") << 20;
	by.victim = map_apart(by.victim_size);
	if (!by.victim ||
	    madvise(by.victim, by.victim_size, MADV_POPULATE_WRITE))
		return bench_fail(ctx, -errno,
				  "populating %zu MiB (VM_MEMORY?)",
				  by.victim_size >> 20);
	r = (struct mem_region){ by.victim, by.victim_size / mem_page_size(),
				 "private" };
	err = mem_where(&r, &w);
	if (!err && w.present != r.pages)
		return bench_fail(ctx, -EIO,
				  "premise: %zu of %zu pages present",
				  w.present, r.pages);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	size_t size;
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (!strcmp(ops[i].name, bench_opt(ctx, "op")))
			by.op = ops[i].op;
	by.cap = max_rows(ctx);
	size = by.cap * sizeof(*by.samples);
	by.samples = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	by.maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (by.samples == MAP_FAILED || by.maps < 0 || map_pages())
		return bench_fail(ctx, -errno, "preparing the bystander");
	if (clock_wait_fine_timers())
		return bench_skip(ctx, "no high-resolution timers");
	err = unmap_setup(ctx, &way);
	return err ? err : map_victim(ctx);
}

static void sleep_ns(long ns)
{
	struct timespec t = { 0, ns };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static long times_slept(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nvcsw;
}

static void *stand_by(void *arg)
{
	(void)arg;
	while (!atomic_load(&by.done) && by.nr < by.cap && !by.err) {
		struct sample *s = &by.samples[by.nr];
		long slept;

		if (by.nr == CALM_OPS)
			atomic_store(&by.calm, true);
		sleep_ns(PERIOD_NS);
		slept = times_slept();
		s->start = clock_now();
		by.err = by.op(by.nr);
		s->latency = clock_now() - s->start;
		s->slept = times_slept() - slept;
		by.nr++;
	}
	atomic_store(&by.calm, true);
	return NULL;
}

static void *write_lock(void *arg)
{
	(void)arg;
	while (!atomic_load(&by.done) && !op_mmap(0))
		sleep_ns(WRITER_PERIOD_NS);
	return NULL;
}

static int start(struct bench_ctx *ctx, pthread_t *thread, void *(*fn)(void *))
{
	struct sched_param sp = { .sched_priority = 1 };
	int err = pthread_create(thread, NULL, fn, NULL);

	if (err)
		return bench_fail(ctx, -err, "a thread");
	err = pthread_setschedparam(*thread, SCHED_FIFO, &sp);
	if (!err || sysconf(_SC_NPROCESSORS_ONLN) > 1)
		return 0;
	atomic_store(&by.done, true);
	pthread_join(*thread, NULL);
	return bench_skip(ctx, "one CPU and no right to SCHED_FIFO (root?)");
}

static int cmp_latency(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->latency > y->latency) - (x->latency < y->latency);
}

/* Rows for what began while munmap() ran, against the calm before. */
static int put_rows(struct bench_ctx *ctx, uint64_t begin, uint64_t end)
{
	uint64_t mib = bench_opt_u64(ctx, "mib"), calm;
	size_t i;

	for (i = 0; i < by.nr && by.samples[i].start < begin; i++)
		;
	if (i < CALM_OPS)
		return bench_fail(ctx, -EIO, "only %zu operations before", i);
	if (by.nr == by.cap)
		return bench_fail(ctx, -EOVERFLOW, "munmap() took too long");
	if (i == by.nr || by.samples[i].start - begin > (end - begin) / 8)
		return bench_fail(ctx, -EIO,
				  "premise: nobody came early in munmap()");
	qsort(by.samples, CALM_OPS, sizeof(*by.samples), cmp_latency);
	calm = by.samples[CALM_OPS / 2].latency;
	for (; i < by.nr && by.samples[i].start < end; i++) {
		const struct sample *s = &by.samples[i];
		uint64_t wait =
			s->slept && s->latency > calm ? s->latency - calm : 0;

		bench_row(ctx, (int64_t[]){ (int64_t)(s->start - begin),
					    (int64_t)s->latency, (int64_t)wait,
					    (int64_t)(wait * GIB_IN_MIB / mib),
					    s->slept > 0, (int64_t)calm,
					    (int64_t)(end - begin) });
	}
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	bool writer = strcmp(bench_opt(ctx, "writer"), "none");
	pthread_t bystander, other;
	uint64_t begin, end;
	int err;

	err = start(ctx, &bystander, stand_by);
	if (err)
		return err;
	/* Not asleep: an idle CPU stops its tick, and timers come late. */
	while (!atomic_load(&by.calm))
		;
	if (writer && start(ctx, &other, write_lock))
		return -EAGAIN;
	begin = clock_now();
	region_begin(REGION_UNMAP_BY);
	err = unmap_by(way, by.victim, by.victim_size);
	region_end(REGION_UNMAP_BY);
	end = clock_now();
	atomic_store(&by.done, true);
	pthread_join(bystander, NULL);
	if (writer)
		pthread_join(other, NULL);
	if (err || by.err)
		return bench_fail(ctx, err ? err : by.err, "%s",
				  err ? "munmap" : bench_opt(ctx, "op"));
	return put_rows(ctx, begin, end);
}

BENCH_CASE(munmap_bystander) = {
	.name = "munmap-bystander",
	.desc = "how long munmap() of 256 MB keeps other threads out",
	.cells = BENCH_WORDS("op=fault", "op=first-fault", "op=mincore",
			     "op=maps", "op=mmap", "op=mincore,writer=mmap"),
	.full_cells = BENCH_WORDS(
		"op=mincore,mib=1024,memory=2G",
		"op=mincore,mib=2048,memory=3G", "op=mmap,mib=2048,memory=3G",
		"op=mincore,way=dontneed", "op=mmap,way=dontneed",
		"op=mincore,writer=mmap,way=dontneed", "op=mincore,way=mremap",
		"op=mincore,dead_min=2M", "op=mincore,dead_min=1G",
		"op=mincore,mib=1024,memory=2G,dead_min=1G"),
	.options = BENCH_OPTIONS(
		{ "op", "mincore", "fault|first-fault|mincore|maps|mmap",
		  "what the other thread does" },
		{ "writer", "none", "none|mmap",
		  "what a third thread does meanwhile" },
		{ "mib", "256", NULL,
		  "MiB to unmap; above 512 needs more memory" },
		{ "memory", "1G", "1G|2G|3G", "of the VM (scripts/vm-run.sh)" },
		UNMAP_OPTIONS),
	.columns = BENCH_WORDS("arrival_clock", "latency_clock", "wait_clock",
			       "wait_per_gib_clock", "waited_count",
			       "calm_clock", "span_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		{ "shut_out_per_gib", "clock", "lower", "key", "sum",
		  "wait_per_gib_clock", NULL, NULL,
		  "time shut out in all, per GiB unmapped" },
		{ "wait_max", "clock", "lower", "key", "max", "wait_clock",
		  NULL, NULL, "longest wait for mmap_lock" },
		{ "waits", "count", "lower", "all", "sum", "waited_count", NULL,
		  NULL, "operations that had to sleep" },
		{ "latency_max", "clock", "lower", "all", "max",
		  "latency_clock", NULL, NULL, "longest operation" },
		{ "latency_p50", "clock", "lower", "all", "p50",
		  "latency_clock", NULL, NULL,
		  "operation while munmap() ran, median" },
		{ "latency_calm", "clock", "none", "all", "first", "calm_clock",
		  NULL, NULL, "operation before munmap(), median" },
		{ "munmap_span", "clock", "lower", "all", "first", "span_clock",
		  NULL, NULL,
		  "munmap() from beginning to end, bystanders included" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = unmap_undo,
};
