/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page cache that reclaim can evict and that is really written back: that of a
 * zram disk of our own.  The small kernel has no disk file system, and pages of
 * tmpfs and ramfs are not page cache that goes; a block device's are, with the
 * LRU, dirty tracking and flusher of any file (iomap, as in xfs).
 */
#ifndef MMVS_PAGECACHE_H
#define MMVS_PAGECACHE_H

#include <stddef.h>
#include <stdint.h>

struct pagecache {
	int fd;
	int disk; /* N of /dev/zramN */
	unsigned char *map; /* never touched, for mincore(2) */
	size_t pages;
};

/* A disk of @pages; -ENOENT: no zram, -EACCES or -EPERM: not root. */
int pagecache_open(struct pagecache *c, size_t pages);
void pagecache_close(struct pagecache *c);
/* Write @nr pages from @first, each with words made of its number. */
int pagecache_write(struct pagecache *c, size_t first, size_t nr);
/* Clean: write all back and wait for it. */
int pagecache_sync(struct pagecache *c);
/* How many of @nr pages from @first are cached; none is touched. */
int pagecache_cached(const struct pagecache *c, size_t first, size_t nr,
		     size_t *cached);
/* Read them through the cache; -EIO when a page is not what was written. */
int pagecache_verify(struct pagecache *c, size_t first, size_t nr);

#endif
