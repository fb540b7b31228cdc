// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "bench.h"
#include "mem.h"

int bench_map(struct bench_ctx *ctx, struct mem_region *r)
{
	const char *kind = bench_opt(ctx, "map");
	struct mem_where w;
	int err;

	err = mem_map(r, kind, bench_opt_u64(ctx, "pages"));
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (err)
		return bench_fail(ctx, err, "cannot map %s", kind);
	err = mem_where(r, &w);
	if (!err && w.absent != r->pages)
		return bench_fail(
			ctx, -EIO,
			"premise: %zu pages are there before the first touch",
			r->pages - w.absent);
	return err;
}
