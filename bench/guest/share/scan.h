/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that own pages, for MGLRU to walk: the scan-* cases share them.
 * They live in a memcg of their own, so that no generation holds anybody
 * else's pages, and run between two walks: the switch of page tables empties
 * the TLB (without it QEMU's hides accesses and the accessed bit stays clear).
 */
#ifndef MMVS_SCAN_H
#define MMVS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/lru_gen.h"
#include "run/bench.h"

#define SCAN_NODE 0
#define SCAN_MAX_OWNERS 64

/* How @pages are laid out: every @stride-th page, in VMAs, in processes. */
struct scan_shape {
	size_t pages, stride, vmas, owners;
};

struct scan_owner {
	pid_t pid;
	int to, from;
};

struct scan_group {
	char name[32], path[64]; /* below /mmvs; as MGLRU calls it */
	size_t pages, nr;
	struct scan_owner owner[SCAN_MAX_OWNERS];
};

/* Can these cases run here?  0, -errno or BENCH_SKIP; map: option "map". */
int scan_setup(struct bench_ctx *ctx);
/* Start owners that have touched every page once.  0 or -errno. */
int scan_start(struct scan_group *g, const char *map,
	       const struct scan_shape *shape);
void scan_stop(struct scan_group *g);
/*
 * Have @pct % of the pages written to, evenly spread within each process. 0 or -errno.
 */
int scan_touch(struct scan_group *g, unsigned int pct);
/* Pages that are present, over all owners. */
int scan_present(struct scan_group *g, uint64_t *pages);
/* The generations of the group. */
int scan_state(const struct scan_group *g, struct lru_gen_state *s);
/* Age without measuring. */
int scan_age(const struct scan_group *g, bool all);
/*
 * The premise of a walk: it looked at no less than @pages PTEs and found
 * @young of them young, but for what a process touches besides.  0, or a
 * failure that says what was seen.
 */
int scan_saw(struct bench_ctx *ctx, const struct scan_group *g,
	     const struct lru_gen_walk *w, uint64_t pages, uint64_t young);

#endif
