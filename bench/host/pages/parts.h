/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts that several output formats share.  All print ASCII in lines of at
 * most width columns; those that allocate return 0 or -ENOMEM.
 */
#ifndef MMVS_PARTS_H
#define MMVS_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "stats/compare.h"

/*
 * Key metrics by spec, a line for each arm, then the footnotes.  With brief, a
 * metric in which no arm differs from the baseline takes one line.
 */
int part_blocks(FILE *f, const struct comparison *c, int width, bool brief);

/*
 * What the verdicts on key metrics say, in words, by variant, the largest effects
 * first.  quote goes around names: "" or a backtick.  With a cap at most so many
 * of each verdict, and what is not proven as a count.
 */
int part_findings(FILE *f, const struct comparison *c, int width,
		  const char *quote, size_t cap);

/* What A/A says: noise floor, smallest visible effect, alarms. */
int part_noise(FILE *f, const struct comparison *c, int width,
	       const char *quote);

/* Failed, skipped and absent cells, counted, then listed with reasons. */
int part_cells(FILE *f, const struct data *d, int width, const char *quote);

/* What the numbers cannot say, as far as the run itself tells. */
int part_limits(FILE *f, const struct comparison *c, int width);

/* What the mark of a variant that fails means, after before, if there is one. */
int part_mark(FILE *f, const struct data *d, int width, const char *before);

/*
 * That different kernels are compared, said loudly, and how many options are
 * not set alike; nothing where it is one kernel with patches.
 */
int part_kernels(FILE *f, const struct run *run, int width, const char *quote);

/*
 * Verdicts at folio order 0 and at others, as a section of Markdown; nothing where
 * no spec was measured at two orders.
 */
int part_orders(FILE *f, const struct comparison *c);

/* Every option that differs, as a section of Markdown. */
void part_option_table(FILE *f, const struct run *run);

/* "lower is better" and so on; what a unit of the clock is. */
const char *part_better(enum better better);
const char *part_unit(const struct run *run);

/* ", look 2 of at most 3" where seeds were added until all was decided, else "". */
#define PART_LOOK 64
const char *part_look(char buf[PART_LOOK], const struct run *run);

/* The number of cells with that status. */
size_t part_count(const struct data *d, enum cell_status status);

/*
 * An effect with its interval: "+1.60% [+1.50%, +1.70%]", "+1.60% (exact)",
 * or a difference, in unit, where there is no ratio.  Returns buf.
 */
#define PART_EFFECT 160
const char *part_effect(char buf[PART_EFFECT], const struct row *row,
			const char *unit);

#endif
