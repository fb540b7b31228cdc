// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "run/clock.h"
#include "run/marker.h"

#define NR_COST 1001
#define LOOPS 10000

bool clock_counts_insns;

uint64_t clock_task(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t clock_cost(void)
{
	static uint64_t cost[NR_COST];

	for (int i = 0; i < NR_COST; i++) {
		uint64_t start = clock_now();

		/* What region_begin() and region_end() will cost. */
		MARKER(MARKER_IDLE, 0);
		MARKER(MARKER_IDLE, 0);
		cost[i] = clock_now() - start;
	}
	qsort(cost, NR_COST, sizeof(cost[0]), cmp_u64);
	return cost[NR_COST / 2];
}

#ifdef __x86_64__
/*
 * Two loops that differ by LOOPS turns of two instructions: the difference
 * between them must be 2 * LOOPS, whatever the ends cost.  A timer tick can
 * fall into one; the smallest of some tries has none.
 */
static uint64_t timed_loop(unsigned int turns)
{
	uint64_t best = UINT64_MAX;

	for (int try = 0; try < 5; try++) {
		unsigned int n = turns;
		uint64_t t = clock_now();

		__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
		t = clock_now() - t;
		if (t < best)
			best = t;
	}
	return best;
}
#endif

int clock_init(const char *unit)
{
	clock_counts_insns = !strcmp(unit, MMVS_UNIT_INSN);
	if (!clock_counts_insns)
		return strcmp(unit, MMVS_UNIT_NS) ? -EINVAL : 0;
#ifdef __x86_64__
	if (timed_loop(LOOPS + 1) - timed_loop(1) == 2ULL * LOOPS)
		return 0;
#endif
	return -ENODEV;
}

int clock_wait_fine_timers(void)
{
	const struct timespec tenth = { 0, 100000000 };
	struct timespec res;

	for (int i = 0; i < 50; i++) {
		/* hrtimer_resolution: a tick, or 1 ns. */
		if (!clock_getres(CLOCK_MONOTONIC, &res) && res.tv_nsec == 1)
			return 0;
		nanosleep(&tenth, NULL);
	}
	return -ETIME;
}
