// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events come from /proc/vmstat, not from memory.stat: the memcg's counters
 * are only flushed when enough has changed (memcg_vmstats_needs_flush()), 64
 * pages a CPU, and a request may be smaller.  pgscan_anon and its kin count
 * memcg reclaim too; nothing else in the guest reclaims.
 */
#include <errno.h>
#include <string.h>

#include "kernel/lru_gen.h"
#include "run/clock.h"
#include "share/case_map.h"
#include "share/reclaim.h"

int reclaim_lru(struct bench_ctx *ctx)
{
	const char *lru = bench_opt(ctx, "lru");
	int err = 0;

	if (lru)
		err = lru_select(lru);
	if (err == -ENOENT)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (err == -EACCES || err == -EPERM)
		return bench_skip(ctx, "choosing the LRU needs root");
	if (err)
		return bench_fail(ctx, err, "premise: the LRU is not %s", lru);
	return 0;
}

int reclaim_setup(struct bench_ctx *ctx)
{
	int err = reclaim_lru(ctx);

	return err ? err : case_fill(ctx);
}

int reclaim_look(const struct mem_region *r, struct reclaim_view *v)
{
	int err;

	err = mem_where(r, &v->where);
	v->stat = err ? NULL : vmstat_take(RECLAIM_GROUP);
	return err || v->stat ? err : -ENOMEM;
}

struct reclaim_delta reclaim_between(const struct reclaim_view *a,
				     const struct reclaim_view *b)
{
	return (struct reclaim_delta){
		.accounted =
			vmstat_delta(a->stat, b->stat, "vmstat.pgsteal_anon") +
			vmstat_delta(a->stat, b->stat, "vmstat.pgsteal_file"),
		.lazyfreed =
			vmstat_delta(a->stat, b->stat, "vmstat.pglazyfreed"),
		.scanned =
			vmstat_delta(a->stat, b->stat, "vmstat.pgscan_anon") +
			vmstat_delta(a->stat, b->stat, "vmstat.pgscan_file"),
		.freed = -vmstat_delta(a->stat, b->stat, "memcg_current") /
			 (int64_t)mem_page_size(),
		.dropped = (int64_t)b->where.absent - (int64_t)a->where.absent,
		.swapped =
			(int64_t)b->where.swapped - (int64_t)a->where.swapped,
	};
}

void reclaim_view_free(struct reclaim_view *v)
{
	vmstat_free(v->stat);
	v->stat = NULL;
}

#define NR_COLUMNS ARRAY_SIZE(((const char *const[]){ RECLAIM_COLUMNS }))

/* Time one request and write its row; @last becomes what is seen after it. */
static int ask_once(struct bench_ctx *ctx, const struct reclaim_ops *ops,
		    uint64_t want, struct reclaim_view *last)
{
	struct mem_where before = last->where;
	struct reclaim_view now;
	struct reclaim_delta d;
	uint64_t cost, task;
	int ret, err;

	task = clock_task();
	cost = clock_now();
	ret = ops->ask(want, ctx->nr_rows);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (ret && ret != -EAGAIN)
		return bench_fail(ctx, ret, "%s", ops->what);
	err = reclaim_look(&case_region, &now);
	if (err)
		return bench_fail(ctx, err, "looking after %s", ops->what);
	d = reclaim_between(last, &now);
	bench_row(ctx, (int64_t[NR_COLUMNS]){
			       (int64_t)ctx->nr_rows, (int64_t)want,
			       d.accounted, d.lazyfreed, d.freed, d.dropped,
			       d.swapped, (int64_t)now.where.present, d.scanned,
			       ret ? 1 : 0, (int64_t)cost, (int64_t)task });
	reclaim_view_free(last);
	*last = now;
	return !ret && ops->after ? ops->after(ctx, &before, &now.where) : ret;
}

static uint64_t wanted(const struct bench_ctx *ctx)
{
	const struct reclaim_ops *ops = ctx->bc->kind;
	uint64_t want = ops->chunk ? ops->chunk : bench_opt_u64(ctx, "request");

	return want ? want
		    : bench_opt_u64(ctx, "pages") *
			       bench_opt_u64(ctx, "share") / 100;
}

size_t reclaim_rows(struct bench_ctx *ctx)
{
	const struct reclaim_ops *ops = ctx->bc->kind;

	return ops->rounds ? ops->rounds
			   : bench_opt_u64(ctx, "pages") / ops->chunk + 1;
}

int reclaim_run(struct bench_ctx *ctx)
{
	const struct reclaim_ops *ops = ctx->bc->kind;
	uint64_t want = wanted(ctx);
	struct reclaim_view v;
	int err;

	if (!want)
		return bench_fail(ctx, -EINVAL,
				  "the share is less than a page");
	err = reclaim_look(&case_region, &v);
	while (!err && v.where.present && ctx->nr_rows < reclaim_rows(ctx))
		err = ask_once(ctx, ops, want, &v);
	reclaim_view_free(&v);
	return err == -EAGAIN ? 0 : err;
}

int reclaim_check(struct bench_ctx *ctx)
{
	const struct mem_region *r = &case_region;
	struct mem_where w;
	size_t intact, zero;
	int err;

	err = mem_where(r, &w);
	if (!err)
		err = mem_verify(r, &intact, &zero);
	if (err)
		return bench_fail(ctx, err, "reading back after reclaim");
	/* A page table entry of shmem that was dropped says nothing. */
	if (zero != w.absent && strcmp(r->kind, "shmem"))
		return bench_fail(
			ctx, -EIO,
			"%zu pages were dropped but %zu read back as zeroes",
			w.absent, zero);
	if (zero && !mem_may_drop(r->kind))
		return bench_fail(ctx, -EIO, "%zu pages lost their data", zero);
	return 0;
}
