/* SPDX-License-Identifier: GPL-2.0-only */
/* What the properties of drop-signal and volatile have in common. */
#ifndef MMVS_SIGNALS_H
#define MMVS_SIGNALS_H

#include "conform/lib/conform.h"
#include "kernel/drop.h"

/* Map and fill memory that signals after a drop; skips where there is none. */
struct mem_region conform_signal_region(size_t pages);
/* Word @word of page @page. */
uint64_t *conform_word(const struct mem_region *r, size_t page, size_t word);
/* Page @page of @r answers a load and a store with the right SIGBUS. */
void conform_signals(const struct mem_region *r, size_t page, const char *when);
/* All of @r does. */
void conform_all_signal(const struct mem_region *r, const char *when);
/* No page of @r does; loads only. */
void conform_no_signal(const struct mem_region *r, const char *when);
/* MADV_PAGEOUT drops every page; nothing is read. */
void conform_gone(const struct mem_region *r, const char *when);
/* madvise(2) of @r: 0 or -errno. */
int conform_advise(const struct mem_region *r, int advice);

#endif
