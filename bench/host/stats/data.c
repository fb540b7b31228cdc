// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and reducing every cell.  See data.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/data.h"

/* A cell that is not what it should be is left out, with its reason. */
static int damaged(int ret, enum cell_status *status, char **reason,
		   struct err *err)
{
	if (!ret || ret == -ENOMEM)
		return ret;
	free(*reason);
	*reason = strdup(err->msg);
	if (!*reason)
		return err_set(err, -ENOMEM, "out of memory");
	*status = CELL_DAMAGED;
	return 0;
}

struct samples *data_samples(const struct data *d, size_t spec, size_t arm,
			     size_t seed_index, enum cell_status *status,
			     char **reason, int *ret, struct err *err)
{
	const struct arm *a = &d->arms[arm];
	long seed = a->seeds[seed_index];
	char *json = cell_path(a->run, a->variant, d->specs[spec], seed,
			       "cell.json");
	char *tsv = cell_path(a->run, a->variant, d->specs[spec], seed,
			      "samples.tsv");
	struct samples *s = NULL;

	*reason = NULL;
	if (!json || !tsv) {
		*ret = err_set(err, -ENOMEM, "out of memory");
		goto out_free;
	}
	*ret = cell_load(json, a->run, a->variant, d->specs[spec], seed, status,
			 reason, err);
	if (*ret || *status != CELL_OK)
		goto out_free;
	s = samples_load(tsv, a->run->unit, d->specs[spec], ret, err);
	if (!s || !s->skip)
		goto out_free;
	/* The boot went well, the case found that it could not measure. */
	*status = CELL_SKIP;
	*reason = s->skip;
	s->skip = NULL;
	samples_free(s);
	s = NULL;
out_free:
	*ret = damaged(*ret, status, reason, err);
	free(tsv);
	free(json);
	return s;
}

/* How a metric is computed, to notice cells that mean something else by it. */
static char *describe_how(const struct samples *s, const struct metric_decl *m)
{
	char buf[(MMVS_MAX_COLUMNS + 3) * (MMVS_MAX_NAME + 2)];
	size_t i, n;

	n = (size_t)snprintf(buf, sizeof(buf), "%s(%s)", reduce_name(m->reduce),
			     s->columns[m->column].name);
	if (m->reduce == REDUCE_SLOPE)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, " over %s",
				      s->columns[m->per].name);
	else if (m->per >= 0)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, " / %s(%s)",
				      reduce_name(m->reduce),
				      s->columns[m->per].name);
	for (i = 0; i < m->n_by; i++)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s%s",
				      i ? "," : " by ",
				      s->columns[m->by[i]].name);
	return strdup(buf);
}

static int add_metric(struct data *d, size_t spec, const struct samples *s,
		      const struct value *v, struct metric **out,
		      struct err *err)
{
	const struct metric_decl *decl = &s->metrics[v->metric];
	size_t cap = d->cap_metrics ? 2 * d->cap_metrics : 64, i;
	struct metric *m;

	if (d->n_metrics == DATA_MAX_METRICS ||
	    (d->n_metrics + 1) * d->n_values > DATA_MAX_VALUES)
		return err_set(err, -EINVAL,
			       "%s: more than %d metrics, or %lu values",
			       d->run->dir, DATA_MAX_METRICS, DATA_MAX_VALUES);
	if (d->n_metrics == d->cap_metrics) {
		m = reallocarray(d->metrics, cap, sizeof(*m));
		if (!m)
			return err_set(err, -ENOMEM, "out of memory");
		d->metrics = m;
		d->cap_metrics = cap;
	}
	m = &d->metrics[d->n_metrics++];
	*m = (struct metric){
		.spec = spec,
		.name = strdup(v->name),
		.unit = strdup(decl->unit),
		.desc = strdup(decl->desc),
		.how = describe_how(s, decl),
		.better = decl->better,
		.key = decl->key,
		.value = calloc(d->n_values, sizeof(*m->value)),
		.status = calloc(d->n_values, sizeof(*m->status)),
	};
	if (!m->name || !m->unit || !m->desc || !m->how || !m->value ||
	    !m->status)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < d->n_values; i++) {
		m->value[i] = NAN;
		/* Until a cell says otherwise. */
		m->status[i] = VALUE_NO_ROWS;
	}
	*out = m;
	return 0;
}

