// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/hits.h"

#define STEAL_WINDOW_NS 10000000 /* a tick of /proc/stat */
#define MIN_ROWS 512 /* fewer have no beginning and end */
#define BLOCKS 64
#define WARM_PCT 2 /* what a block may differ by and be steady */

static const char *why = "instructions are counted, and nothing else runs";
static unsigned char *hit; /* by row */
static size_t nr_hits, warm_rows, first_unchecked;
static int clocked = -1; /* the column whose time a row must have taken */
static bool trend;
static uint64_t last_end, last_steal, steal_seen_at, nr[16];
static uint32_t last_cpu;

#ifdef __x86_64__
/* Never executed: the kernel wants a section that a thread could be in. */
__asm__(".pushsection .text, \"ax\"\n\t"
	".long 0x53053053\n" /* RSEQ_SIG */
	"hits_abort:\n\tud2\n"
	"hits_begin:\n\tnop\n"
	"hits_end:\n\t"
	".popsection");
extern const char hits_abort[], hits_begin[], hits_end[];
static struct rseq_cs section __attribute__((aligned(32)));

/* A union or a number, as the header's age has it. */
typedef volatile uint64_t __attribute__((may_alias)) rseq_cs_t;

static struct rseq *rseq_of_thread(void)
{
	return __rseq_size ? (void *)((char *)__builtin_thread_pointer() +
				      __rseq_offset)
			   : NULL;
}

static bool arm(void)
{
	struct rseq *r = rseq_of_thread();

	if (!r)
		return false;
	section.start_ip = (uintptr_t)hits_begin;
	section.post_commit_offset = (uint64_t)(hits_end - hits_begin);
	section.abort_ip = (uintptr_t)hits_abort;
	*(rseq_cs_t *)&r->rseq_cs = (uintptr_t)&section;
	return true;
}

static void disarm(void)
{
	struct rseq *r = rseq_of_thread();

	if (r)
		*(rseq_cs_t *)&r->rseq_cs = 0;
}

/* Switched since it was armed?  Armed again. */
static bool was_switched(void)
{
	struct rseq *r = rseq_of_thread();

	if (*(rseq_cs_t *)&r->rseq_cs)
		return false;
	*(rseq_cs_t *)&r->rseq_cs = (uintptr_t)&section;
	return true;
}

static uint32_t this_cpu(void)
{
	return *(volatile uint32_t *)&rseq_of_thread()->cpu_id;
}
#else
static bool arm(void)
{
	return false;
}

static void disarm(void)
{
}

static bool was_switched(void)
{
	return false;
}

static uint32_t this_cpu(void)
{
	return 0;
}
#endif

/* Ticks stolen from all CPUs so far. */
static uint64_t steal(void)
{
	char buf[512];
	uint64_t ticks = 0;
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	if (n > 0) {
		buf[n] = '\0';
		sscanf(buf, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &ticks);
	}
	return ticks;
}

static void look_at_steal(uint64_t now, size_t rows)
{
	uint64_t ticks = steal();

	for (size_t i = first_unchecked; ticks != last_steal && i < rows; i++)
		hit[i] |= HIT_STEAL;
	last_steal = ticks;
	steal_seen_at = now;
	first_unchecked = rows;
}

/* The index of the first column that @bc calls clocked, or -1. */
static int clocked_column(const struct bench_case *bc)
{
	size_t len = bc->clocked ? strcspn(bc->clocked, ",") : 0;

	for (int i = 0; len && bc->columns[i]; i++)
		if (strlen(bc->columns[i]) == len &&
		    !strncmp(bc->columns[i], bc->clocked, len))
			return i;
	return -1;
}

