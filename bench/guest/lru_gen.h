/* SPDX-License-Identifier: GPL-2.0-only */
/* MGLRU's debugfs files: generations of a memcg, aging by hand. */
#ifndef MMVS_LRU_GEN_H
#define MMVS_LRU_GEN_H

#include <stdint.h>

#define LRU_GEN_DEBUG "/sys/kernel/debug/lru_gen"

/* One lruvec: a memcg on a NUMA node.  Sizes are in pages. */
struct lru_gen_state {
	unsigned int memcg_id;
	uint64_t max_seq; /* the youngest generation */
	uint64_t youngest_anon, youngest_file; /* pages in it */
};

/* What the walk of the page tables saw (CONFIG_LRU_GEN_STATS). */
struct lru_gen_walk {
	uint64_t leaf_total; /* PTEs looked at */
	uint64_t leaf_young; /* of these, with the accessed bit set */
};

/* 1 when MGLRU runs the page table walk, 0 when not, -errno. */
int lru_gen_enabled(void);
/* Find the group whose path is @cgroup ("/mmvs/x") on @node; -ENOENT. */
int lru_gen_read(const char *cgroup, int node, struct lru_gen_state *s);
/* One aging pass that makes a generation above @s->max_seq. */
int lru_gen_age(const struct lru_gen_state *s, int node);
/* The walk that ended generation @seq; -ENOENT without CONFIG_LRU_GEN_STATS. */
int lru_gen_walk(const char *cgroup, int node, uint64_t seq,
		 struct lru_gen_walk *w);

#endif
