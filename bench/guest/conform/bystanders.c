// SPDX-License-Identifier: GPL-2.0-only
/*
 * 13. The neighbours of droppable memory keep their own promises.
 *
 * MADV_FREE memory looks like droppable memory to reclaim: anonymous, not
 * swap-backed.  What tells them apart is the dirty bit (a page written after
 * MADV_FREE must survive, a clean one may go) and only the VMA (or a page
 * flag) says that droppable memory has no such right.  A variant that answers
 * "clean" too broadly, or discards before it has looked at the right VMA,
 * loses other people's data here.  Plain anonymous memory, shmem and the page
 * cache share the LRU with droppable folios and are checked by content.
 *
 * A droppable mapping lies beside each of them in the same group under the
 * same pressure.  These tests also run where there is no MAP_DROPPABLE.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "conform/lib/conform.h"
#include "kernel/memcg.h"
#include "kernel/pagecache.h"

#define PAGES 1024

static struct mem_region beside;

/* Droppable memory in the same group, where the kernel has it. */
static void put_droppable_beside(void)
{
	if (!mem_map(&beside, "droppable", PAGES))
		mem_fill(&beside);
}

static void squeeze(void)
{
	for (int i = 0; i < 6; i++)
		memcg_reclaim(conform_group(), PAGES * mem_page_size());
}

static void free_range(const struct mem_region *r)
{
	check(!madvise(r->addr, r->pages * mem_page_size(), MADV_FREE),
	      "MADV_FREE: %s", strerror(errno));
}

/* All clean: gone without a write to swap. */
static void test_free_clean(void)
{
	struct mem_region r = conform_region("private", PAGES);

	put_droppable_beside();
	free_range(&r);
	conform_drops(&r, "MADV_FREE");
}

/* Every second page written again: these live, the others may go. */
static void check_half(const struct mem_region *r, const char *after)
{
	size_t gone = 0;

	for (size_t i = 0; i < r->pages; i++) {
		uint64_t now = *(uint64_t *)(r->addr + i * mem_page_size());

		if (i % 2)
			check(now == i, "%s: rewritten page %zu reads %#llx",
			      after, i, (unsigned long long)now);
		else
			gone += !now;
	}
	premise(gone, "%s: no clean page was dropped", after);
	conform_note("%s: %zu of %zu clean pages dropped", after, gone,
		     r->pages / 2);
}

static void redirty(const struct mem_region *r)
{
	for (size_t i = 1; i < r->pages; i += 2)
		*(volatile uint64_t *)(r->addr + i * mem_page_size()) = i;
}

static void test_free_redirtied(void)
{
	struct mem_region r = conform_region("private", PAGES);

	conform_need_swap();
	put_droppable_beside();
	free_range(&r);
	redirty(&r);
	conform_pageout(&r);
	check_half(&r, "MADV_PAGEOUT");
}

static void test_free_reclaim(void)
{
	struct mem_region r = conform_region("private", PAGES);

	conform_need_swap();
	put_droppable_beside();
	free_range(&r);
	redirty(&r);
	squeeze();
	check_half(&r, "memory.reclaim");
}

/* A folio shared with a child over fork: one dirty PTE is enough to live. */
static void redirty_in_child(void *arg)
{
	struct mem_region *r = arg;

	redirty(r);
	squeeze(); /* MADV_PAGEOUT leaves folios alone that two processes map */
	check_half(r, "memory.reclaim in the child");
}

static void test_free_fork(void)
{
	struct mem_region r = conform_region("private", PAGES);
	size_t intact, zero;

	conform_need_swap();
	put_droppable_beside();
	free_range(&r);
	conform_child_ok(redirty_in_child, &r, "fork after MADV_FREE");
	check(!mem_verify(&r, &intact, &zero),
	      "the child's writes show in the parent");
}

static void test_anon(void)
{
	struct mem_region r = conform_region("private", PAGES);

	put_droppable_beside();
	squeeze();
	premise(conform_where(&r).swapped > PAGES / 4,
		"only %zu plain pages went to swap", conform_where(&r).swapped);
	conform_intact(&r, "swap out and in");
	conform_pageout(&r);
	conform_intact(&r, "MADV_PAGEOUT");
}

static void test_shmem(void)
{
	struct mem_region r = conform_region("shmem", PAGES);
	uint64_t before = conform_group_get("memory.swap.current");

	put_droppable_beside();
	conform_pageout(&r);
	squeeze();
	premise(conform_group_get("memory.swap.current") > before,
		"no page of shmem went to swap");
	conform_intact(&r, "swap out and in");
}

