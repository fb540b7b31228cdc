// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <numa.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/numa.h"

int numa_place_nodes(void)
{
	return numa_available() < 0 ? 0 : numa_max_node() + 1;
}

bool numa_place_has_memory(int node)
{
	return numa_node_size64(node, NULL) > 0;
}

bool numa_place_has_cpu(int node)
{
	struct bitmask *cpus = numa_allocate_cpumask();
	bool has;

	has = !numa_node_to_cpus(node, cpus) && numa_bitmask_weight(cpus);
	numa_bitmask_free(cpus);
	return has;
}

int numa_place_cpu_near(int node)
{
	int near = -1;

	for (int n = 0; n < numa_place_nodes(); n++)
		if (numa_place_has_cpu(n) &&
		    (near < 0 ||
		     numa_distance(node, n) < numa_distance(node, near)))
			near = n;
	return near;
}

int numa_place_distance(int from, int to)
{
	return numa_distance(from, to);
}

int numa_place_task(int node)
{
	node = numa_place_cpu_near(node);
	if (numa_run_on_node(node))
		return -errno;
	/* The kernel moves the task before the call returns; prove it. */
	return numa_node_of_cpu(sched_getcpu()) == node ? 0 : -EIO;
}

int numa_place_memory(const struct mem_region *r, int node)
{
	size_t size = r->pages * mem_page_size();
	int err;

	errno = 0;
	if (node == NUMA_PLACE_INTERLEAVE) {
		numa_interleave_memory(r->addr, size, numa_all_nodes_ptr);
	} else {
		numa_set_bind_policy(1);
		numa_tonode_memory(r->addr, size, node);
	}
	err = -errno;
	return err;
}

int numa_place_count(const struct mem_region *r, size_t on[NUMA_PLACE_MAX])
{
	void **page = calloc(r->pages, sizeof(*page));
	int *status = calloc(r->pages, sizeof(*status));
	int err = page && status ? 0 : -ENOMEM;

	memset(on, 0, NUMA_PLACE_MAX * sizeof(*on));
	for (size_t i = 0; !err && i < r->pages; i++)
		page[i] = r->addr + i * mem_page_size();
	/* Without nodes it moves nothing and tells where the pages are. */
	if (!err && numa_move_pages(0, r->pages, page, NULL, status, 0))
		err = -errno;
	for (size_t i = 0; !err && i < r->pages; i++)
		if (status[i] >= 0 && status[i] < NUMA_PLACE_MAX)
			on[status[i]]++;
	free(page);
	free(status);
	return err;
}

int numa_place_verify(const struct mem_region *r, int node)
{
	size_t on[NUMA_PLACE_MAX], nodes = 0, nth = 0;
	int err = numa_place_count(r, on);

	for (int n = 0; n < numa_place_nodes(); n++)
		nodes += numa_place_has_memory(n);
	for (int n = 0; !err && n < numa_place_nodes(); n++) {
		size_t want = n == node ? r->pages : 0;

		if (node == NUMA_PLACE_INTERLEAVE && numa_place_has_memory(n))
			want = (r->pages + nodes - 1 - nth++) / nodes;
		/* Interleaving begins on any node. */
		if (on[n] > want + (node == NUMA_PLACE_INTERLEAVE) ||
		    on[n] + (node == NUMA_PLACE_INTERLEAVE) < want)
			err = -EIO;
	}
	return err;
}
