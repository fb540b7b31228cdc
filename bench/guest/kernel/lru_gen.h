/* SPDX-License-Identifier: GPL-2.0-only */
/* MGLRU's debugfs files: generations of a memcg, aging by hand. */
#ifndef MMVS_LRU_GEN_H
#define MMVS_LRU_GEN_H

#include <stdbool.h>
#include <stdint.h>

#define LRU_GEN_DEBUG "/sys/kernel/debug/lru_gen"

/* One lruvec: a memcg on a NUMA node.  Sizes are in pages. */
struct lru_gen_state {
	uint64_t memcg_id;
	uint64_t min_seq, max_seq; /* the oldest generation, the youngest */
	uint64_t youngest_anon, youngest_file; /* pages in it */
};

/* What the walk of the page tables saw (CONFIG_LRU_GEN_STATS). */
struct lru_gen_walk {
	uint64_t leaf_total; /* PTEs looked at */
	uint64_t leaf_young; /* of these, with the accessed bit set */
	uint64_t tables; /* PTE tables walked */
	uint64_t dense; /* of these, put into the next walk's Bloom filter */
	uint64_t tables_met; /* walked or passed over; 0 since it is not told */
};

/* The "lru" option that cases share. */
#define LRU_OPTION                                                             \
	{                                                                      \
		.key = "lru", .fallback = "mglru", .choices = "mglru|classic", \
		.help = "who chooses what is evicted",                         \
	}

/*
 * Put @lru ("mglru" or "classic") in charge, and prove it; what was set before
 * comes back when the process ends.  -ENOENT: this kernel has no MGLRU.
 */
int lru_select(const char *lru);
/* 1 when MGLRU runs the page table walk, 0 when not, -errno. */
int lru_gen_enabled(void);
/* Find the group whose path is @cgroup ("/mmvs/x") on @node; -ENOENT. */
int lru_gen_read(const char *cgroup, int node, struct lru_gen_state *s);
/*
 * One aging pass that makes a generation above @s->max_seq.  @all: look at every
 * PTE table, not only at those that the Bloom filter of the last walk names.
 */
int lru_gen_age(const struct lru_gen_state *s, int node, bool all);
/* The same, all of it, but swap counts only as far as reclaim itself would say. */
int lru_gen_age_by_itself(const struct lru_gen_state *s, int node);
/* Evict @pages from the generations up to @seq, at the latest max_seq - 2. */
int lru_gen_evict(const struct lru_gen_state *s, int node, uint64_t seq,
		  uint64_t pages);
/* The walk that ended generation @seq; -ENOENT without CONFIG_LRU_GEN_STATS. */
int lru_gen_walk(const char *cgroup, int node, uint64_t seq,
		 struct lru_gen_walk *w);

#endif