/*
 * A read maps the page writable, as nobody wants to be told of stores to shmem:
 * the dirty PTE alone says then that there was one.  Who reads it as clean when
 * the page is unmapped, frees the only copy.
 */
static void test_shmem_read(void)
{
	struct mem_region r;

	conform_need_swap();
	put_droppable_beside();
	check(!mem_map(&r, "shmem", PAGES), "mmap: %s", strerror(errno));
	for (size_t i = 0; i < PAGES; i++)
		(void)*(volatile uint64_t *)(r.addr + i * mem_page_size());
	mem_fill(&r);
	conform_pageout(&r);
	squeeze();
	premise(!conform_where(&r).present, "%zu of %d pages stay mapped",
		conform_where(&r).present, PAGES);
	conform_intact(&r, "swap out and in");
}

static struct mem_region map_file(const struct pagecache *c, int flags)
{
	struct mem_region r = { .pages = c->pages, .kind = "file" };

	r.addr = mmap(NULL, r.pages * mem_page_size(), PROT_READ | PROT_WRITE,
		      flags, c->fd, 0);
	premise(r.addr != MAP_FAILED, "mmap: %s", strerror(errno));
	return r;
}

static void open_file(struct pagecache *c)
{
	int err = pagecache_open(c, PAGES);

	premise(!err, "no zram disk to cache pages of: %s", strerror(-err));
}

/* Dirty, the cache has the only copy; written back, it is dropped and read again. */
static void test_file(void)
{
	struct mem_region file;
	struct pagecache c;
	size_t cached;

	open_file(&c);
	put_droppable_beside();
	file = map_file(&c, MAP_SHARED);
	mem_fill(&file);
	conform_pageout(&file);
	squeeze();
	conform_intact(&file, "pressure on dirty pages");
	check(!pagecache_sync(&c), "fsync: %s", strerror(errno));
	conform_pageout(&file);
	squeeze();
	premise(!pagecache_cached(&c, 0, PAGES, &cached), "mincore");
	premise(cached < PAGES / 2, "%zu of %d pages stay in the page cache",
		cached, PAGES);
	conform_note("%d pages written, %zu stay in the page cache", PAGES,
		     cached);
	conform_intact(&file, "eviction, read again from the disk");
	mem_unmap(&file);
	pagecache_close(&c);
}

/* Copies of file pages are anonymous, and their mapping has a file. */
static void test_copies(void)
{
	struct mem_region copies;
	struct pagecache c;

	conform_need_swap();
	open_file(&c);
	put_droppable_beside();
	copies = map_file(&c, MAP_PRIVATE);
	mem_fill(&copies);
	conform_pageout(&copies);
	squeeze();
	premise(conform_where(&copies).swapped > PAGES / 2,
		"only %zu copies went to swap", conform_where(&copies).swapped);
	conform_intact(&copies, "swap out and in");
	mem_unmap(&copies);
	pagecache_close(&c);
}

/* All kinds at once, squeezed to less than they need, several times. */
static void test_together(void)
{
	struct mem_region anon = conform_region("private", PAGES);
	struct mem_region shm = conform_region("shmem", PAGES);
	struct mem_region lazy = conform_region("private", PAGES);

	conform_need_swap();
	put_droppable_beside();
	for (int i = 0; i < 4; i++) {
		mem_fill(&lazy);
		free_range(&lazy);
		redirty(&lazy);
		squeeze();
		if (beside.addr)
			conform_not_swapped(&beside, "pressure on all");
		conform_intact(&anon, "pressure on all (plain)");
		conform_intact(&shm, "pressure on all (shmem)");
		check_half(&lazy, "pressure on all");
	}
}

static const struct conform_test tests[] = {
	{ "MADV_FREE: a clean page is dropped", test_free_clean },
	{ "MADV_FREE: a redirtied page survives MADV_PAGEOUT",
	  test_free_redirtied },
	{ "MADV_FREE: a redirtied page survives memory.reclaim",
	  test_free_reclaim },
	{ "MADV_FREE: redirtied in a child after fork", test_free_fork },
	{ "plain memory swaps and comes back", test_anon },
	{ "shmem swaps and comes back", test_shmem },
	{ "shmem that was read before it was written", test_shmem_read },
	{ "page cache, stored to through a mapping, is evicted", test_file },
	{ "private copies of file pages swap and come back", test_copies },
	{ "all kinds together, four rounds", test_together },
	{ 0 },
};

static const struct conform_property bystanders = {
	.number = 13,
	.name = "bystanders",
	.subject = "any",
	.tests = tests,
};

CONFORM_PROPERTY(bystanders);
