/* SPDX-License-Identifier: GPL-2.0-only */
/* NUMA placement through libnuma: asked for, then looked up, never assumed. */
#ifndef MMVS_NUMA_PLACE_H
#define MMVS_NUMA_PLACE_H

#include <stddef.h>

#include "kernel/mem.h"

#define NUMA_PLACE_MAX 4
#define NUMA_PLACE_INTERLEAVE (-1)

/* Options that every case of nodes has; they also shape the VM. */
#define NUMA_PLACE_OPTIONS                                           \
	{ "nodes", "2", "2|4", "NUMA nodes that the case needs" },   \
	{                                                            \
		"cpus", "2", "2|4", "CPUs that it needs, one a node" \
	}

struct bench_ctx;

/* @nodes: numa_place_nodes().  0, or BENCH_SKIP when the case asks for more. */
int numa_place_require(struct bench_ctx *ctx, int *nodes);

/* Nodes 0 to n - 1 that have both memory and a CPU; 0 without NUMA. */
int numa_place_nodes(void);
/* Distance as the firmware tells it, 10 is local. */
int numa_place_distance(int from, int to);
/* Run on @node's CPUs; 0, or -errno. */
int numa_place_task(int node);
/* Memory of @r that is not there yet comes from @node, or from all in turn. */
int numa_place_memory(const struct mem_region *r, int node);
/* How many pages of @r lie on each node, by move_pages(2). */
int numa_place_count(const struct mem_region *r, size_t on[NUMA_PLACE_MAX]);
/* The same as a premise: 0, or -EIO when a page is where it was not sent. */
int numa_place_verify(const struct mem_region *r, int node);

#endif
