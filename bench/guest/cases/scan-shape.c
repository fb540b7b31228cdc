// SPDX-License-Identifier: GPL-2.0-only
/*
 * What moves the cost of MGLRU's aging besides the number of pages: one of
 *   young      the share of pages accessed since the last walk
 *   density    every 1st, 8th, 64th, 512th page mapped: PTE tables walked
 *   vmas       the same pages in 1 to 2048 VMAs
 *   processes  the same pages in 1 to 64 processes
 *   bloom      PTE tables that the last walk's Bloom filter names, or not
 *
 * Path: as in scan-aging.  young moves folio_update_gen() and what is asked of
 * a young PTE; density moves walk_pmd_range(), whose walk of a table looks at
 * all 512 entries; vmas moves get_next_vma(), which has walk_pte_range() called
 * again; processes moves iterate_mm_list() and walk_mm(), with a lock each.
 * A walk that is not forced skips tables that were sparse in the last one
 * (suitable_to_scan(): less than one young PTE a cache line).
 *
 * The walk that is measured is the second, for bloom the third: the pages lie
 * on their old list and inc_min_seq() has none of them to move (scan-aging).
 * slope is that of the cost over the parameter: one more young page, table,
 * VMA or process; the constant is the rest of the walk.
 *
 * Moved by pte-dirty-vma: it looks at the VMA for each young dirty PTE.
 *
 * Validated against CONFIG_LRU_GEN_STATS: PTEs, young PTEs and tables of the
 * walk are those of the shape, but for a process' own few.
 */
#include <errno.h>
#include <string.h>

#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/scan.h"

struct point {
	int64_t x;
	struct scan_shape shape;
	unsigned int before; /* percent touched before the walk in between */
	unsigned int young; /* percent touched before the walk measured */
	bool filtered; /* by the Bloom filter */
};

#define SMALL 8192
#define LARGE 16384

static const struct point young[] = {
	{ .x = 0, .shape = { LARGE, 1, 1, 1 }, .young = 0 },
	{ .x = 1, .shape = { LARGE, 1, 1, 1 }, .young = 1 },
	{ .x = 10, .shape = { LARGE, 1, 1, 1 }, .young = 10 },
	{ .x = 50, .shape = { LARGE, 1, 1, 1 }, .young = 50 },
	{ .x = 100, .shape = { LARGE, 1, 1, 1 }, .young = 100 },
	{ 0 },
};

static const struct point density[] = {
	{ .x = 1, .shape = { SMALL, 1, 1, 1 }, .young = 100 },
	{ .x = 8, .shape = { SMALL, 8, 1, 1 }, .young = 100 },
	{ .x = 64, .shape = { SMALL, 64, 1, 1 }, .young = 100 },
	{ .x = 512, .shape = { SMALL, 512, 1, 1 }, .young = 100 },
	{ 0 },
};

static const struct point vmas[] = {
	{ .x = 1, .shape = { SMALL, 1, 1, 1 }, .young = 100 },
	{ .x = 8, .shape = { SMALL, 1, 8, 1 }, .young = 100 },
	{ .x = 64, .shape = { SMALL, 1, 64, 1 }, .young = 100 },
	{ .x = 512, .shape = { SMALL, 1, 512, 1 }, .young = 100 },
	{ .x = 2048, .shape = { SMALL, 1, 2048, 1 }, .young = 100 },
	{ 0 },
};

static const struct point processes[] = {
	{ .x = 1, .shape = { SMALL, 1, 1, 1 }, .young = 100 },
	{ .x = 4, .shape = { SMALL, 1, 1, 4 }, .young = 100 },
	{ .x = 16, .shape = { SMALL, 1, 1, 16 }, .young = 100 },
	{ .x = 64, .shape = { SMALL, 1, 1, 64 }, .young = 100 },
	{ 0 },
};

/* 1 % of the pages: five young PTEs a table. */
static const struct point bloom[] = {
	{ .x = 0,
	  .shape = { LARGE, 1, 1, 1 },
	  .before = 1,
	  .young = 100,
	  .filtered = true },
	{ .x = 1,
	  .shape = { LARGE, 1, 1, 1 },
	  .before = 100,
	  .young = 100,
	  .filtered = true },
	{ 0 },
};

static const struct {
	const char *name;
	const struct point *points;
} sweeps[] = {
	{ "young", young },	    { "density", density }, { "vmas", vmas },
	{ "processes", processes }, { "bloom", bloom },
};

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return 8;
}

