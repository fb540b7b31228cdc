// SPDX-License-Identifier: GPL-2.0-only
/*
 * maxT over the metrics of a variant, Holm over variants.  See adjust.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>

#include "stats/adjust.h"

/* Where the rows of one variant's family are, and their least p. */
struct family {
	size_t *rows, n;
	double least;
};

static bool member(const struct comparison *c, size_t i, size_t arm, bool key)
{
	const struct row *row = &c->rows[i];

	return row->arm == arm && row->tested && !isnan(row->p) &&
	       c->data->metrics[row->metric].key == key;
}

/* The values of a row's metric: the arm's seeds, then the baseline's. */
static void copy_values(const struct data *d, const struct row *row, double *v)
{
	const struct arm *a = &d->arms[row->arm], *base = &d->arms[a->base];
	const double *value = d->metrics[row->metric].value;

	memcpy(v, value + a->offset, a->n_seeds * sizeof(*v));
	memcpy(v + a->n_seeds, value + base->offset,
	       base->n_seeds * sizeof(*v));
}

static int maxt_of(struct comparison *c, struct family *f, size_t arm)
{
	const struct data *d = c->data;
	size_t nx = d->arms[arm].n_seeds, i;
	size_t ny = d->arms[d->arms[arm].base].n_seeds;
	double *values = calloc(f->n * (nx + ny) + 1, sizeof(*values));
	double *p = calloc(f->n + 1, sizeof(*p));
	int ret = values && p ? 0 : -ENOMEM;

	for (i = 0; i < f->n && !ret; i++)
		copy_values(d, &c->rows[f->rows[i]], values + i * (nx + ny));
	if (!ret)
		ret = stats_maxt(values, f->n, nx, ny, p);
	f->least = 1;
	for (i = 0; i < f->n && !ret; i++) {
		c->rows[f->rows[i]].p_adj = p[i];
		f->least = fmin(f->least, p[i]);
	}
	free(p);
	free(values);
	return ret;
}

/* @factor: how many variants are left; @floor: what the ones before came to. */
static void scale(struct comparison *c, const struct family *f, double factor,
		  double floor)
{
	struct row *row;
	size_t i;

	for (i = 0; i < f->n; i++) {
		row = &c->rows[f->rows[i]];
		row->p_adj = fmax(floor, fmin(1, row->p_adj * factor));
		row->variants = c->variants;
	}
}

static int holm_over_variants(struct comparison *c, struct family *f, size_t n)
{
	double *least = calloc(n + 1, sizeof(*least)), floor = 0, factor = 1;
	size_t *order = calloc(n + 1, sizeof(*order)), i;

	if (!least || !order) {
		free(order);
		free(least);
		return -ENOMEM;
	}
	for (i = 0; i < n; i++)
		least[i] = f[i].least;
	gsl_sort_index(order, least, 1, n);
	for (i = 0; i < n; i++) {
		/* Those that are equal share a factor: their order says nothing. */
		if (!i || least[order[i]] > least[order[i - 1]])
			factor = (double)(n - i);
		scale(c, &f[order[i]], factor, floor);
		floor = fmax(floor, fmin(1, least[order[i]] * factor));
	}
	free(order);
	free(least);
	return 0;
}

/* The variants' families of key metrics, or of the others. */
static int adjust_families(struct comparison *c, bool key)
{
	const struct data *d = c->data;
	struct family *f = calloc(d->n_arms + 1, sizeof(*f));
	size_t arm, i, n = 0;
	int ret = f ? 0 : -ENOMEM;

	for (arm = 0; arm < d->n_arms && !ret; arm++) {
		if (d->arms[arm].aa || d->arms[arm].base == arm)
			continue;
		f[n].rows = calloc(c->n_rows + 1, sizeof(*f[n].rows));
		if (!f[n].rows) {
			ret = -ENOMEM;
			break;
		}
		for (i = 0; i < c->n_rows; i++)
			if (member(c, i, arm, key))
				f[n].rows[f[n].n++] = i;
		ret = maxt_of(c, &f[n++], arm);
	}
	if (!ret && n)
		ret = holm_over_variants(c, f, n);
	for (i = 0; f && i < d->n_arms; i++)
		free(f[i].rows);
	free(f);
	return ret;
}

int compare_adjust(struct comparison *c)
{
	const struct data *d = c->data;
	size_t i;
	int ret;

	for (i = 0; i < d->n_arms; i++)
		c->variants += !d->arms[i].aa && d->arms[i].base != i;
	for (i = 0; i < c->n_rows; i++) {
		if (!c->rows[i].tested || d->arms[c->rows[i].arm].aa)
			continue;
		c->tests += d->metrics[c->rows[i].metric].key;
		c->rows[i].variants = c->variants;
	}
	ret = adjust_families(c, true);
	return ret ? ret : adjust_families(c, false);
}
