/* SPDX-License-Identifier: GPL-2.0-only */
/* What every case of NUMA nodes asks for first. */
#ifndef MMVS_CASE_NUMA_H
#define MMVS_CASE_NUMA_H

#include "run/bench.h"

/* These options also shape the VM. */
#define NUMA_PLACE_OPTIONS                                           \
	{ "nodes", "2", "2|4", "NUMA nodes that the case needs" },   \
	{                                                            \
		"cpus", "2", "2|4", "CPUs that it needs, one a node" \
	}

/* @nodes: numa_place_nodes().  0, or BENCH_SKIP when the case asks for more. */
int numa_place_require(struct bench_ctx *ctx, int *nodes);

#endif
