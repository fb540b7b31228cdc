/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMVS_TLB_H
#define MMVS_TLB_H

/*
 * Empty this CPU's TLB, so that the next access to any page sets the accessed
 * bit again.  Without it a walk that clears the bit and does not flush (MGLRU's
 * aging) is followed by accesses that nobody sees, under TCG always.
 * 0 or -errno.
 */
int tlb_flush(void);

#endif
