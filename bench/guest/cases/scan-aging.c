// SPDX-License-Identifier: GPL-2.0-only
/*
 * MGLRU aging: what one walk of the page tables costs a mapped page, over
 * sizes, with every page young (accessed since the last walk) or none.
 *
 * Path: a write to debugfs lru_gen -> run_aging() -> try_to_inc_max_seq() ->
 * walk_mm() -> walk_pte_range(), folio_update_gen() for the young.  In it: the
 * write itself and the fixed cost of a new generation.  Not in it: touching.
 * Each size gets a process and a memcg of its own, so that no generation holds
 * another size's pages and inc_min_seq() finds the old ones empty.
 *
 * Moved by variants that change what the walk asks of a PTE or a folio
 * (pte-dirty-vma reads the VMA's flags; special-mapping-* walks file folios).
 *
 * The owner of the mapping runs between two walks: the switch of page tables
 * empties the TLB (without it QEMU's TLB hides accesses and the accessed bit
 * stays clear).  Validated against CONFIG_LRU_GEN_STATS: the walk must have
 * looked at every page and found the young share that was made.
 *
 * swap=off and its like leave it to get_swappiness() whether anonymous VMAs are
 * walked at all: what counts there is walked_ratio, and nothing is a premise.
 */
#include <errno.h>

#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_swap.h"
#include "share/scan.h"

/*
 * Young, old, young, old.  A walk gives a young folio its new generation in
 * the folio's flags but leaves it on its old list; inc_min_seq() catches up
 * when that list becomes the oldest of MAX_NR_GENS.  With four generations
 * this falls into the last pass: it walks old PTEs and moves every folio.
 */
#define NR_PASSES 4
#define MOVING_PASS 3

/*
 * 256 k pages are the whole memory of an ordinary guest: they ask for a larger
 * one.  Sharing pages among processes would give more PTEs, but to one folio, and
 * droppable memory cannot be shared.
 */
static const size_t sizes[] = { 1024, 4096, 16384, 65536, 262144 };

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return ARRAY_SIZE(sizes) * NR_PASSES;
}

/* The number of a region is part of an instruction: one place for each. */
#define TIMED_AGE(region, s, cost, err)                \
	do {                                           \
		*(cost) = clock_now();                 \
		region_begin(region);                  \
		err = lru_gen_age(s, SCAN_NODE, true); \
		region_end(region);                    \
		*(cost) = clock_now() - *(cost);       \
	} while (0)

/* What swap there is counts: what the walk passes over is not looked at. */
static int timed_age_by_itself(const struct lru_gen_state *s, uint64_t *cost)
{
	int err;

	*cost = clock_now();
	region_begin(REGION_AGE_BY_ITSELF);
	err = lru_gen_age_by_itself(s, SCAN_NODE);
	region_end(REGION_AGE_BY_ITSELF);
	*cost = clock_now() - *cost;
	return err;
}

static int timed_age(const struct lru_gen_state *s, int pass, uint64_t *cost)
{
	int err;

	if (pass == MOVING_PASS)
		TIMED_AGE(REGION_AGE_MOVING, s, cost, err);
	else if (pass & 1)
		TIMED_AGE(REGION_AGE_OLD, s, cost, err);
	else
		TIMED_AGE(REGION_AGE_YOUNG, s, cost, err);
	return err;
}

static int age_once(struct bench_ctx *ctx, const struct scan_group *g, int pass)
{
	struct lru_gen_state s;
	struct lru_gen_walk w;
	uint64_t cost, task;
	bool young = !(pass & 1), swap = case_swap_is_on(ctx);
	int err;

	err = scan_state(g, &s);
	if (err)
		return bench_fail(ctx, err, "%s in %s", g->path, LRU_GEN_DEBUG);
	task = clock_task();
	err = swap ? timed_age(&s, pass, &cost)
		   : timed_age_by_itself(&s, &cost);
	task = clock_task() - task;
	if (err)
		return bench_fail(ctx, err, "aging %zu pages", g->pages);
	err = lru_gen_walk(g->path, SCAN_NODE, s.max_seq, &w);
	if (err)
		return bench_fail(ctx, err, "no walk statistics for %s",
				  g->path);
	if (swap)
		err = scan_saw(ctx, g, &w, g->pages, young ? g->pages : 0);
	if (err)
		return err;
	bench_row(ctx,
		  (int64_t[]){ (int64_t)g->pages, young ? 100 : 0,
			       pass == MOVING_PASS ? 100 : 0, pass,
			       (int64_t)w.leaf_total, (int64_t)w.leaf_young,
			       (int64_t)cost, (int64_t)task });
	return 0;
}

static int age_size(struct bench_ctx *ctx, size_t pages)
{
	struct scan_shape shape = { pages, 1, 1, 1 };
	struct scan_group g;
	int err;

	err = scan_start(&g, bench_opt(ctx, "map"), &shape);
	if (err)
		err = bench_fail(ctx, err, "the owner of %zu pages", pages);
	for (int pass = 0; pass < NR_PASSES && !err; pass++) {
		if (pass && !(pass & 1))
			err = scan_touch(&g, 100);
		if (!err)
			err = age_once(ctx, &g, pass);
	}
	scan_stop(&g);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t largest = bench_opt_u64(ctx, "largest");
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes) && !err; i++)
		if (sizes[i] <= largest)
			err = age_size(ctx, sizes[i]);
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	int err = scan_setup(ctx);

	return err ? err : case_swap(ctx);
}

BENCH_CASE(scan_aging) = {
	.name = "scan-aging",
	.desc = "MGLRU aging of 1 k to 256 k mapped pages, all young or none",
	.cells = BENCH_WORDS("map=droppable", "map=private"),
	.full_cells = BENCH_WORDS("map=droppable,largest=262144,memory=2G",
				  "map=private,largest=262144,memory=2G",
				  "map=shmem", "map=droppable,swap=off",
				  "map=droppable,swap=full",
				  "map=droppable,swap=max0",
				  "map=droppable,swap=swappiness0"),
	.options = BENCH_OPTIONS(
		MEM_MAP_OPTION, SWAP_OPTION,
		{ "largest", "16384", "16384|65536|262144", "pages, at most" },
		{ "memory", "1G", "1G|2G", "of the VM (scripts/vm-run.sh)" }),
	.columns = BENCH_WORDS("mapped_pages", "young_pct", "moved_pct",
			       "pass_index", "scanned_pages", "young_pages",
			       "cost_clock", "task_clock"),
	.metrics = BENCH_METRICS(
		{ "scan_cost_all", "clock", "lower", "key", "sum", "cost_clock",
		  "scanned_pages", "young_pct,moved_pct",
		  "aging, cost per page scanned, over all sizes" },
		{ "scan_slope", "clock", "lower", "all", "slope", "cost_clock",
		  "scanned_pages", "young_pct,moved_pct",
		  "aging, cost of one more page: slope over sizes" },
		{ "walked_ratio", "ratio", "none", "all", "sum",
		  "scanned_pages", "mapped_pages", NULL,
		  "page table entries that the walk looked at / mapped pages" },
		{ "scan_cost", "clock", "lower", "all", "sum", "cost_clock",
		  "scanned_pages", "mapped_pages,young_pct,moved_pct",
		  "aging, cost per page scanned" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = case_swap_undo,
};
