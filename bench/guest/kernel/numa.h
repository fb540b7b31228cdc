/* SPDX-License-Identifier: GPL-2.0-only */
/* NUMA placement through libnuma: asked for, then looked up, never assumed. */
#ifndef MMVS_NUMA_H
#define MMVS_NUMA_H

#include <stddef.h>

#include "kernel/mem.h"

#define NUMA_PLACE_MAX 4
#define NUMA_PLACE_INTERLEAVE (-1)

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
