// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells that go wrong on purpose: the tests plant them and must see them
 * reported; and regions of known content for the profiler.  Not among the
 * cells that a run measures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 16;
}

/* A panic that needs no debug option: out of memory with panic_on_oom=2. */
static void panic_guest(void)
{
	struct mem_region r;
	char path[256];

	file_write("/proc/sys/vm/panic_on_oom", "2");
	memcg_path(path, sizeof(path), "run", "memory.swap.max");
	file_write(path, "0");
	memcg_path(path, sizeof(path), "run", "memory.max");
	file_write(path, "8M");
	if (!mem_map(&r, "private", 8192))
		mem_fill(&r);
}

#define COUNT_TURNS 1000 /* 1 + 2 * COUNT_TURNS instructions */
#define STRING_BYTES 100 /* 4 instructions, one of them repeated */

/* Inlined for sure: the profiler has to find it inside count_region(). */
__attribute__((always_inline)) static inline void count_turns(void)
{
#ifdef __x86_64__
	__asm__ volatile("mov %0, %%ecx\n1:\tdec %%ecx\n\tjnz 1b"
			 :
			 : "i"(COUNT_TURNS)
			 : "ecx", "cc");
#endif
}

static void count_region(void)
{
	region_begin(REGION_TEST);
	count_turns();
	region_end(REGION_TEST);
}

static void string_region(void)
{
	static char buf[STRING_BYTES];

	memset(buf, 1, sizeof(buf)); /* there, so that nothing faults */
	region_begin(REGION_TEST);
#ifdef __x86_64__
	__asm__ volatile(
		"lea %0, %%rdi\n\tmov %1, %%ecx\n\txor %%eax, %%eax\n\trep stosb"
		: "=m"(buf)
		: "i"(STRING_BYTES)
		: "rdi", "rcx", "rax", "cc");
#endif
	region_end(REGION_TEST);
}

/* Calls, branches and memory, nothing else: callgrind sees the same. */
__attribute__((noinline)) static uint32_t user_work(uint32_t n)
{
	static uint32_t table[1024];

	for (uint32_t i = 0; i < 1u << 17; i++) {
		n ^= n << 13;
		n ^= n >> 17;
		n ^= n << 5;
		if (table[n % 1024] < n)
			table[n % 1024] = n;
	}
	return n;
}

static void user_region(void)
{
	region_begin(REGION_TEST);
	user_work(1);
	region_end(REGION_TEST);
}

static void nested_regions(void)
{
	region_begin(REGION_TEST);
	region_begin(REGION_TEST_OTHER);
	region_end(REGION_TEST_OTHER);
	region_end(REGION_TEST);
}

/* The guest dies in the middle. */
static void open_region(void)
{
	region_begin(REGION_TEST);
	panic_guest();
}

/* Modes for the profiler. */
static void profiled(const char *mode)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{ "count", count_region }, { "string", string_region },
		{ "user", user_region },   { "nested", nested_regions },
		{ "open", open_region },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		for (int n = 0; n < 8 && !strcmp(modes[i].name, mode); n++)
			modes[i].run();
}

static int run(struct bench_ctx *ctx)
{
	const char *mode = bench_opt(ctx, "mode");

	if (!strcmp(mode, "panic"))
		panic_guest();
	else if (!strcmp(mode, "hang"))
		pause();
	else if (!strcmp(mode, "no-marker"))
		reboot(RB_AUTOBOOT);
	else if (!strcmp(mode, "splat"))
		file_write("/dev/kmsg", "<4>WARNING: CPU: 0 PID: 1 planted");
	else if (!strcmp(mode, "crash"))
		abort();
	else if (!strcmp(mode, "fail"))
		return bench_fail(ctx, -EIO, "planted failure");
	else if (!strcmp(mode, "skip"))
		return bench_skip(ctx, "planted skip");
	else
		profiled(mode);
	for (int i = 0; i < 16; i++) {
		uint64_t t = clock_now();

		bench_row(ctx, (int64_t[]){ i, (int64_t)(clock_now() - t) });
	}
	return 0;
}

BENCH_CASE(selftest) = {
	.name = "selftest",
	.desc = "goes wrong on purpose, for the tests",
	.options = BENCH_OPTIONS(
		{ "mode", "ok",
		  "ok|panic|hang|no-marker|splat|crash|fail|skip|count|string|user|nested|open",
		  "what goes wrong" }),
	.columns = BENCH_WORDS("read_index", "latency_clock"),
	.metrics = BENCH_METRICS({ "clock_pair", "clock", "none", "all", "p50",
				   "latency_clock", NULL, NULL,
				   "two clock reads, median" }),
	.max_rows = max_rows,
	.run = run,
};
