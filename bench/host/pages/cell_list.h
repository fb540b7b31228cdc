/* SPDX-License-Identifier: GPL-2.0-only */
/* The cells of a run one by one, for pages that show what is in each cell.json. */
#ifndef MMVS_CELL_LIST_H
#define MMVS_CELL_LIST_H

#include <jansson.h>

#include "load/run.h"

struct listed_cell {
	const char *variant, *spec;
	long seed;
	char *path;
};

struct cell_list {
	struct run run;
	struct listed_cell *cells; /* sorted by path */
	size_t n;
};

/* Every cell that dir/run.json names; free it also after an error. */
int cell_list_load(const char *dir, struct cell_list *list, struct err *err);
void cell_list_free(struct cell_list *list);

/* Its cell.json; NULL if there is none, or one that is of another cell. */
json_t *cell_list_read(const struct listed_cell *cell);

/* Printable ASCII of text, with a blank for each character in bad. */
void put_plain(FILE *f, const char *text, const char *bad);

#endif
