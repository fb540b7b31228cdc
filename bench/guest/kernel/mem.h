/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings under test: make, fill, look at without touching, verify. */
#ifndef MMVS_MEM_H
#define MMVS_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEM_MAP_CHOICES "droppable|private|private-free|private-redirtied|shmem"

/* The "map" option that cases share. */
#define MEM_MAP_OPTION                                   \
	{                                                \
		.key = "map", .fallback = "droppable",   \
		.choices = MEM_MAP_CHOICES,              \
		.help = "kind of memory that is mapped", \
	}

struct mem_region {
	unsigned char *addr;
	size_t pages;
	const char *kind; /* one of MEM_MAP_CHOICES */
};

/* How many pages are where, from pagemap: no page is touched. */
struct mem_where {
	size_t present;
	size_t swapped;
	size_t absent; /* never faulted in, or dropped */
};

size_t mem_page_size(void);

/*
 * Map @pages small pages of @kind.  -EOPNOTSUPP when the kernel has no
 * MAP_DROPPABLE; -EIO when it took the flag but made something else of it.
 */
int mem_map(struct mem_region *r, const char *kind, size_t pages);
/* The same, at a multiple of @align pages, a power of two. */
int mem_map_aligned(struct mem_region *r, const char *kind, size_t pages,
		    size_t align);
void mem_unmap(struct mem_region *r);

/*
 * Write half of every page with words that do not compress (the rest stays
 * zero, so zram gets data of about half its size), then do what the kind asks for
 * (mem_settle()).
 */
int mem_fill(struct mem_region *r);
/*
 * Once every page has been written to: private-free and private-redirtied are given
 * to MADV_FREE, and private-redirtied takes a store a page after that, of what is
 * there already: the folios are lazyfree, their entries dirty, the data is to stay.
 * -EIO when MADV_FREE did not take.
 */
int mem_settle(const struct mem_region *r);
/* May reclaim take pages of @kind without keeping their data? */
bool mem_may_drop(const char *kind);

int mem_where(const struct mem_region *r, struct mem_where *w);

enum mem_state {
	MEM_ABSENT,
	MEM_SWAPPED,
	MEM_PRESENT
};

/* The same page by page, an enum mem_state each. */
int mem_states(const struct mem_region *r, unsigned char *state);

/* smaps of the mapping at @addr: a two-letter VmFlag, a size ("Rss"). */
int mem_vm_flag(const void *addr, const char *flag, bool *found);
int mem_smaps_pages(const void *addr, const char *key, size_t *pages);

/*
 * Read everything back.  Counts pages that hold their data, pages that are
 * zero throughout; -EIO when a page is neither: torn or foreign data.
 */
int mem_verify(const struct mem_region *r, size_t *intact, size_t *zero);

#endif
