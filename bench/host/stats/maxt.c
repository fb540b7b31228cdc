// SPDX-License-Identifier: GPL-2.0-only
/*
 * Westfall and Young's step-down maxT over many metrics.  See stats.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>

#include "stats/stats.h"

#define TOLERANCE 1e-9 /* of a statistic from 0 to 1: rounding */

/* A metric: values about their mean, 0 where there is none. */
struct centred {
	double *v;
	bool *present;
	double squares; /* their sum */
	double n_present;
};

struct maxt {
	size_t m, nx, n;
	struct centred *metric;
	double *observed;
	size_t *order; /* by observed, the largest first */
	double *count; /* permutations in which the maximum is as large */
	double total;
};

static int centre(struct centred *c, const double *v, size_t n)
{
	double mean = 0;
	size_t i;

	c->v = calloc(n, sizeof(*c->v));
	c->present = calloc(n, sizeof(*c->present));
	if (!c->v || !c->present)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		c->present[i] = isfinite(v[i]);
		if (c->present[i]) {
			mean += v[i];
			c->n_present++;
		}
	}
	mean /= fmax(c->n_present, 1);
	for (i = 0; i < n; i++) {
		c->v[i] = c->present[i] ? v[i] - mean : 0;
		c->squares += c->v[i] * c->v[i];
	}
	return 0;
}

/*
 * |t| as a correlation, from 0 (equal means) to 1 (constant on both sides and
 * different): it rises with |t| and stays finite.
 */
static double statistic(const struct centred *c, const size_t *x, size_t nx)
{
	double sum = 0, in = 0, out;
	size_t i;

	if (c->squares <= 0)
		return 0;
	for (i = 0; i < nx; i++) {
		sum += c->v[x[i]];
		in += c->present[x[i]];
	}
	out = c->n_present - in;
	if (in < 1 || out < 1)
		return 0;
	return fabs(sum) * sqrt(c->n_present / (in * out * c->squares));
}

/* One permutation: the x side is what @x names. */
static void take(struct maxt *t, const size_t *x)
{
	double largest = 0;
	size_t i, k;

	for (i = t->m; i-- > 0;) {
		k = t->order[i];
		largest = fmax(largest, statistic(&t->metric[k], x, t->nx));
		t->count[k] += largest >= t->observed[k] - TOLERANCE;
	}
	t->total++;
}

bool stats_next_choice(size_t *x, size_t nx, size_t n)
{
	size_t i = nx, k;

	while (i-- > 0) {
		if (x[i] == n - nx + i)
			continue;
		x[i]++;
		for (k = i + 1; k < nx; k++)
			x[k] = x[k - 1] + 1;
		return true;
	}
	return false;
}

static int permute(struct maxt *t, size_t *x)
{
	double all = 2 / stats_least_p(t->nx, t->n - t->nx);
	gsl_rng *rng;
	size_t *pool, i;

	if (all <= STATS_ENUMERATED) {
		do
			take(t, x);
		while (stats_next_choice(x, t->nx, t->n));
		return 0;
	}
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	pool = calloc(t->n, sizeof(*pool));
	if (!rng || !pool) {
		free(pool);
		if (rng)
			gsl_rng_free(rng);
		return -ENOMEM;
	}
	gsl_rng_set(rng, 1); /* the same run, the same p */
	for (i = 0; i < t->n; i++)
		pool[i] = i;
	take(t, x); /* what was observed is one of them */
	for (i = 1; i < STATS_DRAWN; i++) {
		gsl_ran_choose(rng, x, t->nx, pool, t->n, sizeof(*x));
		take(t, x);
	}
	gsl_rng_free(rng);
	free(pool);
	return 0;
}

static void step_down(const struct maxt *t, double *p)
{
	double worst = 0;
	size_t i, k;

	for (i = 0; i < t->m; i++) {
		k = t->order[i];
		worst = fmax(worst, t->count[k] / t->total);
		p[k] = worst;
	}
}

static int prepare(struct maxt *t, const double *values, size_t *x)
{
	size_t i;
	int ret = 0;

	if (!t->metric || !t->observed || !t->order || !t->count || !x)
		return -ENOMEM;
	for (i = 0; i < t->nx; i++)
		x[i] = i;
	for (i = 0; i < t->m && !ret; i++) {
		ret = centre(&t->metric[i], values + i * t->n, t->n);
		if (!ret)
			t->observed[i] = -statistic(&t->metric[i], x, t->nx);
	}
	if (ret)
		return ret;
	/* Sorted as negatives, so that the largest is first. */
	gsl_sort_index(t->order, t->observed, 1, t->m);
	for (i = 0; i < t->m; i++)
		t->observed[i] = -t->observed[i];
	return 0;
}

int stats_maxt(const double *values, size_t m, size_t nx, size_t ny, double *p)
{
	struct maxt t = {
		.m = m,
		.nx = nx,
		.n = nx + ny,
		.metric = calloc(m + 1, sizeof(*t.metric)),
		.observed = calloc(m + 1, sizeof(*t.observed)),
		.order = calloc(m + 1, sizeof(*t.order)),
		.count = calloc(m + 1, sizeof(*t.count)),
	};
	size_t *x = calloc(nx + 1, sizeof(*x)), i;
	int ret = -EINVAL;

	if (nx && ny)
		ret = m ? prepare(&t, values, x) : 0;
	if (!ret && m)
		ret = permute(&t, x);
	if (!ret && m)
		step_down(&t, p);
	for (i = 0; t.metric && i < m; i++) {
		free(t.metric[i].v);
		free(t.metric[i].present);
	}
	free(t.metric);
	free(t.observed);
	free(t.order);
	free(t.count);
	free(x);
	return ret;
}
