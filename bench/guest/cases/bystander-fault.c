// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults of others: private anonymous memory, a private and a shared
 * mapping of a file, a store to each page (what will-it-scale calls page_fault
 * 1, 2 and 3).
 *
 * Path: do_anonymous_page(); do_cow_fault(), which allocates and copies the page
 * of the file; do_shared_fault(), which maps it.  The file is a memfd, so tmpfs:
 * shmem_fault() finds every page in the page cache, filled before, and nothing
 * is written back.  Not in it: mmap(), munmap().
 *
 * Moved by nothing that concerns droppable memory alone: a stack that moves one
 * of these has taken something from everybody.
 *
 * Validated against getrusage() in each round (one fault a page, exactly) and
 * for anonymous memory against fault-batch, to 1 %.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "share/batch.h"

static unsigned char *addr;
static size_t size;
static int file = -1;

static int setup(struct bench_ctx *ctx)
{
	char page[4096];

	size = bench_opt_u64(ctx, "pages") * mem_page_size();
	memset(page, 1, sizeof(page));
	file = memfd_create("bystander", MFD_CLOEXEC);
	if (file < 0)
		return bench_fail(ctx, -errno, "memfd_create");
	for (size_t done = 0; done < size; done += sizeof(page))
		if (write(file, page, sizeof(page)) != sizeof(page))
			return bench_fail(ctx, -errno, "filling the file");
	return 0;
}

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	const char *memory = bench_opt(ctx, "memory");
	bool anon = !strcmp(memory, "anon");
	int flags = strcmp(memory, "shared-file") ? MAP_PRIVATE : MAP_SHARED;

	(void)b;
	addr = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    flags | (anon ? MAP_ANONYMOUS : 0), anon ? -1 : file, 0);
	return addr == MAP_FAILED ? bench_fail(ctx, -errno, "mmap") : 0;
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	(void)ctx;
	(void)b;
	for (size_t i = 0; i < size; i += mem_page_size())
		*(volatile unsigned char *)(addr + i) = 2;
	return 0;
}

/* A store to a private mapping stays there. */
static int verify(struct bench_ctx *ctx, struct batch *b)
{
	bool shared = !strcmp(bench_opt(ctx, "memory"), "shared-file");
	unsigned char byte, want = shared ? 2 : 1;

	munmap(addr, size);
	if (b->faults != b->units)
		return bench_fail(ctx, -EIO,
				  "premise: %zu faults for %zu pages",
				  b->faults, b->units);
	if (pread(file, &byte, 1, 0) != 1 || byte != want)
		return bench_fail(ctx, -EIO, "premise: the file holds %u",
				  byte);
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	close(file);
}

BENCH_CASE(bystander_fault) = {
	.name = "bystander-fault",
	.desc = "page faults of anonymous memory, a private and a shared file",
	.full_cells = BENCH_WORDS("memory=anon", "memory=private-file",
				  "memory=shared-file"),
	.options = BENCH_OPTIONS(
		{ "memory", "anon", "anon|private-file|shared-file",
		  "what is mapped; files are tmpfs" },
		BATCH_OPTION,
		{ "pages", "4032", NULL, "pages to touch in a round" }),
	.metrics = BENCH_METRICS(BATCH_METRICS(
		"touch_per_page", "first store to a page of others")),
	.setup = setup,
	BATCH_CASE(.units = "pages", .prepare = prepare, .op = op,
		   .verify = verify),
	.teardown = teardown,
};
