// SPDX-License-Identifier: GPL-2.0-only
/*
 * Aging and eviction by node: one mapping with a half on each node, one node
 * aged and evicted at a time through debugfs.
 *
 * Path: lru_gen_seq_write() -> run_cmd() for one lruvec: run_aging() walks all
 * page tables of the memcg's mms and takes the young pages of its own node;
 * run_eviction() -> evict_folios() -> shrink_folio_list().  Not in it: filling,
 * looking at where pages are.  Aging a node costs the walk of the other node's
 * pages too: get_pfn_folio() turns them away one by one.
 *
 * Moved by variants that move aging or eviction; a difference between nodes
 * would be a variant that takes its folios from the wrong one.
 *
 * Premise: each half is on its node (move_pages(2)), and what is evicted of a
 * node leaves the other node's half as it was.  Validated: pages gone from
 * pagemap are the fall of that node's pages in move_pages(2), exactly.
 */
#include <errno.h>
#include <inttypes.h>

#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "kernel/numa.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_map.h"
#include "share/case_numa.h"

#define GROUP "/mmvs/run"
#define NR_AGINGS 3

static struct mem_region part[NUMA_PLACE_MAX];
static int nodes;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return NUMA_PLACE_MAX;
}

/* Each node's part is filled by a task on that node, from that node. */
static int fill(struct bench_ctx *ctx, int node)
{
	size_t share = case_region.pages / (size_t)nodes;
	int err;

	part[node] = case_region;
	part[node].pages = share;
	part[node].addr += (size_t)node * share * mem_page_size();
	err = numa_place_task(node);
	if (!err)
		err = numa_place_memory(&part[node], node);
	if (err)
		return bench_fail(ctx, err, "placing on node %d", node);
	err = mem_fill(&part[node]);
	if (!err)
		err = numa_place_verify(&part[node], node);
	if (err)
		bench_fail(ctx, err, "premise: pages elsewhere than node %d",
			   node);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	int err;

	err = numa_place_require(ctx, &nodes);
	if (err)
		return err;
	if (lru_gen_enabled() != 1)
		return bench_skip(ctx,
				  "MGLRU is off, or its page table walk is");
	err = case_map(ctx);
	for (int node = 0; !err && node < nodes; node++)
		if (numa_place_has_memory(node))
			err = fill(ctx, node);
	return err;
}

static int64_t present_of(int node)
{
	size_t on[NUMA_PLACE_MAX];

	if (!part[node].pages)
		return 0; /* a node without memory */
	return numa_place_count(&part[node], on) ? -1 : (int64_t)on[node];
}

/* As many agings as make the oldest generation hold what was filled. */
static int age(struct bench_ctx *ctx, int node, uint64_t *cost,
	       struct lru_gen_state *s)
{
	int err = 0;

	*cost = 0;
	for (int i = 0; !err && i < NR_AGINGS; i++) {
		uint64_t start;

		err = lru_gen_read(GROUP, node, s);
		if (err)
			break;
		start = clock_now();
		region_begin(REGION_NODE_AGE);
		err = lru_gen_age(s, node, true);
		region_end(REGION_NODE_AGE);
		*cost += clock_now() - start;
	}
	if (!err)
		err = lru_gen_read(GROUP, node, s);
	return err ? bench_fail(ctx, err, "aging node %d", node) : 0;
}

static int measure(struct bench_ctx *ctx, int node)
{
	int64_t before[NUMA_PLACE_MAX], own, others = 0;
	struct lru_gen_state s;
	int64_t walked = 0;
	uint64_t aging, cost;
	int err;

	for (int n = 0; n < nodes; n++) {
		before[n] = present_of(n);
		walked += before[n] * NR_AGINGS;
	}
	err = age(ctx, node, &aging, &s);
	if (err)
		return err;
	cost = clock_now();
	region_begin(REGION_NODE_EVICT);
	err = lru_gen_evict(&s, node, s.max_seq - 2, part[node].pages);
	region_end(REGION_NODE_EVICT);
	cost = clock_now() - cost;
	if (err)
		return bench_fail(ctx, err, "evicting node %d", node);
	for (int n = 0; n < nodes; n++)
		others += n == node ? 0 : before[n] - present_of(n);
	own = before[node] - present_of(node);
	if (before[node] < 0 || others)
		return bench_fail(ctx, -EIO,
				  "eviction of node %d took %" PRId64
				  " pages of others",
				  node, others);
	bench_row(ctx, (int64_t[]){ node, walked, (int64_t)part[node].pages,
				    own, (int64_t)aging, (int64_t)cost });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	int err = 0;

	for (int node = 0; !err && node < nodes; node++)
		if (numa_place_has_memory(node))
			err = measure(ctx, node);
	return err;
}

static int check(struct bench_ctx *ctx)
{
	struct mem_where w;
	int err = mem_where(&case_region, &w);

	if (!err && w.present == case_region.pages)
		return bench_fail(ctx, -EIO,
				  "premise: not one page was evicted");
	return err;
}

BENCH_CASE(numa_reclaim) = {
	.name = "numa-reclaim",
	.desc = "aging and eviction of one NUMA node at a time",
	.full_cells = BENCH_WORDS("map=droppable,nodes=2,cpus=2",
				  "map=private,nodes=2,cpus=2"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION,
				 { "pages", "8192", NULL,
				   "pages, an equal share on each node" },
				 NUMA_PLACE_OPTIONS),
	.columns = BENCH_WORDS("node", "walked_pages", "node_pages",
			       "evicted_pages", "aging_clock", "evict_clock"),
	.metrics = BENCH_METRICS(
		{ "aging_per_page", "clock", "lower", "all", "sum",
		  "aging_clock", "walked_pages", "node",
		  "aging of one node, per page of all nodes that the walk sees" },
		{ "eviction_per_page", "clock", "lower", "key", "sum",
		  "evict_clock", "evicted_pages", NULL,
		  "eviction, per page, over all nodes" },
		{ "evicted_ratio", "ratio", "one", "all", "sum",
		  "evicted_pages", "node_pages", "node",
		  "evicted / asked for" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = case_unmap,
};
