/* SPDX-License-Identifier: GPL-2.0-only */
/* Shadow stacks: who called, by the address of the return address. */
#ifndef MMCOUNT_SHADOW_H
#define MMCOUNT_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

struct node;

/* Forget all: nothing of an earlier region is on a stack. */
void shadow_clear(void);
/* @caller called; its return address lies at @sp.  0, or -ENOSPC. */
int shadow_push(uint64_t sp, struct node *caller);
/*
 * A return that takes its address from @sp: who had called, or NULL when this
 * is not known.  @stranger: nothing is known of this stack at all.
 */
struct node *shadow_pop(uint64_t sp, bool *stranger);

#endif
