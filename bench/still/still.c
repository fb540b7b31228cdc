// SPDX-License-Identifier: GPL-2.0-only
/*
 * gettimeofday() for a QEMU that counts instructions: the time stands still.
 *
 * QEMU's softmmu TLBs grow with what they hold, and shrink where less than a third
 * was in use over 100 ms of gettimeofday() (accel/tcg/cputlb.c of 7.2,
 * tlb_mmu_resize_locked()).  How large a TLB is decides which entries it loses, an
 * entry that is filled again sets its page's accessed bit again, and that is what
 * MGLRU ages by: on a busy machine the guest saw other accessed bits.  With a clock
 * that stands still no TLB shrinks, whatever the machine does.
 *
 * Preloaded (scripts/machine.sh).  The guest's clocks are instructions already, and
 * timeouts of QEMU's own are clock_gettime()'s.
 */
#include <sys/time.h>

#define STILL 1767225600 /* 2026-01-01, as the guest's RTC */

/* glibc says that the arguments are not NULL, and what the second is, varies. */
int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	tv->tv_sec = STILL;
	tv->tv_usec = 0;
	return 0;
}
