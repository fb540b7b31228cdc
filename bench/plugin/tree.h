/* SPDX-License-Identifier: GPL-2.0-only */
/* The tree of calling contexts of each region, and what was counted there. */
#ifndef MMCOUNT_TREE_H
#define MMCOUNT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#define COUNTERS(X)                \
	X(CALLS, "calls")          \
	X(INSN, "self_insn")       \
	X(LOADS, "loads")          \
	X(STORES, "stores")        \
	X(STRING, "string_insn")   \
	X(TURNS, "string_turns")   \
	X(BYTES, "string_bytes")   \
	X(FAULTS, "page_faults")   \
	X(INVLPG, "invlpg")        \
	X(INVPCID, "invpcid")      \
	X(CR3, "cr3_writes")       \
	X(L1D, "l1d_misses_model") \
	X(L2, "l2_misses_model")   \
	X(LLC, "llc_misses_model") \
	X(DTLB, "dtlb_misses_model")

/* Interrupts stand apart from what they interrupt. */
enum space {
	SPACE_USER,
	SPACE_KERNEL,
	SPACE_IRQ,
	NR_SPACES
};

#define COUNTER_ENUM(sym, name) C_##sym,
enum counter {
	COUNTERS(COUNTER_ENUM) NR_COUNTERS
};
#undef COUNTER_ENUM

/* Where a function was executing: one node a path of callers. */
struct node {
	struct node *parent, *children, *sibling;
	uint32_t func;
	bool entry; /* the CPU came here by itself: iret and sysret leave */
	bool irq; /* in an interrupt, or below one */
	/* Of an entry: what it interrupted. */
	bool resume_call; /* a call whose first block had not begun */
	uint64_t resume_rep; /* the string instruction under way, or 0 */
	uint64_t count[NR_COUNTERS];
	/* Of track_reads and track_writes, which track_accesses() tells apart. */
	uint64_t reads, writes;
};

/* One region of the guest: an id, all its passes. */
struct region {
	uint32_t id;
	struct region *next; /* in order of first appearance */
	struct node root, *user;
	uint64_t operations, min_insn, max_insn;
};

/* Zeroed memory for ever; ends QEMU when there is none. */
void *tree_alloc(size_t size);
/* Find or make. */
struct region *tree_region(uint32_t id);
struct region *tree_regions(void);
struct node *tree_child(struct node *parent, uint32_t func, bool entry,
			bool irq);

#endif
