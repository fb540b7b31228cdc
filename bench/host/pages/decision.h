/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A decision in words and tables: what report.md, the mail and report.html begin
 * with.  Every sentence is made from relations between variants (stats/decide.h) and
 * knows the metrics that it stands on.
 */
#ifndef MMVS_DECISION_H
#define MMVS_DECISION_H

#include <stdio.h>

#include "stats/decide.h"

/* Plain text, and the metrics (indices into data) that it says something of. */
struct sentence {
	char *text;
	size_t *metrics, n_metrics;
};

struct says {
	struct sentence *all;
	size_t n;
};

/* What the data says.  @brief: no intervals, for the mail.  0 or -ENOMEM. */
int says_make(const struct decision *d, bool brief, struct says *out);
void says_free(struct says *s);

/* "better", "not proven" and so on: variant arm against the baseline. */
const char *decision_word(const struct decision *d, size_t aspect, size_t arm);
/* The same as a sign: + - = ? or a point for what was not measured. */
char decision_sign(const struct decision *d, size_t aspect, size_t arm);

/*
 * What stands in a cell of the table: the effect with its interval, a count, or for
 * the baseline its value.  Returns buf.
 */
#define DECISION_CELL 240
const char *decision_cell(const struct decision *d, size_t aspect, size_t arm,
			  char buf[DECISION_CELL]);

/* "2 of 3 better", where the cell shows one that is not; or nothing.  Returns buf. */
const char *decision_count(const struct decision *d, size_t aspect, size_t arm,
			   char buf[DECISION_CELL]);

/* How to read the table and what dominates: valid until the next call. */
const char *decision_rules(const struct decision *d);

/* "A", "B", ...: what the mail's table calls variants but for the baseline. */
const char *decision_letter(const struct decision *d, size_t arm, char buf[4]);

/* Sections of report.md and of the mail; nothing where there is nothing to decide. */
int decision_md(FILE *f, const struct decision *d);
int decision_mail(FILE *f, const struct decision *d, int width);

#endif
