// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/mem.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif

#define PM_SWAP (1ULL << 62)
#define PM_PRESENT (1ULL << 63)

size_t mem_page_size(void)
{
	static size_t size;

	if (!size)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

/*
 * The lines of smaps for the mapping at @addr, one at a time: its "start-end"
 * line, then "Key: value".  @fn returns true to stop.
 */
static int walk_smaps(const void *addr, bool (*fn)(const char *line, void *arg),
		      void *arg)
{
	unsigned long start, end;
	bool inside = false;
	char line[512];
	FILE *f;

	f = fopen("/proc/self/smaps", "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start <= (unsigned long)addr &&
				 (unsigned long)addr < end;
		if (inside && fn(line, arg))
			break;
	}
	fclose(f);
	return inside ? 0 : -ENOENT;
}

struct flag_query {
	const char *flag;
	bool found;
};

static bool look_for_flag(const char *line, void *arg)
{
	struct flag_query *q = arg;

	if (strncmp(line, "VmFlags:", 8))
		return false;
	q->found = strstr(line, q->flag);
	return true;
}

int mem_vm_flag(const void *addr, const char *flag, bool *found)
{
	char word[8];
	struct flag_query q = { .flag = word };
	int err;

	snprintf(word, sizeof(word), " %s", flag);
	err = walk_smaps(addr, look_for_flag, &q);
	*found = q.found;
	return err;
}

struct size_query {
	const char *key;
	size_t kb;
};

static bool look_for_size(const char *line, void *arg)
{
	struct size_query *q = arg;
	size_t len = strlen(q->key);

	return !strncmp(line, q->key, len) && line[len] == ':' &&
	       sscanf(line + len + 1, "%zu", &q->kb) == 1;
}

int mem_smaps_pages(const void *addr, const char *key, size_t *pages)
{
	struct size_query q = { .key = key };
	int err = walk_smaps(addr, look_for_size, &q);

	*pages = q.kb * 1024 / mem_page_size();
	return err;
}

/* More than is wanted, then the ends cut off. */
static void *map_aligned(size_t pages, size_t align, int flags)
{
	size_t size = mem_page_size(), extra = align - 1, head;
	unsigned char *addr;

	addr = mmap(NULL, (pages + extra) * size, PROT_READ | PROT_WRITE, flags,
		    -1, 0);
	if (addr == MAP_FAILED || !extra)
		return addr;
	head = -((size_t)addr / size) & extra;
	if (head)
		munmap(addr, head * size);
	addr += head * size;
	if (head < extra)
		munmap(addr + pages * size, (extra - head) * size);
	return addr;
}

int mem_map_aligned(struct mem_region *r, const char *kind, size_t pages,
		    size_t align)
{
	int flags = MAP_ANONYMOUS, err;
	bool droppable = !strcmp(kind, "droppable"), found;
	void *addr;

	if (droppable)
		flags |= MAP_DROPPABLE;
	else if (!strcmp(kind, "shmem"))
		flags |= MAP_SHARED;
	else
		flags |= MAP_PRIVATE;
	addr = map_aligned(pages, align, flags);
	if (addr == MAP_FAILED)
		return droppable && errno == EINVAL ? -EOPNOTSUPP : -errno;
	*r = (struct mem_region){ .addr = addr, .pages = pages, .kind = kind };
	if (!droppable)
		return 0;
	err = mem_vm_flag(addr, "dp", &found);
	if (!err && !found)
		err = -EIO;
	if (err)
		mem_unmap(r);
	return err;
}

int mem_map(struct mem_region *r, const char *kind, size_t pages)
{
	return mem_map_aligned(r, kind, pages, 1);
}

void mem_unmap(struct mem_region *r)
{
	if (r->addr)
		munmap(r->addr, r->pages * mem_page_size());
	r->addr = NULL;
}

/* splitmix64 of (page, word): what word @i of page @page holds. */
static uint64_t word_of(size_t page, size_t i)
{
	uint64_t z = ((uint64_t)page << 16 | i) + 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

int mem_fill(struct mem_region *r)
{
	size_t words = mem_page_size() / sizeof(uint64_t) / 2;

	for (size_t page = 0; page < r->pages; page++) {
		uint64_t *p = (void *)(r->addr + page * mem_page_size());

#pragma GCC unroll 8
		for (size_t i = 0; i < words; i++)
			p[i] = word_of(page, i);
	}
	return mem_settle(r);
}

/* What waits in the CPU's batch to become lazyfree is not among them yet. */
static int prove_lazyfree(const struct mem_region *r)
{
	size_t lazyfree;
	int err = mem_smaps_pages(r->addr, "LazyFree", &lazyfree);

	return err || lazyfree + 64 >= r->pages ? err : -EIO;
}

int mem_settle(const struct mem_region *r)
{
	bool redirty = !strcmp(r->kind, "private-redirtied");
	int err;

	if (!redirty && strcmp(r->kind, "private-free"))
		return 0;
	if (madvise(r->addr, r->pages * mem_page_size(), MADV_FREE))
		return -errno;
	if (!redirty)
		return 0;
	err = prove_lazyfree(r);
	for (size_t page = 0; !err && page < r->pages; page++) {
		volatile uint64_t *p =
			(void *)(r->addr + page * mem_page_size());

		*p = *p;
	}
	return err;
}

bool mem_may_drop(const char *kind)
{
	return !strcmp(kind, "droppable") || !strcmp(kind, "private-free");
}

static int walk_pagemap(const struct mem_region *r,
			void (*fn)(size_t page, enum mem_state state,
				   void *arg),
			void *arg)
{
	uint64_t entry[512];
	size_t page = 0;
	int fd, err = 0;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (page < r->pages) {
		size_t want = r->pages - page, first;
		ssize_t n;

		if (want > 512)
			want = 512;
		first = (size_t)r->addr / mem_page_size() + page;
		n = pread(fd, entry, want * 8, (off_t)(first * 8));
		if (n <= 0) {
			err = n ? -errno : -EIO;
			break;
		}
		for (size_t i = 0; i < (size_t)n / 8; i++)
			fn(page++,
			   entry[i] & PM_PRESENT ? MEM_PRESENT
			   : entry[i] & PM_SWAP	 ? MEM_SWAPPED
						 : MEM_ABSENT,
			   arg);
	}
	close(fd);
	return err;
}

static void keep_state(size_t page, enum mem_state state, void *arg)
{
	((unsigned char *)arg)[page] = (unsigned char)state;
}

int mem_states(const struct mem_region *r, unsigned char *state)
{
	return walk_pagemap(r, keep_state, state);
}

static void count_state(size_t page, enum mem_state state, void *arg)
{
	struct mem_where *w = arg;

	(void)page;
	if (state == MEM_PRESENT)
		w->present++;
	else if (state == MEM_SWAPPED)
		w->swapped++;
	else
		w->absent++;
}

int mem_where(const struct mem_region *r, struct mem_where *w)
{
	memset(w, 0, sizeof(*w));
	return walk_pagemap(r, count_state, w);
}

/* All bits of @n words; in long blocks, for what costs TCG is the block. */
static uint64_t bits_of(const uint64_t *p, size_t n)
{
	uint64_t bits = 0;

#pragma GCC unroll 16
	for (size_t i = 0; i < n; i++)
		bits |= p[i];
	return bits;
}

/* Is it what mem_fill() wrote into the page? */
static bool is_filled(const uint64_t *p, size_t page, size_t words)
{
	uint64_t differs = bits_of(p + words / 2, words / 2);

#pragma GCC unroll 8
	for (size_t i = 0; i < words / 2; i++)
		differs |= p[i] ^ word_of(page, i);
	return !differs;
}

int mem_verify(const struct mem_region *r, size_t *intact, size_t *zero)
{
	size_t words = mem_page_size() / sizeof(uint64_t);

	*intact = *zero = 0;
	for (size_t page = 0; page < r->pages; page++) {
		const uint64_t *p = (void *)(r->addr + page * mem_page_size());

		if (!bits_of(p, words))
			(*zero)++;
		else if (is_filled(p, page, words))
			(*intact)++;
		else
			return -EIO;
	}
	return 0;
}
