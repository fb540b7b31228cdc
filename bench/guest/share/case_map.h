/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a case, as its options "map", "pages" and "order" ask for it.
 *
 * share/ takes in a running case with options of a common name.
 * Out go premises that hold, rows and metrics that several cases have alike.
 * It includes run/ and kernel/; it knows no single case and no property.
 */
#ifndef MMVS_CASE_MAP_H
#define MMVS_CASE_MAP_H

#include "kernel/mem.h"
#include "run/bench.h"

/*
 * Map what the options "map" and "pages" ask for, none of it there yet, and
 * with the option "order" (kernel/folio.h) such that touching it gives folios
 * of that order.  0, -errno, or BENCH_SKIP without MAP_DROPPABLE or the order.
 */
int bench_map(struct bench_ctx *ctx, struct mem_region *r);
/* The premise after touching: all of it is there, in folios of the order. */
int bench_filled(struct bench_ctx *ctx, const struct mem_region *r);

/*
 * Of a case with one mapping, that mapping.  CASE_FILLED in a declaration is a
 * setup() that maps and fills it and a teardown() that unmaps it.
 */
extern struct mem_region case_region;
int case_map(struct bench_ctx *ctx); /* bench_map() */
int case_fill(struct bench_ctx *ctx); /* and mem_fill(), bench_filled() */
void case_unmap(struct bench_ctx *ctx);
size_t case_pages(struct bench_ctx *ctx); /* its pages: a max_rows() */

#define CASE_FILLED .setup = case_fill, .teardown = case_unmap

#endif
