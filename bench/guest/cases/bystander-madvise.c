// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE and MADV_DONTNEED of plain memory, per page.
 *
 * Path: madvise_free_pte_range(), which cleans each PTE and folio and calls
 * folio_mark_lazyfree(), which clears swap-backed through the lru_lazyfree batch
 * (lruvec lock once in PAGEVEC_SIZE); zap_page_range_single() ->
 * zap_pte_range(), mmu_gather, and the pages back to the allocator.  Not in it:
 * filling.
 *
 * Moved by stacks that change what lazyfree means or count it (the swap-backed
 * flag is what both use), and by zapping.
 *
 * Validated in each round: smaps counts the pages as LazyFree, but for those
 * still in the CPU's batch (31 at most), or pagemap has none left.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/mem.h"
#include "share/batch.h"

#define IN_BATCH 31 /* PAGEVEC_SIZE */

static struct mem_region region;

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	int err = mem_map(&region, "private", b->units);

	if (!err)
		err = mem_fill(&region);
	return err ? bench_fail(ctx, err, "filling") : 0;
}

static bool is_free(const struct bench_ctx *ctx)
{
	return !strcmp(bench_opt(ctx, "advice"), "free");
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	int advice = is_free(ctx) ? MADV_FREE : MADV_DONTNEED;

	(void)b;
	return madvise(region.addr, region.pages * mem_page_size(), advice)
		       ? bench_fail(ctx, -errno, "madvise")
		       : 0;
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	struct mem_where w;
	size_t lazy;
	int err;

	err = mem_smaps_pages(region.addr, "LazyFree", &lazy);
	if (!err)
		err = mem_where(&region, &w);
	mem_unmap(&region);
	if (err)
		return bench_fail(ctx, err, "looking at the pages");
	if (is_free(ctx) ? w.present != b->units || lazy + IN_BATCH < b->units
			 : w.present)
		return bench_fail(
			ctx, -EIO,
			"premise: of %zu pages %zu are there, %zu lazy",
			b->units, w.present, lazy);
	return 0;
}

BENCH_CASE(bystander_madvise) = {
	.name = "bystander-madvise",
	.desc = "MADV_FREE or MADV_DONTNEED of filled plain memory, per page",
	.full_cells = BENCH_WORDS("advice=free", "advice=dontneed"),
	.options = BENCH_OPTIONS({ "advice", "free", "free|dontneed",
				   "what is said of the pages" },
				 BATCH_OPTION,
				 { "pages", "4096", NULL,
				   "pages to fill in a round" }),
	.metrics = BENCH_METRICS(BATCH_METRICS("advise_per_page",
					       "madvise(), per page")),
	BATCH_CASE(.units = "pages", .prepare = prepare, .op = op,
		   .verify = verify),
};
