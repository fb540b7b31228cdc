// SPDX-License-Identifier: GPL-2.0-only
/*
 * One metric over many runs, in the order of their dates.  See out.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages/out.h"

/* Leaves the run with @spec alone; false when it has not measured that. */
static bool only_spec(struct run *run, const char *spec)
{
	char *found = NULL;

	for (size_t i = 0; i < run->n_specs; i++) {
		if (!found && !strcmp(run->specs[i], spec))
			found = run->specs[i];
		else
			free(run->specs[i]);
	}
	run->n_specs = found != NULL;
	if (found)
		run->specs[0] = found;
	return found;
}

static void put_rows(FILE *f, const struct comparison *c, const char *metric)
{
	const struct data *d = c->data;
	char num[TEXT_NUM];

	for (size_t i = 0; i < c->n_rows; i++) {
		const struct row *r = &c->rows[i];
		const struct arm *a = &d->arms[r->arm];
		const struct metric *m = &d->metrics[r->metric];

		if (a->aa || !r->n || strcmp(m->name, metric))
			continue;
		fprintf(f, "%s\t%s\t%s\t%s\t%zu\t%s\t", d->run->date,
			d->run->name, a->variant->kernel_version, a->label,
			r->n, text_num(num, r->median));
		fprintf(f, "%s\t", text_num(num, r->ci.lo));
		fprintf(f, "%s\t%s\n", text_num(num, r->ci.hi), m->unit);
	}
}

/* On standard error: n says that a figure is of fewer seeds, and this says why. */
static void say_damaged(const struct data *d)
{
	for (size_t i = 0; i < d->n_cells; i++)
		if (d->cells[i].status == CELL_DAMAGED)
			fprintf(stderr, "mmcompare: left out: %s\n",
				d->cells[i].reason);
}

static int put_run(FILE *f, struct run *run, const char *spec,
		   const char *metric, struct err *err)
{
	struct data d = { 0 };
	struct comparison c = { 0 };
	int ret;

	if (!only_spec(run, spec))
		return 0;
	ret = data_init(&d, run, NULL, NULL, err);
	if (!ret)
		ret = data_load(&d, err);
	if (!ret)
		say_damaged(&d);
	if (!ret)
		ret = compare_all(&d, 0.01, 0.05, &c, err);
	if (!ret)
		put_rows(f, &c, metric);
	compare_free(&c);
	data_free(&d);
	return ret;
}

static int by_date(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = strcmp(x->date, y->date);

	return order ? order : strcmp(x->dir, y->dir);
}

/* Of @n directories; what cannot be read is named on standard error. */
static size_t load_runs(char **dirs, size_t n, struct run *runs)
{
	size_t got = 0;

	for (size_t i = 0; i < n; i++) {
		struct err err = { "" };

		if (!run_load(dirs[i], &runs[got], &err)) {
			got++;
			continue;
		}
		fprintf(stderr, "mmcompare: left out: %s\n", err.msg);
		run_free(&runs[got]);
		memset(&runs[got], 0, sizeof(runs[got]));
	}
	return got;
}

int out_history(FILE *f, const char *what, char **dirs, size_t n,
		struct err *err)
{
	const char *metric = strrchr(what, ':');
	struct run *runs;
	size_t got = 0;
	char *spec;
	int ret = 0;

	if (!metric)
		return err_set(err, -EINVAL, "\"%s\" is not CASE:METRIC", what);
	spec = strndup(what, (size_t)(metric - what));
	runs = calloc(n + 1, sizeof(*runs));
	if (!runs || !spec) {
		ret = err_set(err, -ENOMEM, "out of memory");
		goto out_free;
	}
	got = load_runs(dirs, n, runs);
	qsort(runs, got, sizeof(*runs), by_date);
	fputs("# mmvs-history 1\ndate\trun\tkernel\tvariant\tn\tmedian\t"
	      "ci_low\tci_high\tunit\n",
	      f);
	for (size_t i = 0; i < got && !ret; i++)
		ret = put_run(f, &runs[i], spec, metric + 1, err);
	for (size_t i = 0; i < got; i++)
		run_free(&runs[i]);
out_free:
	free(spec);
	free(runs);
	return ret;
}
