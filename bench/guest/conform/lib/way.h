/* SPDX-License-Identifier: GPL-2.0-only */
/* What the properties of other interfaces for droppable memory share. */
#ifndef MMVS_WAY_H
#define MMVS_WAY_H

#include "conform/lib/conform.h"
#include "kernel/droppable.h"

/*
 * The way by name, where this kernel has it.  If not, it skips and says what plain
 * memory a kernel gives that does not refuse, and how much of it swap gets.
 */
const struct droppable_way *way_need(const char *name);
/* @pages by @way, filled and present. */
struct mem_region way_region(const struct droppable_way *way, size_t pages);
/* smaps has each of the two-letter words in @flags, and none of @without. */
void way_flags(const struct mem_region *r, const char *flags,
	       const char *without);
/* The promises: dropped and zero, never in swap; inherited as zeroes, and again. */
void way_keeps_promises(const struct droppable_way *way);

#endif
