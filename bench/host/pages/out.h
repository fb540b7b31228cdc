/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output formats.  Each prints to f and checks nothing: main() looks at the
 * stream's error flag once.  Those that allocate return 0 or -errno.
 *
 * pages/ takes in a finished comparison and the run that it is of.
 * Out go tables, mail and report as text; no verdict is made here.
 * It includes stats/ and load/; main() alone includes it.
 */
#ifndef MMVS_OUT_H
#define MMVS_OUT_H

#include <stdio.h>

#include "stats/decide.h"
#include "stats/hosts.h"

#define OUT_TABLE_WIDTH 100
#define OUT_MAIL_WIDTH 72
#define OUT_ECDF_POINTS 1000
#define OUT_ECDF_MAX_POOL (32UL << 20) /* values of a spec and arm */

/* compare.tsv: results/README.md. */
void out_tsv(FILE *f, const struct comparison *c);
/* A line for each key metric and variant that more seeds may decide, A/A left out. */
void out_open(FILE *f, const struct comparison *c);

/*
 * The key metrics that moved by more than what does not matter, a line each with A/A's
 * move beside, and how many did not: of a run whose seeds are not all in.
 */
int out_look(FILE *f, const struct comparison *c);

/* One value a cell: spec metric variant seed value. */
void out_values(FILE *f, const struct data *d);

/*
 * The distribution of each clocked column, pooled over seeds for display
 * only: spec metric_column variant value fraction.  Reads the samples again.
 */
int out_ecdf(FILE *f, const struct data *d, struct err *err);

/* Key metrics for a terminal, at most OUT_TABLE_WIDTH columns. */
int out_table(FILE *f, const struct comparison *c);

/*
 * The text under the --- of a patch mail: ASCII, 72 columns; of three variants about
 * 80 lines.  The full one has every key metric.
 */
int out_mail(FILE *f, const struct decision *decision);
int out_mail_full(FILE *f, const struct comparison *c);

/*
 * history.tsv (results/README.md): the metric @what, CASE:METRIC, in each of @n runs
 * that has it, by date.  A run that cannot be read is named on standard error and
 * left out.  0 or -errno.
 */
int out_history(FILE *f, const char *what, char **dirs, size_t n,
		struct err *err);

/*
 * What each patch of a series costs: a section of Markdown, of a comparison that
 * data_chain() has prepared.
 */
void out_steps(FILE *f, const struct comparison *c);

/* Planted effects and false verdicts (stats/calibrate.h); its errors. */
int out_calibrate(FILE *f, const struct comparison *c, struct err *err);

/*
 * Verdicts that two runs of the same variants do not share: of two layouts of the same
 * code, days, machines, or modes.  A section of Markdown.
 */
int out_flips(FILE *f, const struct run *a, const struct run *b,
	      struct err *err);

/*
 * The same variants on several hosts: key metrics for a terminal, everything as a page, a
 * row for each host and one for all of them (results/README.md).
 */
int out_hosts(FILE *f, const struct hosts *h);
int out_hosts_md(FILE *f, const struct hosts *h);
void out_hosts_tsv(FILE *f, const struct hosts *h);

/*
 * What a PMU counted beside each metric of time, as a section of Markdown; nothing
 * where there was none.
 */
int out_hardware(FILE *f, const struct comparison *c, struct err *err);

/* report.md: everything, first what it comes to. */
int out_md(FILE *f, const struct decision *decision, struct err *err);

/*
 * report.html: the same as one page that asks for nothing else, with what lies beside
 * it in the run's folder: matrix, profile, counters, plots.  @bare: without links to
 * the cells, for a copy that leaves them behind.
 */
int out_html(FILE *f, const struct decision *decision, bool bare,
	     struct err *err);

#endif
