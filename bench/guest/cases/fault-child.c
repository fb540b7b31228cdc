// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write fault in the child after fork(): wipe on fork against copy on write.
 *
 * Path: droppable memory is VM_WIPEONFORK; dup_mmap() copies the VMA and no
 * page table, so the child's store takes do_anonymous_page() and, once in 512,
 * a new PTE page.  Plain memory is shared by copy_page_range(); the store takes
 * do_wp_page() -> wp_page_copy() and copies the page, because the parent lives.
 * Not in it: filling, fork() itself (bystander-fork has it) and the exit.
 *
 * Moved by variants that change what the child inherits or the anonymous fault
 * path; the copy of plain memory should move nowhere.
 *
 * Validated by what the child finds: beyond the byte that it stored, a wiped
 * page is empty and a copied one holds the parent's words.  /proc/vmstat's
 * pgfault rises by the rows and some 40 of the child's own.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "share/case_map.h"
#include "share/timed.h"

enum {
	CHILD_OK,
	CHILD_NOT_WIPED,
	CHILD_LOST
};

static uint64_t *cost; /* shared with the child */

static int setup(struct bench_ctx *ctx)
{
	int err = case_fill(ctx);

	if (err)
		return err;
	cost = mmap(NULL, case_region.pages * sizeof(*cost),
		    PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return cost == MAP_FAILED ? bench_fail(ctx, -errno, "the costs") : 0;
}

static int look_back(void)
{
	size_t words = mem_page_size() / sizeof(uint64_t);
	bool wiped = !strcmp(case_region.kind, "droppable");
	const uint64_t *p = (void *)case_region.addr;

	for (size_t i = 0; i < case_region.pages; i++, p += words)
		if (!p[0] != wiped)
			return wiped ? CHILD_NOT_WIPED : CHILD_LOST;
	return CHILD_OK;
}

static void child(void)
{
	size_t size = mem_page_size();

	/* Its own page tables for the costs, so that a store there is none. */
	for (size_t i = 0; i < case_region.pages; i++)
		cost[i] = 1;
	for (size_t i = 0; i < case_region.pages; i++) {
		volatile unsigned char *p =
			case_region.addr + (i + 1) * size - 1;
		uint64_t c;

		TIMED(REGION_FAULT_CHILD, c, *p = 1);
		cost[i] = c;
	}
	_exit(look_back());
}

static int run(struct bench_ctx *ctx)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return bench_fail(ctx, -errno, "fork");
	if (!pid)
		child();
	if (waitpid(pid, &status, 0) != pid)
		return bench_fail(ctx, -errno, "waiting for the child");
	if (status)
		return bench_fail(
			ctx, -EIO, "premise: in the child %s",
			status == CHILD_NOT_WIPED << 8 ? "a page is not wiped"
			: status == CHILD_LOST << 8    ? "a page is empty"
						       : "something died");
	for (size_t i = 0; i < case_region.pages; i++)
		bench_row(ctx, (int64_t[]){ (int64_t)i, (int64_t)cost[i] });
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	size_t intact, zero;
	int err;

	err = mem_verify(&case_region, &intact, &zero);
	if (!err && intact != case_region.pages)
		err = -EIO;
	return err ? bench_fail(ctx, err, "the parent's pages changed") : 0;
}

BENCH_CASE(fault_child) = {
	.name = "fault-child",
	.desc = "write fault in the child after fork: wiped or copied on write",
	.full_cells = BENCH_WORDS("map=droppable", "map=private"),
	.options =
		BENCH_OPTIONS({ "map", "droppable", "droppable|private",
				"kind of memory that is mapped" },
			      { "pages", "8192", NULL,
				"pages to fill, then to touch in the child" }),
	.columns = BENCH_WORDS("touch_index", "latency_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS(
		LATENCY_METRICS("child_fault", "latency_clock",
				"write fault in the child after fork")),
	.max_rows = case_pages,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = case_unmap,
};
