/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of locality, not a processor: set-associative caches with least
 * recently used replacement, inclusive in nothing, fed with the physical
 * addresses of loads and stores; a data TLB fed with virtual pages, emptied
 * by a write to cr3 and by invpcid.  No prefetch, no instruction fetch, no
 * page walks.
 *
 * invlpg leaves it alone: version 1 of the plugin interface shows no register,
 * so nobody knows which entry goes.  The model is at most one miss short for
 * each invlpg, which is counted.  Emptying all would be further off: 16 398
 * invlpg in reclaim-proactive@map=droppable,share=25 have 20 880 misses this
 * way, with their entries gone 37 278 at most, and with all gone 559 086.
 */
#ifndef MMCOUNT_CACHE_H
#define MMCOUNT_CACHE_H

#include <stdint.h>
#include <stdio.h>

enum level {
	LEVEL_L1D,
	LEVEL_L2,
	LEVEL_LLC,
	LEVEL_DTLB,
	NR_LEVELS
};

/*
 * Set one up from "NAME=SIZE:WAYS:LINE", sizes in bytes with k and m; of the
 * TLB "dtlb=ENTRIES:WAYS".  0, -EINVAL with @why filled, -ENOENT when it is not
 * about a level.
 */
int cache_option(const char *option, char *why, size_t size);
/* Make what is not set up yet with defaults.  0 or -ENOMEM. */
int cache_init(void);
void cache_access(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);
void cache_flush_tlb(unsigned int cpu, void *data);
/* "l1d=32768:8:64 ..." */
void cache_describe(FILE *out);

#endif
