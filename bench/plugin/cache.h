/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of locality, not a processor: set-associative caches with least
 * recently used replacement, inclusive in nothing, fed with the physical
 * addresses of loads and stores; a data TLB fed with virtual pages, emptied
 * by a write to cr3.  No prefetch, no instruction fetch, no page walks.
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
 * TLB "dtlb=ENTRIES:WAYS".  0, -EINVAL, -ENOENT when it is not about a level.
 */
int cache_option(const char *option);
/* Make what is not set up yet with defaults.  0 or -ENOMEM. */
int cache_init(void);
void cache_access(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);
void cache_flush_tlb(unsigned int cpu, void *data);
/* "l1d=32768:8:64 ..." */
void cache_describe(FILE *out);

#endif
