// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who goes first?  Droppable memory shares a group at memory.max with memory
 * of use: MADV_FREE memory that was written again, plain anonymous memory, and
 * clean and dirty page cache.  A task touches as much new memory as half of that.
 *
 * Path: that of reclaim-limit; which kind gives way is decided by
 * get_type_to_scan() and the generations (classic: get_scan_count()), for each
 * folio by shrink_folio_list().  The kinds are filled in turn, 64 pages each,
 * so that age favours none.  In cost: the stores with the reclaim they cause.
 *
 * useful_gone is the memory of use that went (to swap, or out of the page cache)
 * while the same was touched.  useful_per_droppable divides it by the droppable
 * pages given up and is no verdict: giving up fewer of them for the same loss
 * makes it larger.  Page cache is that of a zram
 * disk (pagecache.h); a swap slot or a page of the disk costs memory outside
 * the group.  Stalls: memory.events "max", PSI for the whole run in the last
 * row.  Refaults are counted while everything is read back, with the limit
 * taken away: workingset_refault_* needs vmstat_refresh().
 *
 * Page cache that was written or read once lies in the oldest generation and goes
 * first, all of it.  The new memory ends when half of the droppable pages should
 * have gone: with more, every variant has given up everything.
 *
 * Validated by content: what was of use reads back as it was written, what is
 * gone from the droppable mapping reads as zeroes.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/lru_gen.h"
#include "kernel/memcg.h"
#include "kernel/pagecache.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/reclaim.h"

#define EACH 2048 /* pages of each kind */
#define TURN 64
#define CHUNK 256
#define PRESSURE (5 * EACH / 2) /* ends amid the droppable pages */

enum {
	DROPPABLE,
	REDIRTIED,
	PLAIN,
	NEW,
	NR_REGIONS
};
enum {
	CLEAN = NR_REGIONS,
	DIRTY,
	NR_KINDS
};

static struct mem_region region[NR_REGIONS];
static struct pagecache cache; /* clean pages, then dirty ones */

struct state {
	int64_t there[NR_KINDS];
	struct vmstat_snapshot *stat;
	uint64_t events;
};

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return PRESSURE / CHUNK;
}

static int look(struct state *s)
{
	size_t cached[2];
	int err = 0;

	for (int i = 0; i < NR_REGIONS && !err; i++) {
		struct mem_where w;

		err = mem_where(&region[i], &w);
		s->there[i] = (int64_t)w.present;
	}
	for (int i = 0; i < 2 && !err; i++) {
		err = pagecache_cached(&cache, (size_t)i * EACH, EACH,
				       &cached[i]);
		s->there[CLEAN + i] = (int64_t)cached[i];
	}
	if (!err)
		err = memcg_event(RECLAIM_GROUP, "max", &s->events);
	s->stat = err ? NULL : vmstat_take(RECLAIM_GROUP);
	return err || s->stat ? err : -ENOMEM;
}

static int map_all(struct bench_ctx *ctx)
{
	static const char *const kind[] = { "droppable", "private", "private",
					    "private" };
	static const size_t pages[] = { EACH, EACH, EACH, PRESSURE };
	int err;

	err = pagecache_open(&cache, 2 * EACH);
	if (err)
		return bench_skip(ctx, "no zram disk for the page cache: %s",
				  strerror(-err));
	for (int i = 0; i < NR_REGIONS && !err; i++)
		err = mem_map(&region[i], kind[i], pages[i]);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	return err;
}

/* What is filled, and read back, in one go. */
static struct mem_region turn_of(int kind, size_t first)
{
	return (struct mem_region){
		.addr = region[kind].addr + first * mem_page_size(),
		.pages = TURN,
		.kind = region[kind].kind,
	};
}

static int fill_turn(size_t first)
{
	size_t size = mem_page_size();
	struct mem_region part;
	int err;

	err = pagecache_write(&cache, EACH + first, TURN);
	for (int i = 0; i < NEW && !err; i++) {
		part = turn_of(i, first);
		err = mem_fill(&part);
		if (err || i != REDIRTIED)
			continue;
		if (madvise(part.addr, TURN * size, MADV_FREE))
			return -errno;
		err = mem_fill(&part);
	}
	return err;
}

