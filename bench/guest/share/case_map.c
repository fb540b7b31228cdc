// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/folio.h"
#include "share/case_map.h"

struct mem_region case_region;

static unsigned int order_of(const struct bench_ctx *ctx)
{
	return (unsigned int)bench_opt_u64(ctx, "order");
}

/* Folios of the order that is asked for; small ones need no setting. */
static int ask_for_order(struct bench_ctx *ctx, struct mem_region *r)
{
	unsigned int order = order_of(ctx);
	int err;

	if (!order)
		return 0;
	if (!strcmp(r->kind, "shmem"))
		return bench_skip(
			ctx, "folio orders are set for anonymous memory only");
	if (r->pages & ((1UL << order) - 1))
		return bench_fail(ctx, -EINVAL,
				  "pages: not whole folios of order %u", order);
	err = folio_order_enable(order);
	if (err == -ENOENT)
		return bench_skip(ctx, "this kernel has no folios of order %u",
				  order);
	if (err == -EACCES || err == -EPERM)
		return bench_skip(ctx, "setting the folio order needs root");
	if (!err && madvise(r->addr, r->pages * mem_page_size(), MADV_HUGEPAGE))
		err = -errno;
	return err ? bench_fail(ctx, err, "asking for folios of order %u",
				order)
		   : 0;
}

int bench_map(struct bench_ctx *ctx, struct mem_region *r)
{
	const char *kind = bench_opt(ctx, "map");
	struct mem_where w;
	int err;

	err = mem_map_aligned(r, kind, bench_opt_u64(ctx, "pages"),
			      1UL << order_of(ctx));
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (err)
		return bench_fail(ctx, err, "cannot map %s", kind);
	err = ask_for_order(ctx, r);
	if (err)
		return err;
	err = mem_where(r, &w);
	if (!err && w.absent != r->pages)
		return bench_fail(
			ctx, -EIO,
			"premise: %zu pages are there before the first touch",
			r->pages - w.absent);
	return err;
}

int bench_filled(struct bench_ctx *ctx, const struct mem_region *r)
{
	unsigned int order = order_of(ctx);
	struct mem_where w;
	size_t pages;
	int err;

	err = folio_order_pages(r, order, &pages);
	if (err == -EPERM) { /* a plain user may measure small folios */
		if (order)
			return bench_skip(ctx,
					  "seeing folio orders needs root");
		err = 0;
	} else if (!err && order && pages != r->pages) {
		return bench_skip(
			ctx,
			"only %zu of %zu pages are in folios of order %u: the kernel fell back",
			pages, r->pages, order);
	}
	if (!err)
		err = mem_where(r, &w);
	if (!err && w.present != r->pages)
		return bench_fail(
			ctx, -EIO,
			"premise: only %zu of %zu pages are there after the touch",
			w.present, r->pages);
	return err;
}

int case_map(struct bench_ctx *ctx)
{
	return bench_map(ctx, &case_region);
}

int case_fill(struct bench_ctx *ctx)
{
	int err = bench_map(ctx, &case_region);

	if (!err)
		err = mem_fill(&case_region);
	return err ? err : bench_filled(ctx, &case_region);
}

void case_unmap(struct bench_ctx *ctx)
{
	(void)ctx;
	mem_unmap(&case_region);
}

size_t case_pages(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "pages");
}
