// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() and exit of a process with N MiB of memory.
 *
 * Path: dup_mmap() -> copy_page_range() (plain memory: each PTE write-protected
 * and copied, each folio's mapcount raised; droppable memory is VM_WIPEONFORK
 * and its VMA copied alone, as is a shared one), exit_mmap() -> zap_pte_range(), wait.  The switches
 * to the child and back are in it.  Not in it: filling.
 *
 * Moved by what changes rmap's counting or the zapping of PTEs; map=droppable
 * says what wiping saves.
 *
 * Validated by one more child in each round, which looks into its own pagemap:
 * all pages are there, or, wiped or shared (refaulted from the file), none.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/folio.h"
#include "kernel/mem.h"
#include "share/batch.h"
#include "share/case_map.h"

static int op(struct bench_ctx *ctx, struct batch *b)
{
	for (size_t i = 0; i < b->units; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return bench_fail(ctx, -errno, "fork");
	}
	return 0;
}

static void look(void)
{
	size_t want =
		strcmp(case_region.kind, "private") ? 0 : case_region.pages;
	struct mem_where w;

	_exit(mem_where(&case_region, &w) ? 2 : w.present != want);
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	int status = 0;
	pid_t pid;

	(void)b;
	pid = fork();
	if (!pid)
		look();
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return bench_fail(ctx, -errno, "fork");
	return status ? bench_fail(ctx, -EIO,
				   "premise: the child has other pages")
		      : 0;
}

BENCH_CASE(bystander_fork) = {
	.name = "bystander-fork",
	.desc = "fork and exit of a process with memory that is there",
	.cells = BENCH_WORDS("map=private"),
	.full_cells = BENCH_WORDS("map=private,pages=65536,forks=1",
				  "map=droppable", "map=shmem"),
	.options = BENCH_OPTIONS({ "map", "private", "private|droppable|shmem",
				   "kind of memory that is mapped" },
				 MEM_ORDER_OPTION, BATCH_OPTION,
				 { "pages", "4096", NULL, "pages to fill" },
				 { "forks", "2", NULL, "forks in a round" }),
	.metrics = BENCH_METRICS(
		BATCH_METRICS("fork_exit", "fork, exit of the child, wait")),
	BATCH_CASE(.units = "forks", .op = op, .verify = verify),
	CASE_FILLED,
};
