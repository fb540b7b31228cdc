/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages, each made of a folder by itself: the conformance matrix and the static cost,
 * sections of a run's report, and the bridge between two runs.
 */
#ifndef MMVS_PAGE_H
#define MMVS_PAGE_H

#include <stdio.h>

#include "load/text.h"

/* A page in two formats: Markdown, and text for a mail. */
enum page_format {
	PAGE_MD,
	PAGE_TEXT
};

/*
 * From DIR/columns.tsv and the TAP that it names to matrix.tsv, skipped.tsv,
 * matrix.md and matrix.txt in DIR.  DIR/promise says what is promised, DIR/config
 * with which configuration.  0, 1 if a property fails, -errno with a message.
 */
int page_conform(const char *dir, struct err *err);

/*
 * Does hardware agree with counted instructions?  Of two runs, or with a third
 * (stats/bridge.h), to bridge.tsv and bridge.md in DIR.  0, -errno with a message.
 */
int page_bridge(const char *dir, char **runs, size_t n, struct err *err);

/*
 * The TAP of a conformance boot, a cell in DIR, on standard output: what its
 * samples.tsv has of it, if anything, and a test of the boot as a whole.  0, -errno with
 * a message.
 */
int page_tap(const char *dir, struct err *err);

/*
 * From DIR/static.tsv to static.md and static.txt in DIR.  0, 1 if a check failed,
 * -errno with a message.
 */
int page_static(const char *dir, struct err *err);

/*
 * Sections of a run's report, Markdown on standard output: the perf events that were
 * attached, what fell into samples of time, what the run took, and, from compare.tsv
 * and profile/diff/, where the difference is.  0, -errno with a message.
 */
int page_perf(const char *dir, struct err *err);
int page_hits(const char *dir, struct err *err);
int page_cost(const char *dir, struct err *err);
int page_profile(const char *dir, struct err *err);

/*
 * What a profile's regions are, of a boot under mmcount.so in DIR: from its samples.tsv
 * and passes.tsv, whose rows of one number belong together, to operations.tsv and
 * metrics.tsv (results/README.md).  0, -errno with a message.
 */
int page_passes(const char *dir, struct err *err);

/*
 * The document at path on standard output, its tables of figures made anew from the runs
 * that they name, relative to the working directory.  0, -errno with a message.
 */
int page_figures(const char *path, struct err *err);

/* The page of that name, for --page; NULL: none. */
int (*page_find(const char *name))(const char *dir, struct err *err);

/* DIR/NAME without its last newline, or otherwise, if there is no such file; to free. */
char *page_word(const char *dir, const char *name, const char *otherwise);

/* DIR/NAME appears whole or not at all, with what print(f, arg) prints. */
int page_file(const char *dir, const char *name,
	      void (*print)(FILE *f, const void *arg), const void *arg,
	      struct err *err);

/* The same with lines of at most 72 columns (text_mail()). */
int page_mail(const char *dir, const char *name,
	      void (*print)(FILE *f, const void *arg), const void *arg,
	      struct err *err);

#endif