static bool same_metric(const struct metric *m, const struct samples *s,
			const struct metric_decl *decl)
{
	char *how = describe_how(s, decl);
	bool same = how && !strcmp(how, m->how) &&
		    !strcmp(m->unit, decl->unit) && m->better == decl->better &&
		    m->key == decl->key;

	free(how);
	return same;
}

static int store_values(struct data *d, size_t spec, size_t first, size_t slot,
			const struct samples *s, const char *where,
			struct err *err)
{
	struct value *v;
	struct metric *m;
	size_t n, i, k;
	int ret;

	ret = samples_reduce(s, where, &v, &n, err);
	for (i = 0; i < n && !ret; i++) {
		for (k = first; k < d->n_metrics; k++)
			if (!strcmp(d->metrics[k].name, v[i].name))
				break;
		if (k == d->n_metrics) {
			ret = add_metric(d, spec, s, &v[i], &m, err);
			if (ret)
				break;
		}
		m = &d->metrics[k];
		if (!same_metric(m, s, &s->metrics[v[i].metric]))
			ret = err_set(err, -EINVAL,
				      "%s: metric %s is not defined as in the "
				      "cells before it",
				      where, v[i].name);
		m->value[slot] = v[i].value;
		m->status[slot] = (unsigned char)v[i].status;
	}
	free(v);
	return ret;
}

static int load_one(struct data *d, size_t spec, size_t arm, size_t i,
		    size_t first, struct err *err)
{
	const struct arm *a = &d->arms[arm];
	struct cell *cell = &d->cells[d->n_cells++];
	struct samples *s;
	char *where;
	int ret;

	cell->spec = spec;
	cell->arm = arm;
	cell->seed = a->seeds[i];
	s = data_samples(d, spec, arm, i, &cell->status, &cell->reason, &ret,
			 err);
	if (!s)
		return ret;
	where = cell_path(a->run, a->variant, d->specs[spec], cell->seed,
			  "samples.tsv");
	if (where)
		ret = damaged(store_values(d, spec, first, a->offset + i, s,
					   where, err),
			      &cell->status, &cell->reason, err);
	else
		ret = err_set(err, -ENOMEM, "out of memory");
	free(where);
	samples_free(s);
	return ret;
}

/* Values of cells that are not there get their reason at the end. */
static void mark_cells(struct data *d, size_t spec, size_t first)
{
	const struct cell *cells = d->cells + spec * d->n_values;
	size_t m, i;

	for (m = first; m < d->n_metrics; m++)
		for (i = 0; i < d->n_values; i++)
			if (cells[i].status != CELL_OK) {
				d->metrics[m].value[i] = NAN;
				d->metrics[m].status[i] = VALUE_NO_CELL;
			}
}

int data_load(struct data *d, struct err *err)
{
	size_t spec, arm, i, first;
	int ret;

	d->cells = calloc(d->n_specs * d->n_values, sizeof(*d->cells));
	if (!d->cells)
		return err_set(err, -ENOMEM, "out of memory");
	for (spec = 0; spec < d->n_specs; spec++) {
		first = d->n_metrics;
		for (arm = 0; arm < d->n_arms; arm++) {
			for (i = 0; i < d->arms[arm].n_seeds; i++) {
				ret = load_one(d, spec, arm, i, first, err);
				if (ret)
					return ret;
			}
		}
		mark_cells(d, spec, first);
	}
	return 0;
}

size_t data_values(const struct data *d, size_t m, size_t arm, double *out)
{
	const struct arm *a = &d->arms[arm];
	size_t i, n = 0;
	double v;

	for (i = 0; i < a->n_seeds; i++) {
		v = d->metrics[m].value[a->offset + i];
		if (isfinite(v))
			out[n++] = v;
	}
	return n;
}

size_t data_count(const struct data *d, size_t spec, size_t arm,
		  enum cell_status status)
{
	const struct arm *a = &d->arms[arm];
	const struct cell *c = d->cells + spec * d->n_values + a->offset;
	size_t i, n = 0;

	for (i = 0; i < a->n_seeds; i++)
		n += c[i].status == status;
	return n;
}
