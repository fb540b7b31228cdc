// SPDX-License-Identifier: GPL-2.0-only
/*
 * Westfall and Young's step-down maxT over many metrics, in one block or several.
 * See stats.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>

#include "stats/blocks.h"
#include "stats/ranks.h"
#include "stats/stats.h"

#define TOLERANCE 1e-9 /* of a statistic about 1: rounding */

/* A block's seeds: where they are in the values, and its choice of them in all. */
struct span {
	size_t nx, n, first, x;
};

/* A metric: values about their block's mean, 0 where there is none. */
struct centred {
	double *v;
	bool *present;
	double *squares; /* their sum, by block */
	double *n_present;
};

struct maxt {
	size_t m, n; /* metrics; seeds over all blocks */
	struct span *span;
	size_t n_spans;
	struct centred *metric;
	double *observed;
	size_t *order; /* by observed, the largest first */
	double *count; /* permutations in which the maximum is as large */
	double total;
};

static void centre_span(struct centred *c, const struct span *s, size_t b,
			const double *v)
{
	double mean = 0;
	size_t i;

	for (i = s->first; i < s->first + s->n; i++) {
		c->present[i] = isfinite(v[i]);
		if (c->present[i]) {
			mean += v[i];
			c->n_present[b]++;
		}
	}
	mean /= fmax(c->n_present[b], 1);
	for (i = s->first; i < s->first + s->n; i++) {
		c->v[i] = c->present[i] ? v[i] - mean : 0;
		c->squares[b] += c->v[i] * c->v[i];
	}
}

static int centre(struct centred *c, const struct maxt *t, const double *v)
{
	size_t b;

	c->v = calloc(t->n, sizeof(*c->v));
	c->present = calloc(t->n, sizeof(*c->present));
	c->squares = calloc(t->n_spans, sizeof(*c->squares));
	c->n_present = calloc(t->n_spans, sizeof(*c->n_present));
	if (!c->v || !c->present || !c->squares || !c->n_present)
		return -ENOMEM;
	for (b = 0; b < t->n_spans; b++)
		centre_span(c, &t->span[b], b, v);
	return 0;
}

/*
 * The sum over blocks in units of its deviation.  Of one block: |t| as a correlation,
 * from 0 (equal means) to 1 (constant on both sides and different); it rises with |t|
 * and stays finite.
 */
static double statistic(const struct maxt *t, const struct centred *c,
			const size_t *x)
{
	double total = 0, var = 0, sum, in, out;
	const struct span *s;
	size_t b, i, k;

	for (b = 0; b < t->n_spans; b++) {
		s = &t->span[b];
		sum = in = 0;
		for (i = 0; i < s->nx; i++) {
			k = s->first + x[s->x + i];
			sum += c->v[k];
			in += c->present[k];
		}
		out = c->n_present[b] - in;
		if (in < 1 || out < 1)
			continue;
		total += sum;
		var += in * out * c->squares[b] / c->n_present[b];
	}
	return var > 0 ? fabs(total) / sqrt(var) : 0;
}

/* One permutation: the x sides are what @x names. */
static void take(struct maxt *t, const size_t *x)
{
	double largest = 0;
	size_t i, k;

	for (i = t->m; i-- > 0;) {
		k = t->order[i];
		largest = fmax(largest, statistic(t, &t->metric[k], x));
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

static void first_choice(const struct span *s, size_t *x)
{
	size_t i;

	for (i = 0; i < s->nx; i++)
		x[s->x + i] = i;
}

/* The next choice of all blocks together: the last turns fastest. */
static bool next_choices(const struct maxt *t, size_t *x)
{
	size_t b = t->n_spans;

	while (b-- > 0) {
		if (stats_next_choice(x + t->span[b].x, t->span[b].nx,
				      t->span[b].n))
			return true;
		first_choice(&t->span[b], x);
	}
	return false;
}

static int permute(struct maxt *t, size_t *x)
{
	double all = 1;
	gsl_rng *rng;
	size_t *pool, i, b;

	for (b = 0; b < t->n_spans; b++)
		all *= ranks_choices(t->span[b].nx, t->span[b].n);
	if (all <= STATS_ENUMERATED) {
		do
			take(t, x);
		while (next_choices(t, x));
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
		for (b = 0; b < t->n_spans; b++)
			gsl_ran_choose(rng, x + t->span[b].x, t->span[b].nx,
				       pool, t->span[b].n, sizeof(*x));
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

	if (!t->metric || !t->observed || !t->order || !t->count)
		return -ENOMEM;
	for (i = 0; i < t->n_spans; i++)
		first_choice(&t->span[i], x);
	for (i = 0; i < t->m && !ret; i++) {
		ret = centre(&t->metric[i], t, values + i * t->n);
		if (!ret)
			t->observed[i] = -statistic(t, &t->metric[i], x);
	}
	if (ret)
		return ret;
	/* Sorted as negatives, so that the largest is first. */
	gsl_sort_index(t->order, t->observed, 1, t->m);
	for (i = 0; i < t->m; i++)
		t->observed[i] = -t->observed[i];
	return 0;
}

static void maxt_free(struct maxt *t)
{
	size_t i;

	for (i = 0; t->metric && i < t->m; i++) {
		free(t->metric[i].v);
		free(t->metric[i].present);
		free(t->metric[i].squares);
		free(t->metric[i].n_present);
	}
	free(t->span);
	free(t->metric);
	free(t->observed);
	free(t->order);
	free(t->count);
}

int stats_maxt(const double *values, size_t m, size_t nx, size_t ny, double *p)
{
	const struct block one = { nx, ny };

	return stats_maxt_blocks(values, m, &one, 1, p);
}

int stats_maxt_blocks(const double *values, size_t m,
		      const struct block *blocks, size_t n_blocks, double *p)
{
	struct maxt t = {
		.m = m,
		.n_spans = n_blocks,
		.span = calloc(n_blocks + 1, sizeof(*t.span)),
		.metric = calloc(m + 1, sizeof(*t.metric)),
		.observed = calloc(m + 1, sizeof(*t.observed)),
		.order = calloc(m + 1, sizeof(*t.order)),
		.count = calloc(m + 1, sizeof(*t.count)),
	};
	size_t *x = NULL, nx = 0, i, sides = 0;
	int ret = t.span ? 0 : -ENOMEM;

	for (i = 0; i < n_blocks && !ret; i++) {
		t.span[i] =
			(struct span){ blocks[i].nx,
				       blocks[i].nx + blocks[i].ny, t.n, nx };
		t.n += t.span[i].n;
		nx += blocks[i].nx;
		sides += blocks[i].nx && blocks[i].ny;
	}
	if (!ret && !sides)
		ret = -EINVAL;
	if (!ret && m) {
		x = calloc(nx + 1, sizeof(*x));
		ret = x ? prepare(&t, values, x) : -ENOMEM;
	}
	if (!ret && m)
		ret = permute(&t, x);
	if (!ret && m)
		step_down(&t, p);
	maxt_free(&t);
	free(x);
	return ret;
}
