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

int reclaim_setup(struct bench_ctx *ctx, struct mem_region *r)
{
	int err;

	err = reclaim_lru(ctx);
	if (!err)
		err = bench_map(ctx, r);
	if (!err)
		err = mem_fill(r);
	if (!err)
		err = bench_filled(ctx, r);
	return err;
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

int reclaim_row(struct bench_ctx *ctx, const struct mem_region *r,
		struct reclaim_view *last, int64_t want, reclaim_op *op,
		void *arg, const char *what)
{
	struct reclaim_view now;
	struct reclaim_delta d;
	uint64_t cost, task;
	int ret, err;

	task = clock_task();
	cost = clock_now();
	ret = op(arg);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (ret && ret != -EAGAIN)
		return bench_fail(ctx, ret, "%s", what);
	err = reclaim_look(r, &now);
	if (err)
		return bench_fail(ctx, err, "looking after %s", what);
	d = reclaim_between(last, &now);
	bench_row(ctx, (int64_t[NR_COLUMNS]){
			       (int64_t)ctx->nr_rows, want, d.accounted,
			       d.lazyfreed, d.freed, d.dropped, d.swapped,
			       (int64_t)now.where.present, d.scanned,
			       ret ? 1 : 0, (int64_t)cost, (int64_t)task });
	reclaim_view_free(last);
	*last = now;
	return ret;
}

int reclaim_check(struct bench_ctx *ctx, const struct mem_region *r)
{
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
