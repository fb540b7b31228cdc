/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of x86-64's encoding as counting needs. */
#ifndef MMCOUNT_INSN_H
#define MMCOUNT_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_kind {
	INSN_PLAIN,
	INSN_CALL,
	INSN_RET,
	INSN_IRET, /* iret, sysret: back from an exception or system call */
	INSN_REP, /* a repeated string instruction */
	INSN_INVLPG,
	INSN_INVPCID,
	INSN_CR3, /* mov to cr3 */
	INSN_MARKER, /* see ../guest/marker.h; @marker holds its value */
};

struct insn {
	enum insn_kind kind;
	/*
	 * May it raise an exception, or leave the block some other way before
	 * the end?  True whenever this is not known to be false; everything
	 * that accesses memory is.
	 */
	bool may_stop;
	/*
	 * QEMU accesses memory for it in a helper, or leaves the block in its
	 * middle: of its accesses only those of a callback can be trusted.
	 */
	bool odd_access;
	/*
	 * It may stop, and has no operand in memory.  QEMU 7.2 would count what
	 * it reads to deliver an interrupt behind rdtsc as accesses of that.
	 */
	bool no_access;
	bool load; /* mov from memory: loads once, and nothing else */
	uint32_t marker;
};

struct insn insn_decode(const uint8_t *code, size_t len);
bool insn_is_prefix(uint8_t c);
/* Are these @len bytes a whole instruction, not the beginning of one? */
bool insn_is_whole(const uint8_t *code, size_t len);

#endif
