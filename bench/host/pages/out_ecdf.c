// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empirical distributions for plots.  See out.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>

#include "pages/out.h"

#define BODY_POINTS 760 /* evenly over all values */
#define TAIL_POINTS 200 /* denser and denser, from 0.9 to 0.99999 */

struct pool {
	char name[MMVS_MAX_NAME + 1];
	double *v;
	size_t n, cap;
};

struct pools {
	struct pool pool[MMVS_MAX_COLUMNS];
	size_t n, total;
};

static struct pool *find_pool(struct pools *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (!strcmp(p->pool[i].name, name))
			return &p->pool[i];
	if (p->n == MMVS_MAX_COLUMNS)
		return NULL;
	strcpy(p->pool[p->n].name, name);
	return &p->pool[p->n++];
}

static int append(struct pools *p, const struct samples *s, size_t col)
{
	struct pool *pool = find_pool(p, s->columns[col].name);
	double *v;
	size_t i;

	if (!pool || p->total + s->n_rows > OUT_ECDF_MAX_POOL)
		return -EFBIG;
	p->total += s->n_rows;
	if (pool->n + s->n_rows > pool->cap) {
		pool->cap = 2 * pool->cap + s->n_rows;
		v = reallocarray(pool->v, pool->cap, sizeof(*v));
		if (!v)
			return -ENOMEM;
		pool->v = v;
	}
	for (i = 0; i < s->n_rows; i++)
		pool->v[pool->n++] = s->rows[i * s->n_columns + col];
	return 0;
}

static int fill_pools(struct pools *p, const struct data *d, size_t spec,
		      size_t arm, struct err *err)
{
	enum cell_status status;
	struct samples *s;
	char *reason;
	size_t i, col;
	int ret = 0;

	for (i = 0; i < d->arms[arm].n_seeds && !ret; i++) {
		s = data_samples(d, spec, arm, i, &status, &reason, &ret, err);
		free(reason);
		if (!s)
			continue;
		for (col = 0; col < s->n_columns && !ret; col++)
			if (s->columns[col].clocked && s->n_rows)
				ret = append(p, s, col);
		samples_free(s);
		if (ret)
			err_set(err, ret, "%s, %s: distributions: %s",
				d->specs[spec], d->arms[arm].label,
				strerror(-ret));
	}
	return ret;
}

/* The i-th of the places to look at; they rise with i within each part. */
static size_t place(size_t i, size_t n)
{
	double q;

	if (i < BODY_POINTS)
		return (size_t)llround((double)i * (double)(n - 1) /
				       (BODY_POINTS - 1));
	q = 1 -
	    pow(10, -1 - 4.0 * (double)(i - BODY_POINTS) / (TAIL_POINTS - 1));
	return (size_t)ceil(q * (double)n) - 1;
}

static void put_point(FILE *f, const char *prefix, const struct pool *p,
		      size_t at)
{
	fprintf(f, "%s\t%.10g\t%.7g\n", prefix, p->v[at],
		(double)(at + 1) / (double)p->n);
}

/*
 * Equal values are one step: its end is printed, where the value's fraction
 * is that of the distribution.
 */
static void put_pool(FILE *f, const char *prefix, struct pool *p)
{
	double at[BODY_POINTS + TAIL_POINTS] = { 0 };
	size_t n = p->n, i, k;
	bool all = n <= BODY_POINTS + TAIL_POINTS;

	gsl_sort(p->v, 1, n);
	if (!all) {
		n = BODY_POINTS + TAIL_POINTS;
		for (i = 0; i < n; i++)
			at[i] = (double)place(i, p->n);
		gsl_sort(at, 1, n);
	}
	for (i = 0; i < n; i++) {
		k = all ? i : (size_t)at[i];
		if (i + 1 < n &&
		    p->v[all ? i + 1 : (size_t)at[i + 1]] == p->v[k])
			continue;
		/* The step may end between two places. */
		while (k + 1 < p->n && p->v[k + 1] == p->v[k])
			k++;
		put_point(f, prefix, p, k);
	}
}

static int put_pools(FILE *f, const struct data *d, size_t spec, size_t arm,
		     struct pools *p)
{
	char *prefix;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (asprintf(&prefix, "%s\t%s\t%s", d->specs[spec],
			     p->pool[i].name, d->arms[arm].label) < 0)
			return -ENOMEM;
		put_pool(f, prefix, &p->pool[i]);
		free(prefix);
	}
	return 0;
}

int out_ecdf(FILE *f, const struct data *d, struct err *err)
{
	struct pools *p = calloc(1, sizeof(*p));
	size_t spec, arm, i;
	int ret = 0;

	if (!p)
		return err_set(err, -ENOMEM, "out of memory");
	fputs("# mmvs-ecdf 1\nspec\tmetric_column\tvariant\tvalue\tfraction\n",
	      f);
	for (spec = 0; spec < d->n_specs && !ret; spec++) {
		for (arm = 0; arm < d->n_arms && !ret; arm++) {
			ret = fill_pools(p, d, spec, arm, err);
			if (!ret && put_pools(f, d, spec, arm, p))
				ret = err_set(err, -ENOMEM, "out of memory");
			for (i = 0; i < p->n; i++)
				free(p->pool[i].v);
			memset(p, 0, sizeof(*p));
		}
	}
	free(p);
	return ret;
}
