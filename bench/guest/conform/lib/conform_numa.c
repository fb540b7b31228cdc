// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA placement for conformance tests: asked for by system call, then looked
 * up again, never assumed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"

#define MPOL_BIND 2
#define MPOL_MF_MOVE 2

/* The first @max nodes of a list such as "0-1,3" that have memory; how many. */
static int nodes_with_memory(int *node, int max)
{
	char text[128] = "", *s = text;
	int n = 0;

	file_read("/sys/devices/system/node/has_memory", text, sizeof(text));
	while (n < max && *s >= '0' && *s <= '9') {
		long first = strtol(s, &s, 10), last = first;

		if (*s == '-')
			last = strtol(s + 1, &s, 10);
		while (n < max && first <= last)
			node[n++] = (int)first++;
		s += *s == ',';
	}
	return n;
}

void conform_need_nodes(int node[2])
{
	premise(nodes_with_memory(node, 2) == 2,
		"only one NUMA node has memory; VM_NUMA=2 has two");
}

int conform_first_node(void)
{
	int node = 0;

	nodes_with_memory(&node, 1);
	return node;
}

/* One word of nodes is what the system calls below are given. */
static unsigned long mask_of(int node)
{
	premise(node < 64, "node %d: only 64 are known here", node);
	return 1UL << node;
}

/* move_pages(2) with one entry a page; NULL for @to looks up only. */
static int *move_pages(const struct mem_region *r, const int *to)
{
	void **page = calloc(r->pages, sizeof(*page));
	int *status = calloc(r->pages, sizeof(*status));

	premise(page && status, "no memory for a list of pages");
	for (size_t i = 0; i < r->pages; i++)
		page[i] = r->addr + i * mem_page_size();
	check(!syscall(SYS_move_pages, 0, r->pages, page, to, status,
		       MPOL_MF_MOVE),
	      "move_pages: %s", strerror(errno));
	free(page);
	return status;
}

size_t conform_on_node(const struct mem_region *r, int node)
{
	int *status = move_pages(r, NULL);
	size_t n = 0;

	for (size_t i = 0; i < r->pages; i++)
		n += status[i] == node;
	free(status);
	return n;
}

void conform_move_pages(const struct mem_region *r, int node)
{
	int *to = calloc(r->pages, sizeof(*to));

	premise(to, "no memory for a list of nodes");
	for (size_t i = 0; i < r->pages; i++)
		to[i] = node;
	free(move_pages(r, to));
	free(to);
	check(conform_on_node(r, node) == r->pages,
	      "move_pages leaves %zu of %zu pages elsewhere than node %d",
	      r->pages - conform_on_node(r, node), r->pages, node);
}

void conform_mbind(const struct mem_region *r, int node)
{
	unsigned long mask = mask_of(node);

	check(!syscall(SYS_mbind, r->addr, r->pages * mem_page_size(),
		       MPOL_BIND, &mask, 64UL, MPOL_MF_MOVE),
	      "mbind: %s", strerror(errno));
}

void conform_bind_task(int node)
{
	unsigned long mask = mask_of(node);

	premise(!syscall(SYS_set_mempolicy, MPOL_BIND, &mask, 64UL),
		"set_mempolicy: %s", strerror(errno));
}
