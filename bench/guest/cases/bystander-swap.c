// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain anonymous memory to zram and back, per page: what everybody pays under
 * pressure when nothing can be dropped.
 *
 * Path: memory.reclaim -> shrink_folio_list() -> add_to_swap(), pageout(),
 * zram_bvec_write(); then a store to each page, do_swap_page() (the way back
 * alone, with its distribution, is fault-refault@map=private; the way out alone
 * reclaim-proactive@map=private).  In it: aging, and pages that cannot be had.
 * Not in it: filling.  Half of each page is words that do not compress.
 *
 * Moved by stacks that touch try_to_unmap_one() or shrink_folio_list() for all
 * folios; it should stay where it is.
 *
 * Validated in each round against memory.stat: pgmajfault (the unit) and pgsteal
 * rise together, and every word is read back.  Over all rounds /proc/vmstat's
 * pswpin is the sum of the units and of the round that is not counted.
 */
#include <errno.h>

#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "share/batch.h"
#include "share/case_map.h"

#define GROUP "run"
#define MAX_REQUESTS 32

static uint64_t in, out; /* major faults, pages reclaimed: so far */

static int swapped(struct bench_ctx *ctx, uint64_t *i, uint64_t *o)
{
	int err = memcg_stat(GROUP, "pgmajfault", i);

	if (!err)
		err = memcg_stat(GROUP, "pgsteal", o);
	return err ? bench_fail(ctx, err, "memory.stat") : 0;
}

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	return swapped(ctx, &in, &out);
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	int err;

	(void)b;
	err = memcg_reclaim(GROUP, case_region.pages * mem_page_size());
	if (err && err != -EAGAIN)
		return bench_fail(ctx, err, "memory.reclaim");
	for (size_t i = 1; i <= case_region.pages; i++)
		*(volatile unsigned char *)(case_region.addr +
					    i * mem_page_size() - 1) = 0;
	return 0;
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	size_t intact, zero;
	uint64_t i, o;
	int err;

	err = swapped(ctx, &i, &o);
	if (err)
		return err;
	b->units = i - in;
	if (b->units < case_region.pages / 2 || o - out < b->units)
		return bench_skip(ctx,
				  "only %zu of %zu pages went to swap and back",
				  b->units, case_region.pages);
	err = mem_verify(&case_region, &intact, &zero);
	if (!err && intact != case_region.pages)
		err = -EIO;
	return err ? bench_fail(ctx, err, "data lost in swap")
		   : bench_filled(ctx, &case_region);
}

BENCH_CASE(bystander_swap) = {
	.name = "bystander-swap",
	.desc = "plain anonymous memory to zram and back, per page",
	.full_cells = BENCH_WORDS("map=private"),
	.options = BENCH_OPTIONS({ "map", "private", "private",
				   "kind of memory that is mapped" },
				 { "rounds", "2", NULL, "batches, a row each" },
				 { "pages", "2048", NULL, "pages to fill" }),
	.metrics = BENCH_METRICS(
		BATCH_METRICS("swap_cycle_per_page",
			      "out to zram and back, per page swapped")),
	.needs_memcg = true,
	BATCH_CASE(.prepare = prepare, .op = op, .verify = verify),
	CASE_FILLED,
};
