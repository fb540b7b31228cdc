/* SPDX-License-Identifier: GPL-2.0-only */
/* mmprofile: what mmcount.so wrote, two variants side by side. */
#ifndef MMPROFILE_H
#define MMPROFILE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Limits: the files come from a guest's cell and may be anything. */
#define MAX_LINE (64 << 10)
#define MAX_ROWS (1u << 20)
#define MAX_NAME 200
#define MAX_REGIONS 64
#define MAX_GROUPS 32
#define INTERRUPTS "[interrupts]"

/* One function in one region; interrupts are one row. */
struct row {
	const char *region, *function;
	uint64_t calls, insn;
};

/* operations.tsv: what to divide by. */
struct ops {
	const char *region, *unit; /* "freed page" */
	uint64_t count, total_insn; /* total: from regions.tsv */
};

/*
 * A folder: functions.tsv, regions.tsv, operations.tsv, folded.txt.  @view is
 * "", or "-inlined" for functions-inlined.tsv and folded-inlined.txt.
 */
struct profile {
	const char *dir, *view;
	struct row *row; /* by region, then function */
	size_t nr;
	struct ops ops[MAX_REGIONS];
	size_t nr_ops;
};

/*
 * Load and check @dir: well-formed, no error noted, and in each region the
 * functions add up to the region's total.  0, or -errno with @why filled.
 */
int profile_load(struct profile *p, const char *dir, const char *view,
		 char *why, size_t size);
void profile_free(struct profile *p);
const struct ops *profile_ops(const struct profile *p, const char *region);
/* Strict: the whole of @text is one decimal number. */
bool parse_count(const char *text, uint64_t *value);
/* Split @line at tabs in place; number of fields, at most @max. */
size_t split(char *line, char **field, size_t max);

/* One function of a region in both; per operation. */
struct delta {
	const char *function;
	double calls[2], insn[2], diff;
};

struct diff {
	const char *region, *unit;
	bool with_calls; /* nobody counts the calls of inlined functions */
	uint64_t ops[2];
	double total[2];
	struct delta *delta; /* by |diff|, largest first */
	size_t nr;
};

/* Region @ops of @a against the same of @b; NULL: out of memory. */
struct diff *diff_make(const struct profile *a, const struct profile *b,
		       const struct ops *ops);
void diff_free(struct diff *d);
/* A table of the @top largest, the rest in one line, and the sum. */
void diff_table(FILE *out, const struct diff *d, const char *name_a,
		const char *name_b, size_t top);
/* region, unit, total A and B, then the three largest; tab-separated. */
void diff_explain(FILE *out, const struct diff *d);

/* Functions by what they are for: bench/plugin/groups.tsv. */
struct groups {
	char name[MAX_GROUPS][36];
	regex_t of[MAX_GROUPS];
	size_t nr;
};

/* 0, or -errno with @why naming the file and the line. */
int groups_load(struct groups *g, const char *path, char *why, size_t size);
void groups_free(struct groups *g);
/* Instructions an operation by group; what no group has is the last line. */
void groups_table(FILE *out, const struct groups *g, const struct diff *d,
		  const char *name_a, const char *name_b);

/* Differential flame graph of two folded.txt; 0 or -errno with @why. */
int flame_draw(FILE *out, const struct profile *a, const struct profile *b,
	       const char *title, char *why, size_t size);

#endif
