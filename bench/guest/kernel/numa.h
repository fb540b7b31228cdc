/* SPDX-License-Identifier: GPL-2.0-only */
/* NUMA placement through libnuma: asked for, then looked up, never assumed. */
#ifndef MMVS_NUMA_H
#define MMVS_NUMA_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/mem.h"

#define NUMA_PLACE_MAX 8
#define NUMA_PLACE_INTERLEAVE (-1)

/*
 * Nodes are 0 to n - 1, with or without memory and CPUs; 0 without NUMA.  More than
 * NUMA_PLACE_MAX: nothing below that counts by node may be called.
 */
int numa_place_nodes(void);
bool numa_place_has_memory(int node);
bool numa_place_has_cpu(int node);
/* @node itself where it has a CPU, else the nearest that has one. */
int numa_place_cpu_near(int node);
/* Distance as the firmware tells it, 10 is local. */
int numa_place_distance(int from, int to);
/* Run on the CPUs of numa_place_cpu_near(@node); 0, or -errno. */
int numa_place_task(int node);
/* Memory of @r that is not there yet comes from @node, or from all in turn. */
int numa_place_memory(const struct mem_region *r, int node);
/* How many pages of @r lie on each node, by move_pages(2). */
int numa_place_count(const struct mem_region *r, size_t on[NUMA_PLACE_MAX]);
/* The same as a premise: 0, or -EIO when a page is where it was not sent. */
int numa_place_verify(const struct mem_region *r, int node);

#endif
