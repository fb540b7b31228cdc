/* SPDX-License-Identifier: GPL-2.0-only */
/* The option "swap" that cases of reclaim share. */
#ifndef MMVS_CASE_SWAP_H
#define MMVS_CASE_SWAP_H

#include "kernel/swap.h"
#include "run/bench.h"

/*
 * Without a free page in swap, get_swappiness() is 0, and MGLRU's walk passes over
 * anonymous VMAs, droppable ones among them (should_skip_vma()).
 */
#define SWAP_OPTION                                                                      \
	{                                                                                \
		"swap", "on", SWAP_CHOICES,                                              \
			"none, a full one, memory.swap.max=0 or vm.swappiness=0 instead" \
	}

/* Make it so: the first or last thing that setup() does.  0, -errno or BENCH_SKIP. */
int case_swap(struct bench_ctx *ctx);
/* Is plain memory to be swapped, as far as the option goes? */
bool case_swap_is_on(const struct bench_ctx *ctx);
/* teardown() calls it: swappiness is the machine's. */
void case_swap_undo(struct bench_ctx *ctx);

#endif
