/* SPDX-License-Identifier: GPL-2.0-only */
/* What every case of NUMA nodes asks for first. */
#ifndef MMVS_CASE_NUMA_H
#define MMVS_CASE_NUMA_H

#include "run/bench.h"

/* These options also shape the VM. */
#define NUMA_PLACE_OPTIONS                                                             \
	{                                                                              \
		"nodes", "2", "2|4|(topology)",                                        \
		"NUMA nodes that the case needs, or what they are: 512M.0-1+1G_0-1-40" \
	},                                                                             \
	{                                                                              \
		"cpus", "2", "2|4", "CPUs that it needs, one a node"                   \
	}

/*
 * @nodes: numa_place_nodes().  0, -EINVAL for a topology that is none, or
 * BENCH_SKIP when there are more than NUMA_PLACE_MAX, or fewer than the case asks
 * for: with memory and a CPU, or of a topology, which may have nodes without a
 * CPU, with memory.
 */
int numa_place_require(struct bench_ctx *ctx, int *nodes);

/* How many nodes "512M.0-1+1G_0-1-40" describes; -EINVAL (scripts/topology.sh). */
int case_numa_described(const char *text);

#endif
