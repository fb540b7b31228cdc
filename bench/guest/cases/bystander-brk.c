// SPDX-License-Identifier: GPL-2.0-only
/*
 * brk(): the heap grows by a page and shrinks by it, untouched.
 *
 * Path: brk() -> do_brk_flags(), which extends the VMA; brk() -> do_vmi_align_
 * munmap(), which cuts it: maple tree, accounting, an empty unmap_region().  No
 * page is there.  Not in it: anything of reclaim or fault.
 *
 * Moved by what changes VMAs (a new flag word, munmap()); by no stack that only
 * asks reclaim something else.
 *
 * Validated against the break that each call returns and getrusage() (no fault).
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "share/batch.h"

static int op(struct bench_ctx *ctx, struct batch *b)
{
	long page = (long)mem_page_size(), low = syscall(SYS_brk, 0), high;

	for (size_t i = 0; i < b->units; i++) {
		high = syscall(SYS_brk, low + page);
		if (high != low + page || syscall(SYS_brk, low) != low)
			return bench_fail(ctx, -EIO,
					  "premise: the break is at %lx", high);
	}
	return 0;
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	/* The first round may meet code that nobody has run before. */
	return b->warm && b->faults
		       ? bench_fail(ctx, -EIO, "premise: %zu faults beside it",
				    b->faults)
		       : 0;
}

BENCH_CASE(bystander_brk) = {
	.name = "bystander-brk",
	.desc = "brk() up a page and down again, untouched",
	.full_cells = BENCH_WORDS(""),
	.options = BENCH_OPTIONS(BATCH_OPTION,
				 { "pairs", "2000", NULL,
				   "times up and down in a round" }),
	.metrics = BENCH_METRICS(BATCH_METRICS(
		"brk_per_pair", "brk() up a page and down again")),
	BATCH_CASE(.units = "pairs", .op = op, .verify = verify),
};
