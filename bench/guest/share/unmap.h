/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways to be rid of a mapping, and from which size on vm-dead takes its own. */
#ifndef MMVS_UNMAP_H
#define MMVS_UNMAP_H

#include <stddef.h>

#include "run/bench.h"

/*
 * way=dontneed is what user space can do by itself: MADV_DONTNEED frees the pages
 * with mmap_lock held for read, and munmap() finds nothing left.  way=mremap shrinks
 * the mapping to its first page, which takes the same path as munmap().
 */
#define UNMAP_OPTIONS                                                       \
	{ "way", "munmap", "munmap|dontneed|mremap",                        \
	  "munmap(), MADV_DONTNEED before it, or mremap() to a page" },     \
	{                                                                   \
		"dead_min", "default", "default|2M|1G",                     \
			"vm.munmap_dead_min_bytes, of a kernel that has it" \
	}

enum unmap_way {
	UNMAP_MUNMAP,
	UNMAP_DONTNEED,
	UNMAP_MREMAP
};

/* What the options ask for; 0, -errno, or BENCH_SKIP without such a sysctl. */
int unmap_setup(struct bench_ctx *ctx, enum unmap_way *way);
/* teardown(): the sysctl is the machine's. */
void unmap_undo(struct bench_ctx *ctx);
/* Away with @size bytes at @addr; way=mremap leaves the first page.  0 or -errno. */
int unmap_by(enum unmap_way way, void *addr, size_t size);

#endif
