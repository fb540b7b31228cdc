// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write fault latency by node: the task on each node, the memory on each, and
 * interleaved; the matrix of local and remote.
 *
 * Path: that of fault-first-touch, with the policy of the VMA: vma_alloc_folio()
 * -> policy_nodemask() -> the zonelist of one node.  Not in it: mbind(2), the
 * move of the task, looking pages up.  Under icount a node's distance costs
 * nothing: what differs there is the path (lists of free pages of the other
 * node, policies), and equal figures are the expected result.  On hardware the
 * same case gives the real matrix.
 *
 * Moved by variants that allocate past the VMA's policy: special-mapping-*
 * allocates for a file.
 *
 * Placement is the premise: the task's node is looked up after the move, every
 * page's by move_pages(2).  Validated: local to local costs what
 * fault-first-touch says for the same number of pages, less than 1 % apart.
 */
#include <errno.h>
#include <string.h>

#include "kernel/mem.h"
#include "kernel/numa.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_numa.h"

static int nodes;

static size_t max_rows(struct bench_ctx *ctx)
{
	return (NUMA_PLACE_MAX + 1) * NUMA_PLACE_MAX *
	       bench_opt_u64(ctx, "pages");
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	int err;

	err = numa_place_require(ctx, &nodes);
	if (err)
		return err;
	err = mem_map(&probe, bench_opt(ctx, "map"), 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (!err)
		mem_unmap(&probe);
	return err;
}

static int touch(struct bench_ctx *ctx, const struct mem_region *r,
		 int cpu_node, int mem_node)
{
	for (size_t i = 0; i < r->pages; i++) {
		volatile unsigned char *p = r->addr + i * mem_page_size();
		uint64_t start, end;

		start = clock_now();
		region_begin(REGION_FAULT_NODE);
		*p = 1;
		region_end(REGION_FAULT_NODE);
		end = clock_now();
		bench_row(ctx, (int64_t[]){ cpu_node,
					    mem_node == NUMA_PLACE_INTERLEAVE
						    ? nodes
						    : mem_node,
					    (int64_t)(end - start) });
	}
	return 0;
}

static int measure(struct bench_ctx *ctx, int cpu_node, int mem_node)
{
	struct mem_region r;
	int err;

	err = numa_place_task(cpu_node);
	if (err)
		return bench_fail(ctx, err, "premise: the task on node %d",
				  cpu_node);
	err = mem_map(&r, bench_opt(ctx, "map"), bench_opt_u64(ctx, "pages"));
	if (err)
		return err;
	err = numa_place_memory(&r, mem_node);
	if (err == -EINVAL && strcmp(r.kind, "private"))
		err = bench_skip(ctx, "%s memory takes no NUMA policy", r.kind);
	else if (err)
		bench_fail(ctx, err, "mbind to node %d", mem_node);
	if (!err)
		err = touch(ctx, &r, cpu_node, mem_node);
	if (!err) {
		err = numa_place_verify(&r, mem_node);
		if (err)
			bench_fail(ctx, err,
				   "premise: pages elsewhere than node %d",
				   mem_node);
	}
	mem_unmap(&r);
	return err;
}

/* Is @node what the option names, or does it name all? */
static bool wanted(struct bench_ctx *ctx, const char *key, int node)
{
	const char *value = bench_opt(ctx, key);

	if (!strcmp(value, "all"))
		return true;
	if (!strcmp(value, "interleave"))
		return node == NUMA_PLACE_INTERLEAVE;
	return node == value[0] - '0';
}

static int run(struct bench_ctx *ctx)
{
	int err = 0;

	for (int c = 0; !err && c < nodes; c++)
		for (int m = NUMA_PLACE_INTERLEAVE; !err && m < nodes; m++)
			if (numa_place_has_cpu(c) &&
			    (m < 0 || numa_place_has_memory(m)) &&
			    wanted(ctx, "cpu_node", c) &&
			    wanted(ctx, "mem_node", m))
				err = measure(ctx, c, m);
	if (!err && !ctx->nr_rows)
		return bench_fail(ctx, -EINVAL,
				  "cpu_node and mem_node name no node here");
	return err;
}

/* Distances, so that a reader knows what the matrix was measured on. */
static void header(const struct bench_ctx *ctx, FILE *out)
{
	(void)ctx;
	for (int from = 0; from < nodes; from++) {
		fprintf(out, "# distances_of_node_%d\t", from);
		for (int to = 0; to < nodes; to++)
			fprintf(out, "%s%d", to ? " " : "",
				numa_place_distance(from, to));
		fputc('\n', out);
	}
}

BENCH_CASE(numa_fault) = {
	.name = "numa-fault",
	.desc = "write fault latency with task and memory on each node",
	.full_cells = BENCH_WORDS("map=droppable,nodes=2,cpus=2",
				  "map=private,nodes=2,cpus=2",
				  "map=droppable,nodes=4,cpus=4"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION,
				 { "pages", "2048", NULL,
				   "pages to touch for each pair of nodes" },
				 NUMA_PLACE_OPTIONS,
				 { "cpu_node", "all", "all|0|1|2|3|4|5|6|7",
				   "node that the task runs on" },
				 { "mem_node", "all",
				   "all|0|1|2|3|4|5|6|7|interleave",
				   "node that the memory is on" }),
	.columns = BENCH_WORDS("cpu_node", "mem_node", "latency_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		{ "fault_p50", "clock", "lower", "all", "p50", "latency_clock",
		  NULL, "cpu_node,mem_node",
		  "write fault latency, median; the last mem_node is interleaved" },
		{ "fault_mean", "clock", "lower", "key", "mean",
		  "latency_clock", NULL, NULL,
		  "write fault latency, mean over all pairs of nodes" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.header = header,
};
