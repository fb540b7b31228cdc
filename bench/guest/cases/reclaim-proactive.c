// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proactive reclaim: fill a mapping, then ask memory.reclaim for a share of
 * it, again and again until nothing is left or the kernel refuses.
 *
 * Path: memory_reclaim() -> try_to_free_mem_cgroup_pages() -> MGLRU's
 * evict_folios() -> shrink_folio_list() -> try_to_unmap_one(), and for memory
 * that must be kept, swap out to zram.  The aging that eviction needs is in
 * it.  Not in it: filling, looking at pagemap and reading back.
 *
 * Four views of one request: requested (asked for), accounted (memcg's
 * pgsteal), freed (fall of memory.current), dropped (neither present nor in
 * swap in pagemap, and read back as zeroes in the end).  Variants differ in
 * exactly these.  memory.current moves in batches of 64 pages a CPU.
 *
 * Validated against itself from outside: pages read back intact plus pages
 * read back as zeroes make up the mapping, and dropped agrees with zeroes.
 */
#include <errno.h>
#include <string.h>

#include "../bench.h"
#include "../clock.h"
#include "../marker.h"
#include "../mem.h"
#include "../memcg.h"

#define GROUP "run"
#define MAX_ROUNDS 256

struct view {
	uint64_t current, steal, scan;
	struct mem_where where;
};

static struct mem_region region;

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return MAX_ROUNDS;
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_where w;
	int err;

	err = bench_map(ctx, &region);
	if (err)
		return err;
	err = mem_fill(&region);
	if (!err)
		err = mem_where(&region, &w);
	if (!err && w.present != region.pages)
		return bench_fail(
			ctx, -EIO,
			"premise: only %zu of %zu pages are there after filling",
			w.present, region.pages);
	return err;
}

static int look(struct view *v)
{
	int err;

	err = memcg_current(GROUP, &v->current);
	if (!err)
		err = memcg_stat(GROUP, "pgsteal", &v->steal);
	if (!err)
		err = memcg_stat(GROUP, "pgscan", &v->scan);
	if (!err)
		err = mem_where(&region, &v->where);
	return err;
}

static int64_t pages_between(uint64_t more, uint64_t less)
{
	return ((int64_t)more - (int64_t)less) / (int64_t)mem_page_size();
}

/* One request; -EAGAIN from the kernel is a result, not an error. */
static int ask(struct bench_ctx *ctx, uint64_t want, struct view *last)
{
	struct view now;
	uint64_t cost, task;
	int refused, err;

	task = clock_task();
	cost = clock_now();
	region_begin(REGION_RECLAIM);
	refused = memcg_reclaim(GROUP, want * mem_page_size());
	region_end(REGION_RECLAIM);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (refused && refused != -EAGAIN)
		return bench_fail(ctx, refused, "memory.reclaim");
	err = look(&now);
	if (err)
		return err;
	bench_row(ctx,
		  (int64_t[]){ (int64_t)ctx->nr_rows, (int64_t)want,
			       (int64_t)(now.steal - last->steal),
			       pages_between(last->current, now.current),
			       (int64_t)(now.where.absent - last->where.absent),
			       (int64_t)now.where.swapped -
				       (int64_t)last->where.swapped,
			       (int64_t)now.where.present,
			       (int64_t)(now.scan - last->scan),
			       refused ? 1 : 0, (int64_t)cost, (int64_t)task });
	*last = now;
	return refused;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t want = region.pages * bench_opt_u64(ctx, "share") / 100;
	struct view v;
	int err;

	if (!want)
		return bench_fail(ctx, -EINVAL,
				  "the share is less than a page");
	err = look(&v);
	while (!err && v.where.present && ctx->nr_rows < MAX_ROUNDS)
		err = ask(ctx, want, &v);
	return err == -EAGAIN ? 0 : err;
}

static int check(struct bench_ctx *ctx)
{
	struct mem_where w;
	size_t intact, zero;
	int err;

	err = mem_where(&region, &w);
	if (!err)
		err = mem_verify(&region, &intact, &zero);
	if (err)
		return bench_fail(ctx, err, "reading back after reclaim");
	if (zero != w.absent)
		return bench_fail(
			ctx, -EIO,
			"%zu pages were dropped but %zu read back as zeroes",
			w.absent, zero);
	if (zero &&
	    (!strcmp(region.kind, "private") || !strcmp(region.kind, "shmem")))
		return bench_fail(ctx, -EIO, "%zu pages lost their data", zero);
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	mem_unmap(&region);
}

static const struct bench_option options[] = {
	MEM_MAP_OPTION,
	{ "pages", "16384", NULL, "pages to fill" },
	{ "share", "25", NULL, "percent of the mapping asked for at a time" },
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "overshoot", "ratio", "one", "key", "first", "dropped_pages",
	  "requested_pages", NULL, "dropped / requested, first request" },
	{ "accounted_ratio", "ratio", "one", "key", "first", "accounted_pages",
	  "requested_pages", NULL, "accounted / requested, first request" },
	{ "freed_ratio", "ratio", "one", "key", "first", "freed_pages",
	  "requested_pages", NULL, "freed / requested, first request" },
	{ "cost_per_freed", "clock", "lower", "key", "sum", "cost_clock",
	  "freed_pages", NULL, "cost per freed page, all requests" },
	{ "task_per_freed", "clock", "lower", "all", "sum", "task_clock",
	  "freed_pages", NULL, "CPU time of the task per freed page" },
	{ "scanned_per_freed", "ratio", "lower", "all", "sum", "scanned_pages",
	  "freed_pages", NULL, "pages scanned per freed page" },
	{ "requested", "pages", "none", "all", "first", "requested_pages", NULL,
	  NULL, "first request: asked for" },
	{ "accounted", "pages", "none", "all", "first", "accounted_pages", NULL,
	  NULL, "first request: accounted as reclaimed" },
	{ "freed", "pages", "none", "all", "first", "freed_pages", NULL, NULL,
	  "first request: fall of memory.current" },
	{ "dropped", "pages", "none", "all", "first", "dropped_pages", NULL,
	  NULL, "first request: pages that read as zeroes now" },
	{ "swapped", "pages", "none", "all", "first", "swapped_pages", NULL,
	  NULL, "first request: pages written to swap" },
	{ "refusals", "count", "lower", "all", "sum", "refused_count", NULL,
	  NULL, "requests that ended with EAGAIN" },
	{ 0 },
};

static const struct bench_case reclaim_proactive = {
	.name = "reclaim-proactive",
	.desc = "memory.reclaim for a share of a filled mapping, until done",
	.cells = (const char *const[]){ "map=droppable,share=25",
					"map=droppable,share=100",
					"map=private,share=25", NULL },
	.options = options,
	.columns = (const char *const[]){ "round_index", "requested_pages",
					  "accounted_pages", "freed_pages",
					  "dropped_pages", "swapped_pages",
					  "resident_pages", "scanned_pages",
					  "refused_count", "cost_clock",
					  "task_clock", NULL },
	.metrics = metrics,
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};

BENCH_CASE(reclaim_proactive);
