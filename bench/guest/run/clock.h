/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of the samples. */
#ifndef MMVS_CLOCK_H
#define MMVS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#ifdef __x86_64__
#include <x86intrin.h>
#endif

extern bool clock_counts_insns;

/*
 * Now, in the unit of the clock.  Under -icount shift=0 the guest's TSC is
 * the number of instructions executed, exactly; CLOCK_MONOTONIC_RAW is the
 * same figure through the kernel's calibration, off by some parts per million.
 * Elsewhere it is CLOCK_MONOTONIC_RAW in ns.
 */
static inline uint64_t clock_now(void)
{
	struct timespec ts;

#ifdef __x86_64__
	if (clock_counts_insns)
		return __rdtsc();
#endif
	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/*
 * CPU time of this thread in ns, which under icount are instructions: what
 * clock_now() shows less sleep and other tasks.  A system call; keep it
 * outside the measured interval.
 */
uint64_t clock_task(void);

/*
 * Choose the unit ("insn" or "ns") and, for "insn", prove it on a loop of a
 * known number of instructions.  0, -EINVAL (unknown unit), -ENODEV (this
 * clock does not count instructions).
 */
int clock_init(const char *unit);

/*
 * Sleep until timers are exact: soon after a boot they expire with the tick
 * only, until the kernel trusts its clock.  0, or -ETIME when that does not
 * come within five seconds.
 */
int clock_wait_fine_timers(void);

/* What two reads with two markers between them cost, the median of many. */
uint64_t clock_cost(void);

#endif
