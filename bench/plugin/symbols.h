/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel functions by address, from System.map. */
#ifndef MMCOUNT_SYMBOLS_H
#define MMCOUNT_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions that no symbol names. */
enum {
	FUNC_USER,
	FUNC_UNKNOWN,
	FUNC_ELSEWHERE,
	FUNC_FIRST
};

/* How the CPU gets to a function by itself. */
enum entry {
	ENTRY_NONE,
	ENTRY_FAULT, /* the instruction did not complete */
	ENTRY_TRAP, /* it did */
	ENTRY_IRQ, /* between two instructions */
};

struct symbol {
	uint64_t addr;
	uint32_t func; /* the number of the name */
	enum entry entry;
	bool page_fault;
	bool stubs; /* a table of entries, each of which jumps to another */
};

/*
 * Read @path.  0, or -errno with @why filled: -EINVAL for a file that is not
 * a System.map.  Compilers' suffixes (.cold, .isra.0, .part.0, .constprop.0)
 * are cut off, so that one function keeps one name from build to build;
 * static functions that share a name share a number.
 */
int symbols_load(const char *path, char *why, size_t size);
/* The function that holds @addr; NULL when none does. */
const struct symbol *symbols_find(uint64_t addr);
const char *symbols_name(uint32_t func);
uint32_t symbols_count(void);

#endif
