// SPDX-License-Identifier: GPL-2.0-only
/*
 * A streaming read through the page cache under a memcg limit, per page read:
 * each new page pushes an old clean one out.
 *
 * Path: read() -> filemap_read() -> page_cache_ra_unbounded(), charge; at the
 * limit try_charge_memcg() -> try_to_free_mem_cgroup_pages() -> MGLRU's
 * evict_folios() -> shrink_folio_list() -> __remove_mapping(); the read itself
 * is zram's decompression and a copy to the user.  Not in it: writing the data.
 *
 * The file is a block device, a zram of its own, four times the limit: its page
 * cache is clean, on the file LRU and the memcg's, which that of tmpfs and ramfs
 * is not (tmpfs goes to swap, ramfs is unevictable).
 *
 * Moved by stacks that touch reclaim of file folios (special-mapping-* put
 * droppable memory among them).
 *
 * Validated in each round against memory.stat: pgsteal rises by the pages read,
 * less at most a quarter (what the limit holds).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "share/batch.h"

#define GROUP "run"
#define CHUNK (64 << 10)
#define TIMES_LIMIT 4

static int disk = -1, id = -1;
static unsigned char *buf;
static uint64_t size, stolen;

static int make_disk(char *dev, size_t len)
{
	char path[128], text[32];
	uint64_t n;
	int err;

	err = file_read_u64("/sys/class/zram-control/hot_add", &n);
	if (err)
		return err;
	id = (int)n;
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", id);
	snprintf(text, sizeof(text), "%" PRIu64, size);
	snprintf(dev, len, "/dev/zram%d", id);
	return file_write(path, text);
}

/* Half of each page is data, as mem_fill() has it. */
static int fill_disk(const char *dev)
{
	struct mem_region r;
	int fd, err;

	fd = open(dev, O_WRONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : mem_map(&r, "private", CHUNK / mem_page_size());
	if (err)
		return err;
	err = mem_fill(&r);
	for (uint64_t done = 0; !err && done < size; done += CHUNK)
		if (write(fd, r.addr, CHUNK) != CHUNK)
			err = -errno;
	if (!err && fsync(fd))
		err = -errno;
	mem_unmap(&r);
	close(fd);
	return err;
}

static int set_limit(const char *limit)
{
	char path[128];

	memcg_path(path, sizeof(path), GROUP, "memory.max");
	return file_write(path, limit);
}

static int setup(struct bench_ctx *ctx)
{
	uint64_t current;
	char dev[32], limit[32];
	int err;

	size = bench_opt_u64(ctx, "pages") * mem_page_size();
	buf = malloc(CHUNK);
	if (!buf || size % CHUNK)
		return bench_fail(ctx, -EINVAL, "pages: a multiple of %zu",
				  CHUNK / mem_page_size());
	memset(buf, 1, CHUNK);
	err = make_disk(dev, sizeof(dev));
	if (err)
		return bench_skip(ctx, "cannot make a zram device: %s",
				  strerror(-err));
	err = fill_disk(dev);
	disk = open(dev, O_RDONLY | O_CLOEXEC);
	if (!err && disk < 0)
		err = -errno;
	if (!err) /* start without a page of it */
		err = -posix_fadvise(disk, 0, 0, POSIX_FADV_DONTNEED);
	if (!err)
		err = memcg_current(GROUP, &current);
	if (!err) {
		snprintf(limit, sizeof(limit), "%" PRIu64,
			 current + size / TIMES_LIMIT);
		err = set_limit(limit);
	}
	return err ? bench_fail(ctx, err, "filling %s", dev) : 0;
}

static int prepare(struct bench_ctx *ctx, struct batch *b)
{
	int err = memcg_stat(GROUP, "pgsteal", &stolen);

	(void)b;
	if (lseek(disk, 0, SEEK_SET))
		err = -errno;
	return err ? bench_fail(ctx, err, "rewinding") : 0;
}

static int op(struct bench_ctx *ctx, struct batch *b)
{
	(void)b;
	for (uint64_t done = 0; done < size; done += CHUNK)
		if (read(disk, buf, CHUNK) != CHUNK)
			return bench_fail(ctx, -EIO, "reading");
	return 0;
}

static int verify(struct bench_ctx *ctx, struct batch *b)
{
	uint64_t before = stolen;
	int err;

	err = memcg_stat(GROUP, "pgsteal", &stolen);
	if (err)
		return bench_fail(ctx, err, "memory.stat");
	if (stolen - before < b->units - b->units / TIMES_LIMIT)
		return bench_fail(ctx, -EIO,
				  "premise: %" PRIu64
				  " pages evicted while %zu were read",
				  stolen - before, b->units);
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	char text[16];

	(void)ctx;
	close(disk);
	set_limit("max");
	snprintf(text, sizeof(text), "%d", id);
	if (id >= 0)
		file_write("/sys/class/zram-control/hot_remove", text);
}

BENCH_CASE(bystander_page_cache) = {
	.name = "bystander-page-cache",
	.desc = "streaming read of a block device four times the memcg limit",
	.full_cells = BENCH_WORDS(""),
	.options = BENCH_OPTIONS({ "rounds", "4", NULL, "batches, a row each" },
				 { "pages", "8192", NULL,
				   "pages to read in a round" }),
	.metrics = BENCH_METRICS(BATCH_METRICS(
		"stream_per_page",
		"read through the page cache at the limit, per page")),
	.needs_memcg = true,
	.setup = setup,
	BATCH_CASE(.units = "pages", .prepare = prepare, .op = op,
		   .verify = verify),
	.teardown = teardown,
};
