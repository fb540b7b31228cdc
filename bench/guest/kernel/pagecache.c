// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/pagecache.h"

#define CONTROL "/sys/class/zram-control/"
#define MAX_PAGE 65536

static int set_size(const struct pagecache *c)
{
	char path[64], size[32];

	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", c->disk);
	snprintf(size, sizeof(size), "%zu", c->pages * mem_page_size());
	return file_write(path, size);
}

int pagecache_open(struct pagecache *c, size_t pages)
{
	char path[64];
	uint64_t disk;
	int err;

	*c = (struct pagecache){ .fd = -1, .pages = pages };
	/* Reading the file makes a disk and says its number. */
	err = file_read_u64(CONTROL "hot_add", &disk);
	if (err)
		return err;
	c->disk = (int)disk;
	err = set_size(c);
	if (err)
		goto out_remove;
	snprintf(path, sizeof(path), "/dev/zram%d", c->disk);
	c->fd = open(path, O_RDWR | O_CLOEXEC);
	if (c->fd < 0) {
		err = -errno;
		goto out_remove;
	}
	c->map = mmap(NULL, pages * mem_page_size(), PROT_READ, MAP_SHARED,
		      c->fd, 0);
	if (c->map != MAP_FAILED)
		return 0;
	err = -errno;
	c->map = NULL;
out_remove:
	pagecache_close(c);
	return err;
}

void pagecache_close(struct pagecache *c)
{
	char disk[16];

	if (c->map)
		munmap(c->map, c->pages * mem_page_size());
	if (c->fd >= 0)
		close(c->fd);
	snprintf(disk, sizeof(disk), "%d", c->disk);
	if (c->disk)
		file_write(CONTROL "hot_remove", disk);
	*c = (struct pagecache){ .fd = -1 };
}

static void make_page(uint64_t *words, size_t page)
{
	size_t nr = mem_page_size() / sizeof(*words);

#pragma GCC unroll 8
	for (size_t i = 0; i < nr; i++)
		words[i] = (page + 1) * 0x9e3779b97f4a7c15ULL + i / 8;
}

int pagecache_write(struct pagecache *c, size_t first, size_t nr)
{
	static uint64_t words[MAX_PAGE / sizeof(uint64_t)];
	size_t size = mem_page_size();

	for (size_t i = first; i < first + nr; i++) {
		make_page(words, i);
		if (pwrite(c->fd, words, size, (off_t)(i * size)) !=
		    (ssize_t)size)
			return errno ? -errno : -EIO;
	}
	return 0;
}

int pagecache_sync(struct pagecache *c)
{
	return fsync(c->fd) ? -errno : 0;
}

int pagecache_cached(const struct pagecache *c, size_t first, size_t nr,
		     size_t *cached)
{
	unsigned char in[512];
	size_t size = mem_page_size();

	*cached = 0;
	for (size_t i = first; i < first + nr; i += sizeof(in)) {
		size_t n = first + nr - i;

		if (n > sizeof(in))
			n = sizeof(in);
		if (mincore(c->map + i * size, n * size, in))
			return -errno;
		for (size_t j = 0; j < n; j++)
			*cached += in[j] & 1;
	}
	return 0;
}

int pagecache_verify(struct pagecache *c, size_t first, size_t nr)
{
	static uint64_t want[MAX_PAGE / sizeof(uint64_t)], now[MAX_PAGE / 8];
	size_t size = mem_page_size();

	for (size_t i = first; i < first + nr; i++) {
		make_page(want, i);
		if (pread(c->fd, now, size, (off_t)(i * size)) !=
			    (ssize_t)size ||
		    memcmp(want, now, size))
			return -EIO;
	}
	return 0;
}
