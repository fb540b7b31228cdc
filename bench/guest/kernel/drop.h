/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What some kernels have beside MAP_DROPPABLE: memory that signals after a drop
 * (kernel-patches/droppable/signal-on-drop), volatile ranges (vrange).
 */
#ifndef MMVS_DROP_H
#define MMVS_DROP_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>

#include "kernel/mem.h"

/*
 * mem_map() of droppable memory that signals after a drop; kind is "droppable".
 * -EOPNOTSUPP when the kernel has none; -EIO when it made something else of it.
 */
int drop_signal_map(struct mem_region *r, size_t pages);

/* MADV_VOLATILE: 0 or -errno.  MADV_NONVOLATILE: 0 all is there, 1 purged, -errno. */
int drop_volatile(const struct mem_region *r);
int drop_nonvolatile(const struct mem_region *r);
/* Does this kernel know both?  0, -EOPNOTSUPP or another -errno. */
int drop_volatile_known(void);

/* @n pages of @r from page @first on. */
struct mem_region mem_part(const struct mem_region *r, size_t first, size_t n);

/*
 * Load from or store to *@p: 0, or the signal that it got (SIGBUS, SIGSEGV), with
 * its details in *@info.
 */
int drop_touch(uint64_t *p, bool write, siginfo_t *info);

/*
 * For programs that use such memory: from drop_catch() to drop_uncatch() SIGBUS and
 * SIGSEGV go back to where drop_caught() was called last, which is then true.  It is
 * called in a function that is still there.  0 or -errno.
 */
int drop_catch(void);
void drop_uncatch(void);
extern sigjmp_buf drop_back;
/* The mask is neither saved nor changed: no system call. */
#define drop_caught() sigsetjmp(drop_back, 0)

#endif
