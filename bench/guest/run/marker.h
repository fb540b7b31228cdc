/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions for the QEMU plugin (bench/plugin): a long NOP whose displacement
 * says "the measured operation begins" or "ends".  On hardware, and in a VM
 * without the plugin, it is one instruction that does nothing.
 *
 * Begin and end stand inside the pair of clock reads, next to the operation:
 * the region holds neither clock read.  The two instructions that they add to
 * every sample are the same two in clock_cost(), which is subtracted.
 */
#ifndef MMVS_MARKER_H
#define MMVS_MARKER_H

#define MARKER_MAGIC 0x6d6d /* "mm", the upper half of the displacement */
#define MARKER_KIND(value) ((value) >> 14 & 3)
#define MARKER_CASE(value) ((value) >> 6 & 0xff)
#define MARKER_PHASE(value) ((value)&0x3f)
#define MARKER_ID(value) ((value)&0x3fff) /* case and phase */
#define MARKER_NR_IDS 0x4000

/* MARKER_ARM: measuring is near; the plugin does nothing before the first. */
enum {
	MARKER_IDLE,
	MARKER_ARM,
	MARKER_BEGIN,
	MARKER_END
};

/* Cases and phases have numbers here and names in the plugin's files. */
#define MARKER_REGIONS(X)                           \
	X(FAULT, 1, 0, "fault")                     \
	X(RECLAIM, 2, 0, "reclaim")                 \
	X(RECLAIM_LIMIT, 2, 1, "reclaim-limit")     \
	X(RECLAIM_PAGEOUT, 2, 2, "reclaim-pageout") \
	X(RECLAIM_COLD, 2, 3, "reclaim-cold")       \
	X(RECLAIM_LRU_GEN, 2, 4, "reclaim-lru-gen") \
	X(RECLAIM_MIXED, 2, 5, "reclaim-mixed")     \
	X(RECLAIM_KSWAPD, 2, 6, "reclaim-kswapd")   \
	X(AGE_YOUNG, 3, 0, "aging-young")           \
	X(AGE_OLD, 3, 1, "aging-old")               \
	X(AGE_MOVING, 3, 2, "aging-moving")         \
	X(AGE_SHAPE, 3, 3, "aging-shape")           \
	X(AGE_BY_ITSELF, 3, 5, "aging-by-itself")   \
	X(EVICT, 3, 4, "eviction")                  \
	X(TEST, 4, 0, "test")                       \
	X(TEST_OTHER, 4, 1, "test-other")           \
	X(FAULT_READ, 8, 0, "read-fault")           \
	X(FAULT_COPY, 8, 1, "copy-fault")           \
	X(REFAULT, 8, 2, "refault")                 \
	X(FAULT_CHILD, 8, 3, "child-fault")         \
	X(BATCH, 9, 0, "batch")                     \
	X(MMAP, 10, 0, "map")                       \
	X(MUNMAP, 10, 1, "unmap")                   \
	X(UNMAP, 20, 0, "munmap")                   \
	X(UNMAP_BIG, 20, 1, "munmap-big")           \
	X(UNMAP_BY, 20, 2, "munmap-by")             \
	X(GETRANDOM, 40, 0, "getrandom")            \
	X(CACHE, 41, 0, "cache")                    \
	X(FAULT_NODE, 42, 0, "fault-node")          \
	X(NODE_AGE, 43, 0, "node-aging")            \
	X(NODE_EVICT, 43, 1, "node-evict")          \
	X(NODE_KSWAPD, 43, 2, "node-kswapd")        \
	X(NODE_BALANCING, 43, 3, "node-balancing")

#define MARKER_ENUM(sym, c, phase, name) REGION_##sym = (c) << 6 | (phase),
enum {
	MARKER_REGIONS(MARKER_ENUM)
};
#undef MARKER_ENUM

#ifdef __x86_64__
#define MARKER(kind, id)                                                 \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long %c0"             \
			 :                                               \
			 : "i"(MARKER_MAGIC << 16 | (kind) << 14 | (id)) \
			 : "memory")
#else
#define MARKER(kind, id) __asm__ volatile("" : : : "memory")
#endif

/* @id: a constant REGION_*. */
#define region_begin(id) MARKER(MARKER_BEGIN, id)
#define region_end(id) MARKER(MARKER_END, id)

#endif