static int setup(struct bench_ctx *ctx)
{
	uint64_t current, dirty;
	struct state s;
	int err;

	err = reclaim_lru(ctx);
	if (!err)
		err = map_all(ctx);
	if (err)
		return err;
	err = pagecache_write(&cache, 0, EACH);
	if (!err)
		err = pagecache_sync(&cache);
	for (size_t i = 0; i < EACH && !err; i += TURN)
		err = fill_turn(i);
	if (!err)
		err = look(&s);
	if (!err)
		err = memcg_stat(RECLAIM_GROUP, "file_dirty", &dirty);
	if (err)
		return bench_fail(ctx, err, "filling");
	vmstat_free(s.stat);
	for (int i = 0; i < NR_KINDS; i++)
		if (i != NEW && s.there[i] != EACH)
			return bench_fail(
				ctx, -EIO,
				"premise: only %lld of %d pages of kind %d are there",
				(long long)s.there[i], EACH, i);
	dirty /= mem_page_size();
	if (dirty < EACH - EACH / 8 || dirty > EACH + EACH / 8)
		return bench_fail(ctx, -EIO,
				  "premise: %llu pages are dirty, not %d",
				  (unsigned long long)dirty, EACH);
	err = memcg_current(RECLAIM_GROUP, &current);
	if (!err)
		err = memcg_limit(RECLAIM_GROUP, "memory.max", current);
	return err;
}

static uint64_t touch(size_t first)
{
	uint64_t t = clock_now();

	region_begin(REGION_RECLAIM_MIXED);
	for (size_t i = first; i < first + CHUNK; i++) {
		uint64_t *p;

		p = (void *)(region[NEW].addr + i * mem_page_size());
		*(volatile uint64_t *)p = i + 1;
	}
	region_end(REGION_RECLAIM_MIXED);
	return clock_now() - t;
}

static int64_t sum_of(const struct state *a, const struct state *b,
		      const char *what)
{
	char anon[64], file[64];

	snprintf(anon, sizeof(anon), "vmstat.%s_anon", what);
	snprintf(file, sizeof(file), "vmstat.%s_file", what);
	return vmstat_delta(a->stat, b->stat, anon) +
	       vmstat_delta(a->stat, b->stat, file);
}

static int step(struct bench_ctx *ctx, size_t first, struct state *last)
{
	int64_t gone[NR_KINDS], useful = 0;
	struct state now;
	uint64_t cost, task;
	int err;

	task = clock_task();
	cost = touch(first);
	task = clock_task() - task;
	err = look(&now);
	if (err)
		return err;
	for (int i = 0; i < NR_KINDS; i++) {
		gone[i] = last->there[i] - now.there[i];
		if (i != DROPPABLE && i != NEW)
			useful += gone[i];
	}
	gone[NEW] += CHUNK;
	bench_row(ctx,
		  (int64_t[]){ (int64_t)ctx->nr_rows, CHUNK, gone[DROPPABLE],
			       gone[REDIRTIED], gone[PLAIN], gone[CLEAN],
			       gone[DIRTY], gone[NEW], useful,
			       useful + gone[DROPPABLE] + gone[NEW],
			       sum_of(last, &now, "pgsteal"),
			       sum_of(last, &now, "pgscan"),
			       (int64_t)(now.events - last->events), 0, 0,
			       (int64_t)cost, (int64_t)task });
	vmstat_free(last->stat);
	*last = now;
	return 0;
}

#define REFAULT_COLUMN 13 /* of the last row, as is the next, PSI */

static int verify(struct bench_ctx *ctx, int kind)
{
	size_t intact, zero, lost = 0;
	int err = 0;

	for (size_t i = 0; i < EACH && !err; i += TURN) {
		struct mem_region part = turn_of(kind, i);

		err = mem_verify(&part, &intact, &zero);
		lost += zero;
	}
	if (!err && lost && kind != DROPPABLE)
		err = bench_fail(ctx, -EIO,
				 "%zu pages of kind %d lost their data", lost,
				 kind);
	return err;
}

