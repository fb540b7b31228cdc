// SPDX-License-Identifier: GPL-2.0-only
/*
 * maxT over the metrics of a variant, Bonferroni over variants.  See adjust.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/adjust.h"
#include "stats/blocks.h"

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

/* The blocks of an arm and its baseline: the hosts, or the one run. */
static size_t blocks_of(const struct data *d, size_t arm, struct block *b)
{
	const struct arm *x = &d->arms[arm], *y = &d->arms[x->base];
	size_t i;

	for (i = 0; i < d->n_blocks; i++)
		b[i] = (struct block){ x->blocks[i], y->blocks[i] };
	if (!d->n_blocks)
		b[0] = (struct block){ x->n_seeds, y->n_seeds };
	return d->n_blocks ? d->n_blocks : 1;
}

/* A row's metric: of each block the arm's seeds, then the baseline's; hosts as ranks. */
static int copy_values(const struct data *d, const struct row *row, double *v,
		       const struct block *b, size_t n)
{
	const struct arm *a = &d->arms[row->arm];
	const double *x = d->metrics[row->metric].value + a->offset;
	const double *y =
		d->metrics[row->metric].value + d->arms[a->base].offset;
	double *to = v;
	size_t i;

	for (i = 0; i < n; x += b[i].nx, y += b[i].ny, i++) {
		memcpy(to, x, b[i].nx * sizeof(*to));
		memcpy(to + b[i].nx, y, b[i].ny * sizeof(*to));
		to += b[i].nx + b[i].ny;
	}
	return d->n_blocks ? stats_blocks_scores(v, b, n) : 0;
}

static int maxt_of(struct comparison *c, struct family *f, size_t arm)
{
	const struct data *d = c->data;
	size_t all = d->arms[arm].n_seeds, i, n = 0;
	struct block *b = calloc(d->n_blocks + 1, sizeof(*b));
	double *values, *p = calloc(f->n + 1, sizeof(*p));
	int ret;

	all += d->arms[d->arms[arm].base].n_seeds;
	values = calloc(f->n * all + 1, sizeof(*values));
	ret = values && p && b ? 0 : -ENOMEM;
	if (!ret)
		n = blocks_of(d, arm, b);

	for (i = 0; i < f->n && !ret; i++)
		ret = copy_values(d, &c->rows[f->rows[i]], values + i * all, b,
				  n);
	if (!ret)
		ret = stats_maxt_blocks(values, f->n, b, n, p);
	for (i = 0; i < f->n && !ret; i++)
		c->rows[f->rows[i]].p_adj = p[i];
	free(b);
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
