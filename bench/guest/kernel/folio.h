/* SPDX-License-Identifier: GPL-2.0-only */
/* Folio orders of anonymous memory: ask for one (mTHP), prove that it is so. */
#ifndef MMVS_FOLIO_H
#define MMVS_FOLIO_H

#include <stddef.h>

#include "kernel/mem.h"

/* The "order" option that cases share: 2^order pages a folio; x86 has 2 to 9. */
#define MEM_ORDER_OPTION                                            \
	{                                                           \
		.key = "order", .fallback = "0",                    \
		.choices = "0|2|3|4|5|6|7|8|9",                     \
		.help = "folio order of anonymous memory (9: THP)", \
	}

/*
 * From now on give MADV_HUGEPAGE ranges folios of @order and no other; what was
 * set before comes back when the process ends.  -ENOENT: this kernel does not
 * offer the order.
 */
int folio_order_enable(unsigned int order);

/*
 * How many pages of @r lie in folios of exactly @order, each whole and in its
 * place, from pagemap and kpageflags.  -EPERM when pagemap hides the frames.
 */
int folio_order_pages(const struct mem_region *r, unsigned int order,
		      size_t *pages);

#endif
