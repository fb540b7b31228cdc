/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often each instruction executed in each region: what DWARF needs to say
 * which inlined function it belongs to.
 */
#ifndef MMCOUNT_ADDRESS_H
#define MMCOUNT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

struct code;

/* One instruction in one region. */
struct address_row {
	uint32_t region;
	enum space space;
	uint64_t addr, count;
};

extern bool address_on;

/* A block of @insns instructions, the first at @pc; for ever. */
struct code *address_block(uint64_t pc, uint32_t insns);
/* Instruction @i of it lies at @pc. */
void address_place(struct code *code, uint32_t i, uint64_t pc);
/* Instructions @from up to, but not, @to of the block executed. */
void address_count(struct code *code, uint32_t region, enum space space,
		   uint32_t from, uint32_t to);
/* All of them, by region, space and address; @nr rows. */
const struct address_row *address_rows(size_t *nr);

#endif
