// SPDX-License-Identifier: GPL-2.0-only
/*
 * MGLRU eviction against the share of pages that are young by the time it
 * comes, found in one of two ways:
 *   look-around  touched after the last walk.  folio_referenced() meets the
 *                accessed bit, lru_gen_look_around() takes up to 64 neighbours
 *                along, shrink_folio_list() keeps the folio.
 *   walk         touched before the last walk: it has given them their new
 *                generation, and sort_folio() only moves them there.
 *
 * Path: the "-" command of debugfs as in reclaim-lru-gen, all old generations
 * at once.  Aging and touching are not in it.
 *
 * scanned_pages are those isolated (pgscan): with walk the young are not among
 * them, sort_folio() moves them (pgrefill) without isolating them.
 *
 * map=private-redirtied is memory written again after MADV_FREE, the bystander of
 * a sort_folio() without a shortcut for it: each folio is isolated, unmapped in vain
 * and made swap-backed again, and none goes at this first meeting.
 *
 * Moved by variants that change what is asked of a PTE on the way to unmap.
 * Where dropped pages are dirty by then, they take the way of "activated".
 *
 * Validated against pagemap: young pages are still there afterwards, the
 * others are not.
 */
#include <errno.h>
#include <string.h>

#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "kernel/vmstat.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/scan.h"

#define PAGES 8192

static const unsigned int shares[] = { 0, 1, 10, 50, 100 };

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return ARRAY_SIZE(shares);
}

/* All pages young to the first walk, old to the others; then some touched. */
static int prepare(struct scan_group *g, unsigned int pct, bool walk)
{
	int err = 0;

	for (int i = 0; i < 3 && !err; i++) {
		if (walk && i == 2 && pct)
			err = scan_touch(g, pct);
		if (!err)
			err = scan_age(g, true);
	}
	if (!err && !walk && pct)
		err = scan_touch(g, pct);
	return err;
}

static int64_t both(const struct vmstat_snapshot *a,
		    const struct vmstat_snapshot *b, const char *anon,
		    const char *file)
{
	return vmstat_delta(a, b, anon) + vmstat_delta(a, b, file);
}

static int evict(struct bench_ctx *ctx, struct scan_group *g, unsigned int pct)
{
	struct vmstat_snapshot *a, *b;
	struct lru_gen_state s;
	uint64_t cost, task, left = 0, young = g->pages * pct / 100;
	int err;

	err = scan_state(g, &s);
	if (err)
		return err;
	a = vmstat_take(g->name);
	task = clock_task();
	cost = clock_now();
	region_begin(REGION_EVICT);
	err = lru_gen_evict(&s, SCAN_NODE, s.max_seq - 2, 4 * g->pages);
	region_end(REGION_EVICT);
	cost = clock_now() - cost;
	task = clock_task() - task;
	b = vmstat_take(g->name);
	if (!err)
		err = a && b ? scan_present(g, &left) : -ENOMEM;
	if (!err)
		bench_row(ctx,
			  (int64_t[]){ pct, (int64_t)g->pages,
				       both(a, b, "vmstat.pgscan_anon",
					    "vmstat.pgscan_file"),
				       both(a, b, "vmstat.pgsteal_anon",
					    "vmstat.pgsteal_file"),
				       vmstat_delta(a, b, "vmstat.pgrefill"),
				       (int64_t)(g->pages - left),
				       (int64_t)left, (int64_t)cost,
				       (int64_t)task });
	vmstat_free(a);
	vmstat_free(b);
	/* Lazyfree and dirty: eviction gives them back, none goes this time. */
	if (!strcmp(bench_opt(ctx, "map"), "private-redirtied"))
		young = g->pages;
	/* Look-around may keep neighbours of a young page that were old. */
	if (!err && (left + 32 < young || left > young + g->pages / 50 + 32))
		err = bench_fail(
			ctx, -EIO,
			"premise: %llu of %zu pages were young, %llu are left",
			(unsigned long long)young, g->pages,
			(unsigned long long)left);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	bool walk = !strcmp(bench_opt(ctx, "found"), "walk");
	struct scan_shape shape = { PAGES, 1, 1, 1 };
	struct scan_group g;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shares) && !err; i++) {
		err = scan_start(&g, bench_opt(ctx, "map"), &shape);
		if (!err)
			err = prepare(&g, shares[i], walk);
		if (!err)
			err = evict(ctx, &g, shares[i]);
		scan_stop(&g);
	}
	return err && !*ctx->why ? bench_fail(ctx, err, "eviction") : err;
}

BENCH_CASE(scan_eviction) = {
	.name = "scan-eviction",
	.desc = "MGLRU eviction with 0 to 100 % of the pages young",
	.cells = BENCH_WORDS("map=droppable,found=look-around"),
	.full_cells = BENCH_WORDS("map=droppable,found=walk",
				  "map=private,found=look-around",
				  "map=private,found=walk",
				  "map=private-redirtied,found=walk"),
	.options = BENCH_OPTIONS(
		MEM_MAP_OPTION,
		{ "found", "look-around", "look-around|walk",
		  "who finds the young pages: eviction or the walk before it" }),
	.columns = BENCH_WORDS("young_pct", "mapped_pages", "scanned_pages",
			       "accounted_pages", "sorted_pages", "gone_pages",
			       "left_pages", "cost_clock", "task_clock"),
	.metrics = BENCH_METRICS(
		{ "evict_cost_all", "clock", "lower", "key", "sum",
		  "cost_clock", "mapped_pages", NULL,
		  "eviction, cost per page, over all shares" },
		{ "evict_slope", "clock", "lower", "all", "slope", "cost_clock",
		  "left_pages", NULL,
		  "eviction, cost of one more page kept rather than evicted" },
		{ "evict_cost", "clock", "lower", "all", "sum", "cost_clock",
		  "mapped_pages", "young_pct", "eviction, cost per page" },
		{ "cost_per_scanned", "clock", "lower", "all", "sum",
		  "cost_clock", "scanned_pages", "young_pct",
		  "eviction, cost per page scanned" },
		{ "sorted", "pages", "none", "all", "sum", "sorted_pages", NULL,
		  "young_pct", "pages that sort_folio() moved" },
		{ "left", "pages", "none", "all", "sum", "left_pages", NULL,
		  "young_pct", "pages that are still there" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = scan_setup,
	.run = run,
};
