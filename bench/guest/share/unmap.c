// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "share/unmap.h"

#define DEAD_MIN "/proc/sys/vm/munmap_dead_min_bytes"

static char dead_min_before[32];

int unmap_setup(struct bench_ctx *ctx, enum unmap_way *way)
{
	const char *name = bench_opt(ctx, "way");
	const char *min = bench_opt(ctx, "dead_min");
	int err;

	*way = !strcmp(name, "mremap")	   ? UNMAP_MREMAP
	       : !strcmp(name, "dontneed") ? UNMAP_DONTNEED
					   : UNMAP_MUNMAP;
	if (!strcmp(min, "default"))
		return 0;
	err = file_read(DEAD_MIN, dead_min_before, sizeof(dead_min_before));
	if (err < 0) {
		*dead_min_before = '\0';
		return bench_skip(
			ctx, "this kernel has no vm.munmap_dead_min_bytes");
	}
	err = file_write(DEAD_MIN,
			 strcmp(min, "1G") ? "2097152" : "1073741824");
	if (err == -EACCES || err == -EPERM)
		return bench_skip(ctx, "setting %s needs root", DEAD_MIN);
	return err ? bench_fail(ctx, err, DEAD_MIN) : 0;
}

void unmap_undo(struct bench_ctx *ctx)
{
	(void)ctx;
	if (*dead_min_before)
		file_write(DEAD_MIN, dead_min_before);
}

int unmap_by(enum unmap_way way, void *addr, size_t size)
{
	int err = 0;

	if (way == UNMAP_MREMAP)
		return mremap(addr, size, mem_page_size(), 0) == addr ? 0
								      : -errno;
	if (way == UNMAP_DONTNEED)
		err = madvise(addr, size, MADV_DONTNEED);
	if (!err)
		err = munmap(addr, size);
	return err ? -errno : 0;
}
