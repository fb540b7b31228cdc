// SPDX-License-Identifier: GPL-2.0-only
/*
 * maxT over the metrics of a variant, Bonferroni over variants.  See adjust.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/adjust.h"

/* Where the rows of one variant's family are. */
struct family {
	size_t *rows, n;
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
	for (i = 0; i < f->n && !ret; i++)
		c->rows[f->rows[i]].p_adj = p[i];
	free(p);
	free(values);
	return ret;
}

/* Bonferroni's: a variant of which some metrics are proven still tests the others. */
static void times_variants(struct comparison *c, const struct family *f)
{
	struct row *row;
	size_t i;

	for (i = 0; i < f->n; i++) {
		row = &c->rows[f->rows[i]];
		row->p_adj = fmin(1, row->p_adj * (double)c->variants);
	}
}

/* Each variant's family of key metrics, or of the others. */
static int adjust_families(struct comparison *c, bool key)
{
	const struct data *d = c->data;
	struct family f = { calloc(c->n_rows + 1, sizeof(*f.rows)), 0 };
	size_t arm, i;
	int ret = f.rows ? 0 : -ENOMEM;

	for (arm = 0; arm < d->n_arms && !ret; arm++) {
		if (d->arms[arm].aa || d->arms[arm].base == arm)
			continue;
		f.n = 0;
		for (i = 0; i < c->n_rows; i++)
			if (member(c, i, arm, key))
				f.rows[f.n++] = i;
		ret = maxt_of(c, &f, arm);
		if (!ret)
			times_variants(c, &f);
	}
	free(f.rows);
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
