// SPDX-License-Identifier: GPL-2.0-only
/*
 * Switching MGLRU off or on, per page that has to change lists.
 *
 * Path: lru_gen/enabled -> lru_gen_change_state(): two static keys, then for each
 * memcg and node drain_evictable() or fill_evictable(), each folio off one list
 * and onto another under the lruvec lock, 4096 between two cond_resched().  Not
 * in it: filling, and the switch back.
 *
 * Moved by stacks that change what a switch has to tell to reclaim.
 *
 * Validated in each round: lru_gen/enabled says what was written, and no page has
 * gone.  A switch moves what all memcgs have; @pages are the case's own, so many
 * that the rest (about 2000 in this guest) is a few percent.
 */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/lru_gen.h"
#include "kernel/mem.h"
#include "share/batch.h"
#include "share/case_map.h"

#define ENABLED "/sys/kernel/mm/lru_gen/enabled"

static bool to_off(const struct bench_ctx *ctx)
{
	return !strcmp(bench_opt(ctx, "to"), "off");
}

static int set(struct bench_ctx *ctx, bool on)
{
	int err = file_write(ENABLED, on ? "7" : "0");

	return err ? bench_fail(ctx, err, ENABLED) : 0;
}

static int setup(struct bench_ctx *ctx)
{
	int err = lru_select("mglru");

	if (err == -ENOENT)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (!err)
		err = mem_map(&case_region, "private",
			      bench_opt_u64(ctx, "pages"));
	if (!err)
		err = mem_fill(&case_region);
	return err ? bench_fail(ctx, err, "filling") : 0;
}

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	return set(ctx, to_off(ctx));
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	return set(ctx, !to_off(ctx));
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	struct mem_where w;
	int err = mem_where(&case_region, &w);

	if (err)
		return bench_fail(ctx, err, "looking at the pages");
	if (w.present != b->units || lru_gen_enabled() == to_off(ctx))
		return bench_fail(ctx, -EIO,
				  "premise: %zu of %zu pages are there, "
				  "MGLRU is %s",
				  w.present, b->units,
				  lru_gen_enabled() ? "on" : "off");
	return 0;
}

BENCH_CASE(lru_gen_switch) = {
	.name = "lru-gen-switch",
	.desc = "switching MGLRU off or on, per page that changes lists",
	.full_cells = BENCH_WORDS("to=off", "to=on"),
	.options = BENCH_OPTIONS({ "to", "off", "off|on",
				   "the switch that is measured" },
				 BATCH_OPTION,
				 { "pages", "65536", NULL,
				   "pages of the case, all on the LRU" }),
	.metrics = BENCH_METRICS(BATCH_METRICS("switch_per_page",
					       "switch of the LRU, per page")),
	.setup = setup,
	BATCH_CASE(.units = "pages", .prepare = prepare, .op = op,
		   .verify = verify),
	.teardown = case_unmap,
};
