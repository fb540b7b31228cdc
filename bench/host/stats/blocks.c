// SPDX-License-Identifier: GPL-2.0-only
/*
 * Van Elteren's test over blocks, and the shift and interval that belong to it.  See
 * blocks.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>

#include "stats/blocks.h"
#include "stats/ranks.h"

#define WIDTH_MAX (1UL << 18) /* of an exact distribution */
#define NEAR 1e-9 /* sums of weights: rounding */

/* How likely each value from 0 to width - 1 of a sum over blocks is. */
struct sum {
	double *p;
	size_t width;
};

static bool two_sided(const struct strata *s)
{
	return s->nx && s->ny;
}

/*
 * The least common multiple L of all nx + ny + 1, so that the weights L / (nx + ny + 1)
 * are whole; 0: none that is small, or too many values.
 */
static size_t common(const struct strata *s, size_t n, size_t max)
{
	size_t l = 1, total = 0, i, a, b, r;

	for (i = 0; i < n; i++) {
		if (!two_sided(&s[i]))
			continue;
		total += s[i].nx + s[i].ny;
		for (a = l, b = s[i].nx + s[i].ny + 1; b; a = b, b = r)
			r = a % b;
		l = l / a * (s[i].nx + s[i].ny + 1);
		if (total > max || l * total > WIDTH_MAX)
			return 0;
	}
	return l;
}

/* Adds an independent block: counts[i], i < n, are of weight * i; takes counts over. */
static int sum_add(struct sum *t, double *counts, size_t n, size_t weight)
{
	size_t width = t->width + weight * (n - 1), i, k;
	double *p = counts ? calloc(width, sizeof(*p)) : NULL, all = 0;

	if (!p) {
		free(counts);
		return -ENOMEM;
	}
	for (i = 0; i < n; i++)
		all += counts[i];
	for (i = 0; i < n; i++)
		for (k = 0; counts[i] > 0 && k < t->width; k++)
			p[k + weight * i] += t->p[k] * (counts[i] / all);
	free(counts);
	free(t->p);
	*t = (struct sum){ p, width };
	return 0;
}

static int sum_init(struct sum *t)
{
	*t = (struct sum){ calloc(1, sizeof(*t->p)), 1 };
	if (!t->p)
		return -ENOMEM;
	t->p[0] = 1;
	return 0;
}

/* Doubled midranks of @n values; *ties as ranks_doubled() has them. */
static unsigned int *rank_all(const double *pool, size_t n, double *ties)
{
	unsigned int *rank = calloc(n + 1, sizeof(*rank));
	size_t *order = calloc(n + 1, sizeof(*order));

	if (!rank || !order) {
		free(rank);
		free(order);
		return NULL;
	}
	gsl_sort_index(order, pool, 1, n);
	*ties = ranks_doubled(pool, order, n, rank);
	free(order);
	return rank;
}

static unsigned int *rank_block(const struct strata *s, double *ties)
{
	double *pool = calloc(s->nx + s->ny, sizeof(*pool));
	unsigned int *rank;

	if (!pool)
		return NULL;
	memcpy(pool, s->x, s->nx * sizeof(*pool));
	memcpy(pool + s->nx, s->y, s->ny * sizeof(*pool));
	rank = rank_all(pool, s->nx + s->ny, ties);
	free(pool);
	return rank;
}

/* What the test adds up: doubled ranks in whole weights, or ranks in 1 / (n + 1). */
struct test {
	struct sum t;
	size_t common; /* 0: normal approximation */
	long far; /* from the mean */
	double z, var;
};

static int test_block(struct test *test, const struct strata *s)
{
	size_t n = s->nx + s->ny, i;
	double ties, nx = (double)s->nx, ny = (double)s->ny, all = nx + ny;
	unsigned int *rank = rank_block(s, &ties);
	long w = 0, weight = (long)(test->common / (n + 1));
	int ret = 0;

	if (!rank)
		return -ENOMEM;
	for (i = 0; i < s->nx; i++)
		w += (long)rank[i];
	/* Doubled ranks of x have the mean nx (n + 1). */
	w -= (long)(s->nx * (n + 1));
	test->far += weight * w;
	test->z += (double)w / 2 / (all + 1);
	test->var += nx * ny / 12 *
		     (all + 1 - ties / (all * fmax(all - 1, 1))) /
		     ((all + 1) * (all + 1));
	if (test->common)
		ret = sum_add(&test->t, ranks_ways(rank, n, s->nx),
			      n * (n + 1) + 1, (size_t)weight);
	free(rank);
	return ret;
}

static int check(bool ratio, const struct strata *s, size_t n)
{
	size_t i, two = 0;

	for (i = 0; i < n; i++) {
		if (!two_sided(&s[i]))
			continue;
		two++;
		if (!stats_finite(s[i].x, s[i].nx) ||
		    !stats_finite(s[i].y, s[i].ny) ||
		    (ratio && (!ranks_positive(s[i].x, s[i].nx) ||
			       !ranks_positive(s[i].y, s[i].ny))))
			return -EINVAL;
	}
	return two ? 0 : -EINVAL;
}

int stats_blocks_test(const struct strata *s, size_t n, double *p, bool *exact)
{
	struct test test = { .common = common(s, n, STATS_EXACT_MAX) };
	long mean = 0;
	size_t i;
	int ret = check(false, s, n);

	if (!ret)
		ret = sum_init(&test.t);
	for (i = 0; i < n && !ret; i++) {
		if (!two_sided(&s[i]))
			continue;
		mean += (long)(test.common * s[i].nx);
		ret = test_block(&test, &s[i]);
	}
	if (ret)
		goto out_free;
	*exact = test.common != 0;
	*p = *exact || test.var <= 0
		     ? 1
		     : 2 * gsl_cdf_ugaussian_Q(fabs(test.z) / sqrt(test.var));
	if (*exact) {
		*p = 0;
		for (i = 0; i < test.t.width; i++)
			if (labs((long)i - mean) >= labs(test.far))
				*p += test.t.p[i];
	}
	*p = fmin(*p, 1);
out_free:
	free(test.t.p);
	return ret;
}

