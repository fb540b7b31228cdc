// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing: memory filled on one node, its task moved to another.  Does the
 * memory follow, and what does it cost?
 *
 * Path: task_numa_work() -> change_prot_numa() -> change_pte_range(), then a load of
 * each page: do_numa_page() -> migrate_misplaced_folio().  In cost: the loads with
 * their hint faults and migrations.  Not in it: the scan, which is work of the tick,
 * and the second of CPU time until it comes.
 *
 * Moved by variants whose folios are dirty: change_pte_range() passes over a dirty
 * folio of the file LRU, and migrate_misplaced_folio_prepare() refuses it.  All
 * droppable folios are on that LRU; where the dirty bit gets from the entry to the
 * folio they are out of it for good after the first aging (aged=yes), where it does
 * not they stay in.
 *
 * Distance costs nothing under icount: what a page far away costs later is in
 * local_ratio and not in a clock.
 *
 * Premise: the pages are on the first node before (move_pages(2)), and balancing is
 * on.  Validated against the kernel's own account: pages on the task's node by
 * move_pages(2) are numa_pages_migrated of /proc/vmstat and a few of other VMAs.
 */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "kernel/numa.h"
#include "kernel/vmstat.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_map.h"
#include "share/case_numa.h"

#define SYSCTL "/proc/sys/kernel/numa_balancing"
#define GROUP "run"
#define PASSES 12
#define BURN_NS \
	300000000 /* of CPU time between passes; a scan is due each second */

static int nodes, from = -1, to = -1;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return PASSES;
}

/* The first two that have memory and a CPU. */
static void pick_nodes(void)
{
	for (int n = 0; n < nodes; n++) {
		if (!numa_place_has_memory(n) || !numa_place_has_cpu(n))
			continue;
		if (from < 0)
			from = n;
		else if (to < 0)
			to = n;
	}
}

/* One walk of each node's page tables hands the entries' dirty bits to the folios. */
static int age(struct bench_ctx *ctx)
{
	struct lru_gen_state s;
	int err = 0;

	if (lru_gen_enabled() != 1)
		return bench_skip(ctx,
				  "MGLRU is off, or its page table walk is");
	for (int n = 0; !err && n < nodes; n++) {
		if (!numa_place_has_memory(n))
			continue;
		err = lru_gen_read("/mmvs/" GROUP, n, &s);
		if (!err)
			err = lru_gen_age(&s, n, true);
	}
	return err ? bench_fail(ctx, err, "aging") : 0;
}

static int setup(struct bench_ctx *ctx)
{
	int err = numa_place_require(ctx, &nodes);

	if (err)
		return err;
	pick_nodes();
	if (to < 0)
		return bench_skip(ctx, "one node with memory and a CPU only");
	if (file_write(SYSCTL, "0"))
		return bench_skip(ctx, "no %s, or no right to write to it",
				  SYSCTL);
	err = numa_place_task(from);
	if (err)
		return bench_fail(ctx, err, "premise: the task on node %d",
				  from);
	err = case_fill(ctx);
	if (!err && numa_place_verify(&case_region, from))
		err = bench_fail(ctx, -EIO,
				 "premise: pages elsewhere than on %d", from);
	if (!err && !strcmp(bench_opt(ctx, "aged"), "yes"))
		err = age(ctx);
	return err;
}

static uint64_t sweep(void)
{
	uint64_t cost = clock_now();

	region_begin(REGION_NODE_BALANCING);
	for (size_t i = 0; i < case_region.pages; i++)
		(void)*(volatile uint64_t *)(case_region.addr +
					     i * mem_page_size());
	region_end(REGION_NODE_BALANCING);
	return clock_now() - cost;
}

/* Scans are due by CPU time, not by the clock on the wall. */
static void burn(void)
{
	uint64_t end = clock_now() + BURN_NS;

	while (clock_now() < end)
		;
}

static int pass(struct bench_ctx *ctx)
{
	struct vmstat_snapshot *a, *b;
	size_t on[NUMA_PLACE_MAX];
	uint64_t cost;
	int err;

	burn();
	a = vmstat_take(GROUP);
	cost = sweep();
	b = vmstat_take(GROUP);
	err = a && b ? numa_place_count(&case_region, on) : -ENOMEM;
	if (!err)
		bench_row(ctx,
			  (int64_t[]){
				  (int64_t)ctx->nr_rows,
				  (int64_t)case_region.pages, (int64_t)on[to],
				  vmstat_delta(a, b, "vmstat.numa_hint_faults"),
				  vmstat_delta(a, b,
					       "vmstat.numa_pages_migrated"),
				  (int64_t)cost });
	vmstat_free(a);
	vmstat_free(b);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	int err = numa_place_task(to);

	if (err)
		return bench_fail(ctx, err, "premise: the task on node %d", to);
	err = file_write(SYSCTL, "1");
	for (int i = 0; !err && i < PASSES; i++)
		err = pass(ctx);
	return err && !*ctx->why ? bench_fail(ctx, err, "balancing") : err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	file_write(SYSCTL, "0");
	case_unmap(ctx);
}

BENCH_CASE(numa_balancing) = {
	.name = "numa-balancing",
	.desc = "does memory follow its task to another node, and at what cost?",
	.full_cells = BENCH_WORDS("map=droppable,aged=no,nodes=2,cpus=2",
				  "map=droppable,aged=yes,nodes=2,cpus=2",
				  "map=private,aged=yes,nodes=2,cpus=2"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION,
				 { "pages", "4096", NULL,
				   "pages to fill on the first node" },
				 { "aged", "no", "no|yes",
				   "has MGLRU walked the pages before?" },
				 NUMA_PLACE_OPTIONS),
	.columns = BENCH_WORDS("pass_index", "touched_pages", "local_pages",
			       "fault_count", "migrated_pages", "cost_clock"),
	.metrics = BENCH_METRICS(
		{ "local_ratio", "ratio", "higher", "key", "last",
		  "local_pages", "touched_pages", NULL,
		  "share of pages that are on the task's node in the end" },
		{ "cost_per_touch", "clock", "lower", "all", "sum",
		  "cost_clock", "touched_pages", NULL,
		  "cost of touching a page, hint faults and migration included" },
		{ "cost_per_fault", "clock", "lower", "all", "sum",
		  "cost_clock", "fault_count", NULL,
		  "the same per hint fault" },
		{ "faults", "count", "none", "all", "sum", "fault_count", NULL,
		  NULL, "hint faults" },
		{ "migrated", "pages", "none", "all", "sum", "migrated_pages",
		  NULL, NULL, "pages migrated" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