/* Everything back, with its content; what had to be brought in again. */
static int read_back(struct bench_ctx *ctx, int64_t *refaults)
{
	struct state before, after;
	int err;

	err = memcg_limit(RECLAIM_GROUP, "memory.max", UINT64_MAX);
	vmstat_refresh();
	if (!err)
		err = look(&before);
	if (err)
		return err;
	for (int i = 0; i < NEW && !err; i++)
		err = verify(ctx, i);
	if (!err)
		err = pagecache_verify(&cache, 0, 2 * EACH);
	vmstat_refresh();
	if (!err)
		err = look(&after);
	if (err)
		return err;
	*refaults = sum_of(&before, &after, "workingset_refault");
	vmstat_free(before.stat);
	vmstat_free(after.stat);
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	struct state s = { 0 };
	uint64_t us[2];
	int64_t *last;
	int err;

	err = memcg_stall_us(RECLAIM_GROUP, &us[0]);
	if (!err)
		err = look(&s);
	for (size_t i = 0; i < PRESSURE && !err; i += CHUNK)
		err = step(ctx, i, &s);
	vmstat_free(s.stat);
	if (!err)
		err = memcg_stall_us(RECLAIM_GROUP, &us[1]);
	if (err)
		return bench_fail(ctx, err, "touching at memory.max");
	last = ctx->rows + (ctx->nr_rows - 1) * ctx->nr_columns;
	err = read_back(ctx, &last[REFAULT_COLUMN]);
	last[REFAULT_COLUMN + 1] = (int64_t)(us[1] - us[0]);
	return err && !*ctx->why ? bench_fail(ctx, err, "reading back") : err;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	memcg_limit(RECLAIM_GROUP, "memory.max", UINT64_MAX);
	for (int i = 0; i < NR_REGIONS; i++)
		mem_unmap(&region[i]);
	pagecache_close(&cache);
}

#define GONE(name, text)                                                  \
	{                                                                 \
		name "_gone", "pages", "none", "all", "sum",              \
			name "_gone_pages", NULL, NULL, text " that went" \
	}

BENCH_CASE(reclaim_mixed) = {
	.name = "reclaim-mixed",
	.desc = "who goes first: droppable, redirtied MADV_FREE, plain, clean, dirty",
	.cells = BENCH_WORDS("lru=mglru"),
	.full_cells = BENCH_WORDS("lru=classic"),
	.options = BENCH_OPTIONS(LRU_OPTION),
	.columns = BENCH_WORDS("chunk_index", "touched_pages",
			       "droppable_gone_pages", "redirtied_gone_pages",
			       "plain_gone_pages", "clean_gone_pages",
			       "dirty_gone_pages", "new_gone_pages",
			       "useful_gone_pages", "all_gone_pages",
			       "accounted_pages", "scanned_pages",
			       "event_count", "refault_pages", "stall_count",
			       "cost_clock", "task_clock"),
	.metrics = BENCH_METRICS(
		{ "useful_gone", "pages", "lower", "key", "sum",
		  "useful_gone_pages", NULL, NULL,
		  "pages of use that went for the same need" },
		{ "useful_per_droppable", "ratio", "none", "all", "sum",
		  "useful_gone_pages", "droppable_gone_pages", NULL,
		  "pages of use lost for each droppable page given up" },
		{ "overshoot", "ratio", "one", "key", "sum", "all_gone_pages",
		  "touched_pages", NULL, "gone / touched" },
		{ "first_droppable", "ratio", "none", "all", "first",
		  "droppable_gone_pages", "all_gone_pages", NULL,
		  "droppable share of what the first reclaims took" },
		{ "touch_cost", "clock", "lower", "key", "sum", "cost_clock",
		  "touched_pages", NULL, "cost per page touched" },
		{ "task_per_touched", "clock", "lower", "all", "sum",
		  "task_clock", "touched_pages", NULL,
		  "CPU time of the task per page touched" },
		GONE("droppable", "droppable pages"),
		GONE("redirtied", "pages written after MADV_FREE"),
		GONE("plain", "plain anonymous pages"),
		GONE("clean", "clean pages of the page cache"),
		GONE("dirty", "dirty pages of the page cache"),
		GONE("new", "pages of the pressing task itself"),
		{ "accounted_ratio", "ratio", "one", "all", "sum",
		  "accounted_pages", "all_gone_pages", NULL,
		  "accounted / gone" },
		{ "scanned_per_gone", "ratio", "lower", "all", "sum",
		  "scanned_pages", "all_gone_pages", NULL,
		  "pages scanned per page gone" },
		{ "limit_events", "count", "lower", "all", "sum", "event_count",
		  NULL, NULL, "memory.events: how often memory.max was met" },
		{ "refaults", "pages", "lower", "all", "last", "refault_pages",
		  NULL, NULL, "workingset refaults while all is read back" },
		{ "stall_us", "us", "lower", "all", "last", "stall_count", NULL,
		  NULL, "memory.pressure: time with the task stalled" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.teardown = teardown,
};
