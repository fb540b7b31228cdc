/* SPDX-License-Identifier: GPL-2.0-only */
/* Pressure on the whole machine, and the thread that answers it. */
#ifndef MMVS_GLOBAL_H
#define MMVS_GLOBAL_H

#include <stdint.h>
#include <time.h>

/*
 * Take memory away (as huge pages of the hugetlb pool, which nobody zeroes)
 * until about @pages are free.  What was set comes back when the process ends.
 * -EPERM, -ENOENT (no hugetlb), -ENOMEM (the pool did not grow that far).
 */
int global_leave_free(uint64_t pages);
int global_free(uint64_t *pages);
/* All zones' low watermarks: where kswapd is woken. */
int global_low_watermark(uint64_t *pages);
/*
 * The CPU clock of kswapd on node 0, in ns, which under icount are
 * instructions.  -ENOENT: no such thread is visible.
 */
int global_kswapd_clock(clockid_t *clock);

#endif
