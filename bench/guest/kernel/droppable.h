/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to ask a kernel for droppable memory, and for what comes close to it. */
#ifndef MMVS_DROPPABLE_H
#define MMVS_DROPPABLE_H

#include <stdbool.h>
#include <stddef.h>

#define DROPPABLE_WAYS "flag|madvise|prot|madvise-droppable|flags"

/* One mmap(), and madvise() calls after it. */
struct droppable_way {
	const char *name; /* one of DROPPABLE_WAYS */
	const char *what; /* what a kernel without it lacks */
	int prot, flags; /* beside what all of them need */
	int advice[3]; /* 0: no more */
	bool droppable; /* it is to be dp in smaps */
};

/* By name; NULL when there is none. */
const struct droppable_way *droppable_way(const char *name);
/* MAP_FAILED and errno as from mmap(); nothing stays mapped then. */
void *droppable_map(const struct droppable_way *way, size_t size);
/*
 * Does this kernel know the way?  0, -EOPNOTSUPP when it says no or, worse, says
 * nothing and gives plain memory (@silent).
 */
int droppable_probe(const struct droppable_way *way, bool *silent);

#endif
