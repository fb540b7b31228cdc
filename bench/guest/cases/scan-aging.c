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
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bench.h"
#include "../clock.h"
#include "../lru_gen.h"
#include "../marker.h"
#include "../mem.h"
#include "../memcg.h"

#define NODE 0
/*
 * Young, old, young, old.  A walk gives a young folio its new generation in
 * the folio's flags but leaves it on its old list; inc_min_seq() catches up
 * when that list becomes the oldest of MAX_NR_GENS.  With four generations
 * this falls into the last pass: it walks old PTEs and moves every folio.
 */
#define NR_PASSES 4
#define MOVING_PASS 3

static const size_t sizes[] = { 1024, 4096, 16384, 65536 };

struct owner {
	pid_t pid;
	int to, from;
	char group[32], cgroup[64];
};

static size_t max_rows(struct bench_ctx *ctx)
{
	(void)ctx;
	return ARRAY_SIZE(sizes) * NR_PASSES;
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	int err;

	err = lru_gen_enabled();
	if (err < 0)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (!err)
		return bench_skip(
			ctx,
			"MGLRU is off, or its page table walk (see /sys/kernel/mm/lru_gen/enabled)");
	if (access(LRU_GEN_DEBUG, W_OK))
		return bench_skip(ctx,
				  "%s is not writable: mount debugfs, be root",
				  LRU_GEN_DEBUG);
	err = mem_map(&probe, bench_opt(ctx, "map"), 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (!err)
		mem_unmap(&probe);
	return err;
}

/* The child: map and fill, then write to every page again on request. */
static void own(const struct owner *o, const char *map, size_t pages, int in,
		int out)
{
	struct mem_region r;
	char c = 'r';

	if (memcg_enter(o->group) || mem_map(&r, map, pages) || mem_fill(&r))
		_exit(1);
	while (write(out, &c, 1) == 1 && read(in, &c, 1) == 1)
		for (size_t i = 0; i < pages; i++)
			r.addr[i * mem_page_size()] ^= 0;
	_exit(0);
}

static int wait_owner(const struct owner *o)
{
	char c;

	return read(o->from, &c, 1) == 1 ? 0 : -ECHILD;
}

static int touch_again(const struct owner *o)
{
	return write(o->to, "t", 1) == 1 ? wait_owner(o) : -EPIPE;
}

static int start_owner(struct owner *o, const char *map, size_t pages)
{
	int to[2], from[2], err;

	snprintf(o->group, sizeof(o->group), "scan-%zu", pages);
	snprintf(o->cgroup, sizeof(o->cgroup), "/mmvs/%s", o->group);
	err = memcg_create(o->group);
	if (err)
		return err;
	if (pipe(to) || pipe(from))
		return -errno;
	o->pid = fork();
	if (o->pid < 0)
		return -errno;
	if (!o->pid) {
		close(to[1]);
		close(from[0]);
		own(o, map, pages, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	o->to = to[1];
	o->from = from[0];
	return wait_owner(o);
}

static void stop_owner(struct owner *o)
{
	close(o->to);
	close(o->from);
	kill(o->pid, SIGKILL);
	waitpid(o->pid, NULL, 0);
}

/* The number of a region is part of an instruction: one place for each. */
#define TIMED_AGE(region, s, cost, err)          \
	do {                                     \
		*(cost) = clock_now();           \
		region_begin(region);            \
		err = lru_gen_age(s, NODE);      \
		region_end(region);              \
		*(cost) = clock_now() - *(cost); \
	} while (0)

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

static int age_once(struct bench_ctx *ctx, const struct owner *o, size_t pages,
		    int pass)
{
	struct lru_gen_state s;
	struct lru_gen_walk w;
	uint64_t cost, task;
	bool young = !(pass & 1);
	int err;

	err = lru_gen_read(o->cgroup, NODE, &s);
	if (err)
		return bench_fail(ctx, err, "%s in %s", o->cgroup,
				  LRU_GEN_DEBUG);
	task = clock_task();
	err = timed_age(&s, pass, &cost);
	task = clock_task() - task;
	if (err)
		return bench_fail(ctx, err, "aging %zu pages", pages);
	err = lru_gen_walk(o->cgroup, NODE, s.max_seq, &w);
	if (err)
		return bench_fail(ctx, err, "no walk statistics for %s",
				  o->cgroup);
	/* A walk sees the binary's own pages too; TLBs may hide a few. */
	if (w.leaf_total < pages || (young ? w.leaf_young < pages - pages / 50
					   : w.leaf_young > pages / 50 + 32))
		return bench_fail(
			ctx, -EIO,
			"premise: of %zu %s pages the walk saw %llu, young %llu",
			pages, young ? "young" : "old",
			(unsigned long long)w.leaf_total,
			(unsigned long long)w.leaf_young);
	bench_row(ctx,
		  (int64_t[]){ (int64_t)pages, young ? 100 : 0,
			       pass == MOVING_PASS ? 100 : 0, pass,
			       (int64_t)w.leaf_total, (int64_t)w.leaf_young,
			       (int64_t)cost, (int64_t)task });
	return 0;
}

static int age_size(struct bench_ctx *ctx, size_t pages)
{
	struct owner o;
	int err;

	err = start_owner(&o, bench_opt(ctx, "map"), pages);
	if (err)
		return bench_fail(ctx, err, "the owner of %zu pages", pages);
	for (int pass = 0; pass < NR_PASSES && !err; pass++) {
		if (pass && !(pass & 1))
			err = touch_again(&o);
		if (!err)
			err = age_once(ctx, &o, pages, pass);
	}
	stop_owner(&o);
	return err;
}

static int run(struct bench_ctx *ctx)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes) && !err; i++)
		err = age_size(ctx, sizes[i]);
	return err;
}

static const struct bench_option options[] = {
	MEM_MAP_OPTION,
	{ 0 },
};

static const struct bench_metric metrics[] = {
	{ "scan_cost_all", "clock", "lower", "key", "sum", "cost_clock",
	  "scanned_pages", "young_pct,moved_pct",
	  "aging, cost per page scanned, over all sizes" },
	{ "scan_cost", "clock", "lower", "all", "sum", "cost_clock",
	  "scanned_pages", "mapped_pages,young_pct,moved_pct",
	  "aging, cost per page scanned" },
	{ 0 },
};

static const struct bench_case scan_aging = {
	.name = "scan-aging",
	.desc = "MGLRU aging of 1 k to 64 k mapped pages, all young or none",
	.cells = (const char *const[]){ "map=droppable", "map=private", NULL },
	.options = options,
	.columns = (const char *const[]){ "mapped_pages", "young_pct",
					  "moved_pct", "pass_index",
					  "scanned_pages", "young_pages",
					  "cost_clock", "task_clock", NULL },
	.metrics = metrics,
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
};

BENCH_CASE(scan_aging);
