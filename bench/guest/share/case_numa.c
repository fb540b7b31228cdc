// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/numa.h"
#include "share/case_numa.h"

int numa_place_require(struct bench_ctx *ctx, int *nodes)
{
	int want = (int)bench_opt_u64(ctx, "nodes");

	*nodes = numa_place_nodes();
	if (*nodes >= want)
		return 0;
	return bench_skip(ctx,
			  "%d NUMA nodes with memory and a CPU, %d asked for",
			  *nodes, want);
}
