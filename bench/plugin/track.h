/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From executed blocks to counts.
 *
 * Instructions.  Within a block, inline additions to track_ticks stand before
 * the first instruction and around each one that may stop ("points"); so
 * track_ticks is exact up to the instruction being executed, and a block that
 * is left early is recognised and corrected when the next one begins:
 *   - an exception's handler comes next: the instruction did not complete;
 *   - anything else comes next: it did (an access to a device under -icount
 *     ends the block after it).
 * Markers cut a block exactly.
 *
 * Functions.  "cur" is the node of the code that executes.  A call pushes
 * {stack pointer, cur}; a return pops what lies at its stack pointer.  There
 * is a stack of these for each kernel stack (by address), so a task switch is
 * a return on another stack.  An exception or interrupt makes a child node
 * marked as an entry; iret and sysret leave the nearest one.  When a block
 * belongs to another function than cur and nothing explains it, it was a tail
 * call.  Without call tracking every change of function looks like that.
 */
#ifndef MMCOUNT_TRACK_H
#define MMCOUNT_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "symbols.h"
#include "tree.h"

/* A translated block; lives for ever, QEMU may hold it for long. */
struct block {
	uint64_t pc;
	struct code *code; /* its instructions one by one, or NULL */
	uint64_t rep_pc; /* of a repeated string instruction at its end, or 0 */
	uint32_t insns;
	uint32_t first; /* instructions that the point at the start counts */
	uint32_t func;
	enum entry entry;
	bool user;
	bool at_start; /* of the function */
	bool stub; /* an entry that jumps to the one that is meant */
	bool page_fault; /* the handler of page faults begins */
	bool movs; /* the string instruction loads and stores each byte */
	bool iret; /* ends in iret or sysret */
	bool last_may_stop;
	bool special; /* needs the slow path: entry, iret or rep */
};

/* A marker in a block: how many instructions stand before it. */
struct mark {
	uint32_t value, before;
};

/* One pass through a region. */
struct pass {
	uint32_t id;
	uint64_t insns, turns;
};

extern uint64_t track_ticks;
/*
 * Additions for loads and for stores; the loads of returns, the stores of
 * calls.  QEMU 7.2 turns the direction of inline additions round: "reads" sees
 * stores, "writes" sees both.  track_probe asks for the writes of loads: when
 * it sees any, that is so.
 */
extern uint64_t track_reads, track_writes, track_pops, track_pushes;
extern uint64_t track_probe;
extern bool track_calls; /* call tracking is on */
/* The first thing that went wrong, or "". */
extern char track_error[200];

/*
 * QEMU calls these; @data: of track_marker() a struct mark, of track_event() a
 * counter's number, else the struct block.
 */
void track_block(unsigned int cpu, void *data);
void track_marker(unsigned int cpu, void *data);
void track_event(unsigned int cpu, void *data);
void track_call(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);
void track_ret(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);
void track_string(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);
void track_access(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);

/* Add one to a counter of what executes now, in a region. */
void track_count(enum counter c);
/*
 * Add @n's reads and writes to @count as loads and stores.  When the machine
 * has ended: the first load that tells may come after a region has begun.
 */
void track_accesses(const struct node *n, uint64_t count[NR_COUNTERS]);
/* The machine ends: an open region is an error. */
void track_end(void);
const struct pass *track_passes(uint32_t *nr);

#endif