static int timed_walk(struct bench_ctx *ctx, const struct scan_group *g,
		      const struct point *p)
{
	struct lru_gen_state s;
	struct lru_gen_walk w;
	uint64_t cost, task, found;
	bool skips = p->filtered && !p->x;
	int err;

	err = scan_state(g, &s);
	if (err)
		return err;
	task = clock_task();
	cost = clock_now();
	region_begin(REGION_AGE_SHAPE);
	err = lru_gen_age(&s, SCAN_NODE, !p->filtered);
	region_end(REGION_AGE_SHAPE);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (!err)
		err = lru_gen_walk(g->path, SCAN_NODE, s.max_seq, &w);
	if (err)
		return err;
	found = skips ? 0 : g->pages * p->young / 100;
	err = scan_saw(ctx, g, &w, skips ? 0 : g->pages, found);
	if (err)
		return err;
	bench_row(ctx, (int64_t[]){ p->x,
				    !strcmp(bench_opt(ctx, "over"), "young")
					    ? (int64_t)w.leaf_young
				    : !strcmp(bench_opt(ctx, "over"), "density")
					    ? (int64_t)w.tables
					    : p->x,
				    (int64_t)g->pages, (int64_t)w.leaf_total,
				    (int64_t)w.leaf_young, (int64_t)w.tables,
				    (int64_t)w.dense, (int64_t)cost,
				    (int64_t)task });
	return 0;
}

/*
 * A walk that is not forced is refused (ERANGE) while there are MAX_NR_GENS
 * generations.  Evicting the oldest alone takes no page of ours: aging has
 * given them a younger one, and sort_folio() moves them there.
 */
static int drop_oldest(const struct scan_group *g)
{
	struct lru_gen_state s;
	int err;

	err = scan_state(g, &s);
	return err ? err : lru_gen_evict(&s, SCAN_NODE, s.min_seq, 1);
}

static int measure(struct bench_ctx *ctx, const struct point *p)
{
	struct scan_group g;
	int err;

	err = scan_start(&g, bench_opt(ctx, "map"), &p->shape);
	if (!err)
		err = scan_age(&g, true);
	if (!err && p->before) {
		err = scan_touch(&g, p->before);
		if (!err)
			err = scan_age(&g, true);
	}
	if (!err && p->filtered)
		err = drop_oldest(&g);
	if (!err && p->young)
		err = scan_touch(&g, p->young);
	if (!err)
		err = timed_walk(ctx, &g, p);
	scan_stop(&g);
	return err && !*ctx->why
		       ? bench_fail(ctx, err, "%s = %lld",
				    bench_opt(ctx, "over"), (long long)p->x)
		       : err;
}

static int run(struct bench_ctx *ctx)
{
	const struct point *p = NULL;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sweeps); i++)
		if (!strcmp(sweeps[i].name, bench_opt(ctx, "over")))
			p = sweeps[i].points;
	if (!p)
		return bench_fail(ctx, -EINVAL, "no such sweep");
	for (; p->shape.pages && !err; p++)
		err = measure(ctx, p);
	return err;
}

BENCH_CASE(scan_shape) = {
	.name = "scan-shape",
	.desc = "MGLRU aging over young share, density, VMAs, processes, Bloom filter",
	.full_cells = BENCH_WORDS(
		"map=droppable,over=young", "map=droppable,over=density",
		"map=private,over=young", "map=droppable,over=vmas",
		"map=droppable,over=processes", "map=droppable,over=bloom",
		"map=private,over=density", "map=private,over=vmas",
		"map=private,over=processes", "map=private,over=bloom"),
	.options = BENCH_OPTIONS(MEM_MAP_OPTION,
				 { "over", "young",
				   "young|density|vmas|processes|bloom",
				   "what is varied" }),
	.columns = BENCH_WORDS("x_count", "fit_count", "mapped_pages",
			       "scanned_pages", "young_pages", "table_count",
			       "dense_count", "cost_clock", "task_clock"),
	.metrics = BENCH_METRICS(
		{ "shape_slope", "clock", "lower", "key", "slope", "cost_clock",
		  "fit_count", NULL,
		  "aging, cost of one more young page, PTE table, VMA or process" },
		{ "shape_cost", "clock", "lower", "all", "sum", "cost_clock",
		  "mapped_pages", "x_count", "aging, cost per page mapped" },
		{ "shape_tables", "count", "none", "all", "sum", "table_count",
		  NULL, "x_count", "PTE tables walked" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = scan_setup,
	.run = run,
};
