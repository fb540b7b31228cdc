/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any file of tab-separated lines, as hostile input: cleaned text in rows of the
 * number of columns that the first line has.
 */
#ifndef MMVS_TABLE_H
#define MMVS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "load/text.h"

#define TABLE_MAX_FILE (64UL << 20)
#define TABLE_MAX_ROWS 1000000
#define TABLE_MAX_COLUMNS 80

struct table {
	char *buf; /* what the fields point into */
	char **field; /* n_rows x n_columns, the line of names first */
	size_t n_rows, n_columns;
};

/*
 * Reads dir/name; lines that begin with # before the names are left out.  No file, or
 * one that is not like that: an empty table, and 0; @why, unless NULL, is then said.
 * -ENOMEM.
 */
int table_load(const char *dir, const char *name, struct table *t,
	       struct err *why);
void table_free(struct table *t);

/* A field of row (0: the first behind the names); "" beyond the end. */
const char *table_field(const struct table *t, size_t row, size_t column);

/* The rows behind the names. */
size_t table_rows(const struct table *t);

/* The column of that name; n_columns: none. */
size_t table_column(const struct table *t, const char *name);

/* Are these, with tabs between them, the names of its columns, all and in this order? */
bool table_has(const struct table *t, const char *names);

#endif