/* A difference within a block. */
struct pair {
	double d, weight;
};

static int by_difference(const void *a, const void *b)
{
	double x = ((const struct pair *)a)->d, y = ((const struct pair *)b)->d;

	return (x > y) - (x < y);
}

static size_t make_pairs(bool ratio, const struct strata *s, size_t n,
			 size_t scale, struct pair *out)
{
	size_t b, i, j, k = 0;

	for (b = 0; b < n; b++)
		for (i = 0; i < s[b].nx; i++)
			for (j = 0; j < s[b].ny; j++)
				out[k++] = (struct pair){
					ratio ? log(s[b].x[i]) - log(s[b].y[j])
					      : s[b].x[i] - s[b].y[j],
					(double)scale /
						(double)(s[b].nx + s[b].ny + 1)
				};
	qsort(out, k, sizeof(*out), by_difference);
	return k;
}

/*
 * *least: the smallest weight of differences below the interval that is not too
 * unlikely, the bound; 0: even the outermost difference is not far enough.
 */
static int outer_weight(const struct strata *s, size_t n, size_t l, double tail,
			double *least)
{
	double mean = 0, var = 0, largest = 0, below = 0, nx, ny, all;
	struct sum t = { 0 };
	size_t i;
	int ret = sum_init(&t);

	for (i = 0; i < n && !ret; i++) {
		if (!two_sided(&s[i]))
			continue;
		nx = (double)s[i].nx;
		ny = (double)s[i].ny;
		all = nx + ny;
		mean += nx * ny / 2 / (all + 1);
		var += nx * ny / 12 / (all + 1);
		largest = fmax(largest, 1 / (all + 1));
		if (l)
			ret = sum_add(&t, ranks_u(s[i].nx, s[i].ny),
				      s[i].nx * s[i].ny + 1,
				      l / (s[i].nx + s[i].ny + 1));
	}
	if (l && !ret) {
		for (i = 0; below + t.p[i] <= tail * (1 + 1e-12); i++)
			below += t.p[i];
		*least = (double)i;
	} else {
		*least = fmax(0,
			      mean + gsl_cdf_ugaussian_Pinv(tail) * sqrt(var) -
				      largest);
	}
	free(t.p);
	return ret;
}

/* From one end, the difference at which so much weight is reached. */
static double reach(const struct pair *p, size_t n, double weight, bool top)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		sum += p[top ? n - 1 - i : i].weight;
		if (sum >= weight * (1 - NEAR))
			break;
	}
	return p[top ? n - 1 - (i < n ? i : n - 1) : (i < n ? i : n - 1)].d;
}

static bool all_constant(const struct strata *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (two_sided(&s[i]) && (!stats_constant(s[i].x, s[i].nx) ||
					 !stats_constant(s[i].y, s[i].ny)))
			return false;
	return true;
}

int stats_blocks_shift(bool ratio, const struct strata *s, size_t n,
		       double alpha, double *estimate, struct interval *out)
{
	size_t l = common(s, n, RANKS_U_MAX * (n ? n : 1)), pairs = 0, i;
	double least = 0, half = 0;
	struct pair *p;
	int ret = check(ratio, s, n);

	*estimate = out->lo = out->hi = NAN;
	if (ret)
		return ret;
	for (i = 0; i < n; i++) {
		pairs += s[i].nx * s[i].ny;
		if (s[i].nx + s[i].ny > RANKS_U_MAX)
			l = 0;
	}
	p = calloc(pairs, sizeof(*p));
	ret = p ? outer_weight(s, n, l, alpha / 2, &least) : -ENOMEM;
	if (ret)
		goto out_free;
	make_pairs(ratio, s, n, l ? l : 1, p);
	for (i = 0; i < pairs; i++)
		half += p[i].weight / 2;
	*estimate =
		(reach(p, pairs, half, false) + reach(p, pairs, half, true)) /
		2;
	if (all_constant(s, n)) {
		out->lo = p[0].d;
		out->hi = p[pairs - 1].d;
	} else if (least > 0) {
		out->lo = reach(p, pairs, least, false);
		out->hi = reach(p, pairs, least, true);
	}
	if (ratio) {
		*estimate = exp(*estimate);
		out->lo = exp(out->lo);
		out->hi = exp(out->hi);
	}
out_free:
	free(p);
	return ret;
}

double stats_blocks_least_p(const struct strata *s, size_t n)
{
	double all = 1;
	size_t i;

	for (i = 0; i < n; i++)
		if (two_sided(&s[i]))
			all *= ranks_choices(s[i].nx, s[i].nx + s[i].ny);
	return fmin(1, 2 / all);
}

int stats_blocks_scores(double *values, const struct block *b, size_t n)
{
	double *v = values, *pool, ties;
	unsigned int *rank;
	size_t i, k, got, at, all;

	for (i = 0; i < n; i++, v += all) {
		all = b[i].nx + b[i].ny;
		pool = calloc(all + 1, sizeof(*pool));
		if (!pool)
			return -ENOMEM;
		for (k = got = 0; k < all; k++)
			if (isfinite(v[k]))
				pool[got++] = v[k];
		rank = rank_all(pool, got, &ties);
		free(pool);
		if (!rank)
			return -ENOMEM;
		for (k = at = 0; k < all; k++)
			if (isfinite(v[k]))
				v[k] = rank[at++] / 2.0 / (double)(got + 1);
		free(rank);
	}
	return 0;
}
