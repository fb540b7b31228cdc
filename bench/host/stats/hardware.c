// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events for each operation.  See hardware.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/hardware.h"

static int load_one(const struct data *d, size_t spec, size_t arm, size_t seed,
		    struct hardware *h, struct err *err)
{
	const struct arm *a = &d->arms[arm];
	enum cell_status status;
	char *reason, *dir;
	size_t row, col;
	int ret;

	for (col = 0; col < N_COUNTED; col++)
		h->counted[col] = NAN;
	h->s = data_samples(d, spec, arm, seed, &status, &reason, &ret, err);
	free(reason);
	if (!h->s)
		return ret;
	for (row = 0; row < h->s->n_rows; row++)
		for (col = 0; col < h->s->n_columns; col++)
			h->sum[col] += h->s->rows[row * h->s->n_columns + col];
	free(h->s->rows);
	h->s->rows = NULL;
	dir = cell_path(a->run, a->variant, d->specs[spec], a->seeds[seed], "");
	if (!dir)
		return -ENOMEM;
	ret = counters_load(dir, h->counted, &h->share);
	free(dir);
	return ret;
}

int hardware_load(const struct data *d, size_t spec, struct hardware **out,
		  struct err *err)
{
	struct hardware *h = calloc(d->n_values + 1, sizeof(*h));
	size_t arm, seed;
	int ret = h ? 0 : -ENOMEM;

	for (arm = 0; arm < d->n_arms && !ret; arm++)
		for (seed = 0; seed < d->arms[arm].n_seeds && !ret; seed++)
			ret = load_one(d, spec, arm, seed,
				       &h[d->arms[arm].offset + seed], err);
	*out = h;
	if (!ret)
		return 0;
	hardware_free(h, d->n_values);
	*out = NULL;
	return err_set(err, ret, "out of memory");
}

void hardware_free(struct hardware *h, size_t n)
{
	for (size_t i = 0; h && i < n; i++)
		samples_free(h[i].s);
	free(h);
}

bool hardware_metric(const struct samples *s, const struct metric_decl *m)
{
	size_t len = strlen(s->unit);

	return m->key && !m->n_by && m->reduce != REDUCE_SLOPE &&
	       !strncmp(m->unit, s->unit, len) &&
	       (!m->unit[len] || m->unit[len] == '/');
}

const struct metric_decl *hardware_first(const struct samples *s)
{
	for (size_t i = 0; i < s->n_metrics; i++)
		if (hardware_metric(s, &s->metrics[i]))
			return &s->metrics[i];
	return NULL;
}

double hardware_work(const struct hardware *h, const struct metric_decl *m,
		     const char **per)
{
	bool rows = !m || m->per < 0;

	if (per)
		*per = rows ? "row" : h->s->columns[m->per].name;
	return rows ? (double)h->s->n_rows : h->sum[m->per];
}

static const struct metric_decl *find(const struct samples *s, const char *name)
{
	for (size_t i = 0; i < s->n_metrics; i++)
		if (!strcmp(s->metrics[i].name, name))
			return &s->metrics[i];
	return NULL;
}

size_t hardware_values(const struct data *d, const struct hardware *h,
		       size_t arm, const char *metric, enum counted what,
		       double *out)
{
	const struct arm *a = &d->arms[arm];
	const struct metric_decl *m;
	size_t seed, n = 0;
	double v;

	for (seed = 0; seed < a->n_seeds; seed++) {
		const struct hardware *c = &h[a->offset + seed];

		if (!c->s)
			continue;
		m = metric ? find(c->s, metric) : hardware_first(c->s);
		if (metric && !m)
			continue;
		v = c->counted[what] / hardware_work(c, m, NULL);
		if (isfinite(v))
			out[n++] = v;
	}
	return n;
}
