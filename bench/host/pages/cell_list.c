// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cells of a run one by one.  See cell_list.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "load/file.h"
#include "pages/cell_list.h"

static int by_path(const void *a, const void *b)
{
	const struct listed_cell *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int add(struct cell_list *list, const struct variant *v,
	       const char *spec, const long *seeds, size_t n)
{
	struct listed_cell *c;
	size_t i;

	for (i = 0; i < n; i++) {
		c = &list->cells[list->n];
		c->variant = v->name;
		c->spec = spec;
		c->seed = seeds[i];
		c->path = cell_path(&list->run, v, spec, seeds[i], "cell.json");
		if (!c->path)
			return -ENOMEM;
		list->n++;
	}
	return 0;
}

int cell_list_load(const char *dir, struct cell_list *list, struct err *err)
{
	const struct run *run = &list->run;
	size_t v, s, most;
	int ret;

	ret = run_load(dir, &list->run, err);
	if (ret)
		return ret;
	most = run->n_specs *
	       (run->n_variants * run->n_seeds + run->n_aa_seeds);
	list->cells = calloc(most + 1, sizeof(*list->cells));
	ret = list->cells ? 0 : -ENOMEM;
	for (v = 0; v < run->n_variants; v++)
		for (s = 0; s < run->n_specs && !ret; s++) {
			ret = add(list, &run->variants[v], run->specs[s],
				  run->seeds, run->n_seeds);
			if (!ret && v == run->baseline)
				ret = add(list, &run->variants[v],
					  run->specs[s], run->aa_seeds,
					  run->n_aa_seeds);
		}
	if (ret)
		return err_set(err, ret, "out of memory");
	qsort(list->cells, list->n, sizeof(*list->cells), by_path);
	return 0;
}

void cell_list_free(struct cell_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->cells[i].path);
	free(list->cells);
	run_free(&list->run);
}

static bool says(const json_t *j, const char *key, const char *want)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s && !strcmp(s, want);
}

json_t *cell_list_read(const struct listed_cell *cell)
{
	struct err ignored;
	json_t *j;

	if (file_read_json(cell->path, MMVS_CELL_MAGIC, &j, &ignored))
		return NULL;
	if (says(j, "spec", cell->spec) && says(j, "variant", cell->variant) &&
	    json_integer_value(json_object_get(j, "seed")) == cell->seed)
		return j;
	json_decref(j);
	return NULL;
}

void put_plain(FILE *f, const char *text, const char *bad)
{
	for (; *text; text++)
		if (*text >= ' ' && *text <= '~')
			fputc(strchr(bad, *text) ? ' ' : *text, f);
}
