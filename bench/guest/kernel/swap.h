/* SPDX-License-Identifier: GPL-2.0-only */
/* How much of swap reclaim may count on: the guest's zram, its size and its limits. */
#ifndef MMVS_SWAP_H
#define MMVS_SWAP_H

/*
 * on: as the guest starts; off: none; full: a small one without a free page; max0:
 * memory.swap.max of all our groups is 0; swappiness0: vm.swappiness is 0.
 */
#define SWAP_CHOICES "on|off|full|max0|swappiness0"

/* The guest's own swap, of the usual size; 0 or -errno. */
int swap_start(void);
/*
 * Make it what @mode says; "full" leaves a child behind that holds it, which goes
 * with its parent.  -EPERM unless this is a guest of ours: other machines' swap is
 * not for us to take away.
 */
int swap_set(const char *mode);
/* Back from @mode to "on", once that child is gone. */
int swap_reset(const char *mode);

#endif
