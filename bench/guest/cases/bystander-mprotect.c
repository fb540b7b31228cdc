// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() of filled memory to read-only and back, per page.
 *
 * Path: mprotect_fixup() -> change_protection() -> change_pte_range(), which
 * reads, write-protects and sets each PTE, a TLB flush at the end; the way back
 * makes the PTEs of exclusive folios writable at once (can_change_pte_writable()),
 * so no fault follows.  Not in it: filling.
 *
 * Moved by what asks more of a PTE or VMA flag there; else by nothing.
 *
 * Validated in each round: smaps has the VMA writable again, pagemap every page,
 * and getrusage() no fault.  By mmcount a round of 1024 pages is 298949
 * instructions and 86 string turns, on the clock 299043, 8 of them the clock's.
 */
#include <errno.h>
#include <sys/mman.h>

#include "kernel/mem.h"
#include "share/batch.h"
#include "share/case_map.h"

static int op(struct bench_ctx *ctx, struct batch *b)
{
	size_t size = case_region.pages * mem_page_size();

	(void)b;
	return mprotect(case_region.addr, size, PROT_READ) ||
			       mprotect(case_region.addr, size,
					PROT_READ | PROT_WRITE)
		       ? bench_fail(ctx, -errno, "mprotect")
		       : 0;
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	struct mem_where w;
	bool writable;
	int err;

	err = mem_vm_flag(case_region.addr, "wr", &writable);
	if (!err)
		err = mem_where(&case_region, &w);
	if (err || !writable || w.present != case_region.pages || b->faults)
		return bench_fail(ctx, err ? err : -EIO,
				  "premise: %s, %zu faults beside it",
				  writable ? "writable" : "read-only",
				  b->faults);
	return 0;
}

BENCH_CASE(bystander_mprotect) = {
	.name = "bystander-mprotect",
	.desc = "mprotect() of filled memory to read-only and back, per page",
	.full_cells = BENCH_WORDS("map=private", "map=droppable"),
	.options = BENCH_OPTIONS({ "map", "private", MEM_MAP_CHOICES,
				   "kind of memory that is mapped" },
				 BATCH_OPTION,
				 { "pages", "4096", NULL, "pages to fill" }),
	.metrics = BENCH_METRICS(
		BATCH_METRICS("protect_per_page",
			      "mprotect() to read-only and back, per page")),
	BATCH_CASE(.units = "pages", .op = op, .verify = verify),
	CASE_FILLED,
};
