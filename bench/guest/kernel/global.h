/* SPDX-License-Identifier: GPL-2.0-only */
/* Pressure on the whole machine, and the thread that answers it. */
#ifndef MMVS_GLOBAL_H
#define MMVS_GLOBAL_H

#include <stdint.h>
#include <time.h>

#define GLOBAL_ALL_NODES (-1)

/*
 * Take memory of a node away (as huge pages of the hugetlb pool, which nobody
 * zeroes) until about @pages are free.  What was set last comes back when the
 * process ends.  -EPERM, -ENOENT (no hugetlb), -ENOMEM (the pool did not grow that
 * far).
 */
int global_leave_free(int node, uint64_t pages);
int global_free(int node, uint64_t *pages);
/* Its zones' low watermarks: where kswapd is woken. */
int global_low_watermark(int node, uint64_t *pages);
/*
 * The CPU clock of kswapd on one node, and what a clock says, in ns, which under
 * icount are instructions.  -ENOENT: no such thread is visible.
 */
int global_kswapd_clock(int node, clockid_t *clock);
uint64_t global_clock_ns(clockid_t clock);

#endif