void hits_start(const struct bench_ctx *ctx)
{
	if (strcmp(ctx->unit, MMVS_UNIT_NS))
		return;
	clocked = clocked_column(ctx->bc);
	if (clocked < 0) {
		why = "the case has no time for a row";
		return;
	}
	hit = mmap(NULL, ctx->cap_rows, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (hit == MAP_FAILED || !arm()) {
		why = "no restartable sequences (rseq) in this kernel or libc";
		hit = NULL;
		return;
	}
	why = NULL;
	last_steal = steal();
	last_cpu = this_cpu();
	last_end = steal_seen_at = clock_now();
}

void hits_row(const struct bench_ctx *ctx, size_t row)
{
	uint64_t now, took;
	uint32_t cpu;

	if (!hit || why)
		return;
	now = clock_now();
	took = (uint64_t)ctx->rows[row * ctx->nr_columns + (size_t)clocked];
	if (now - last_end < took) {
		why = "rows are handed over after they were measured";
		disarm();
		return;
	}
	cpu = this_cpu();
	if (was_switched())
		hit[row] |= HIT_SWITCH;
	if (cpu != last_cpu)
		hit[row] |= HIT_MOVE;
	last_cpu = cpu;
	nr_hits = row + 1;
	if (now - steal_seen_at >= STEAL_WINDOW_NS) {
		look_at_steal(now, nr_hits);
		was_switched(); /* not the row's that begins */
		now = clock_now();
	}
	last_end = now;
}

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), cmp_i64);
	return v[n / 2];
}

/*
 * Blocks of rows at the beginning that are slower than the second half ever is;
 * only where rows are of one kind.  All of the first half: it never was steady.
 */
static void find_warmup(const struct bench_ctx *ctx)
{
	size_t block = ctx->nr_rows / BLOCKS, n = 0;
	int64_t m[BLOCKS], half[BLOCKS / 2], steady, limit, *v;

	for (const struct bench_metric *b = ctx->bc->metrics; b->name; b++)
		if (b->by && !strcmp(b->rank, MMVS_RANK_KEY))
			return;
	v = ctx->nr_rows < MIN_ROWS ? NULL : malloc(block * sizeof(*v));
	if (!v)
		return;
	for (size_t b = 0; b < BLOCKS; b++) {
		for (size_t i = 0; i < block; i++)
			v[i] = ctx->rows[(b * block + i) * ctx->nr_columns +
					 (size_t)clocked];
		m[b] = median(v, block);
	}
	free(v);
	memcpy(half, m + BLOCKS / 2, sizeof(half));
	steady = median(half, BLOCKS / 2);
	limit = steady + steady * WARM_PCT / 100;
	if (half[BLOCKS / 2 - 1] > limit)
		limit = half[BLOCKS / 2 - 1];
	while (n < BLOCKS / 2 && m[n] > limit)
		n++;
	trend = n == BLOCKS / 2;
	warm_rows = n * block;
	for (size_t i = 0; i < warm_rows; i++)
		hit[i] |= HIT_WARMUP;
}

void hits_stop(struct bench_ctx *ctx)
{
	if (!hit || why)
		return;
	look_at_steal(clock_now(), ctx->nr_rows);
	disarm();
	if (nr_hits != ctx->nr_rows) {
		why = "no row was measured";
		return;
	}
	find_warmup(ctx);
	for (size_t i = 0; i < nr_hits; i++) {
		for (unsigned int bit = 1; bit < ARRAY_SIZE(nr); bit <<= 1)
			nr[bit] += !!(hit[i] & bit);
		nr[0] += !hit[i];
	}
}

bool hits_known(void)
{
	return hit && !why;
}

unsigned int hits_of(size_t row)
{
	return hit[row];
}

void hits_header(FILE *out, const struct bench_ctx *ctx)
{
	if (strcmp(ctx->unit, MMVS_UNIT_NS))
		return;
	if (!hits_known()) {
		fprintf(out, "# hits\tunknown: %s\n", why);
		return;
	}
	fprintf(out,
		"# hits\trows=%zu clean=%" PRIu64 " switch=%" PRIu64
		" steal=%" PRIu64 " warmup=%" PRIu64 " move=%" PRIu64
		" cpu=%" PRIu32 "%s\n",
		nr_hits, nr[0], nr[HIT_SWITCH], nr[HIT_STEAL], nr[HIT_WARMUP],
		nr[HIT_MOVE], last_cpu, trend ? " never-steady" : "");
}
