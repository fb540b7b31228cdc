/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What 'make conform' has found out about the variants of a run: its
 * conform/matrix.tsv, parsed as hostile input.  The format: results/README.md.
 */
#ifndef MMVS_CONFORM_H
#define MMVS_CONFORM_H

#include "load/run.h"

/* The columns of matrix.tsv, by name as on its first line, and by place. */
#define CONFORM_COLUMNS                                                \
	"property\tvariant\tlru\tresult\tpassed_count\tfailed_count\t" \
	"skipped_count\twhy"
enum conform_column {
	CONFORM_PROPERTY,
	CONFORM_VARIANT,
	CONFORM_LRU,
	CONFORM_RESULT,
	CONFORM_PASSED,
	CONFORM_FAILED,
	CONFORM_SKIPPED,
	CONFORM_WHY,
	N_CONFORM_COLUMNS
};

#define CONFORM_MAX_FILE (4UL << 20)
#define CONFORM_MAX_PROPERTIES 256 /* of a variant */

/* Stands behind the name of a variant that fails; no name has it. */
#define CONFORM_MARK "!"

/*
 * Fills in the properties of run's variants; those of variants that are not
 * in the run are checked and left out.  No file: nothing is judged, 0.
 * -EINVAL or another -errno, with a message.
 */
int conform_load(struct run *run, struct err *err);
/* The same from len bytes (and a NUL behind them; buf is written to). */
int conform_parse(char *buf, size_t len, const char *path, struct run *run,
		  struct err *err);

/* Is there a word on any of the variants? */
bool conform_judged(const struct run *run);

/* CONFORM_MARK if v fails a property, else "". */
const char *conform_mark(const struct variant *v);

/* "FAILS fork, thp (17 properties, 1 skipped)"; to free, NULL: no memory. */
char *conform_text(const struct variant *v);

/* "not judged in this run (make conform ...)"; to free, NULL: no memory. */
char *conform_hint(const struct run *run);

#endif
