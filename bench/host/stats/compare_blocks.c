// SPDX-License-Identifier: GPL-2.0-only
/*
 * A metric of an arm against its baseline over several hosts.  See compare.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/blocks.h"
#include "stats/compare.h"
#include "stats/note.h"

/* The finite values of an arm's seeds on each host; NULL: out of memory. */
static double *gather(const struct data *d, size_t metric, size_t arm,
		      struct strata *s, bool base)
{
	const struct arm *a = &d->arms[arm];
	const double *v = d->metrics[metric].value + a->offset;
	double *out = calloc(a->n_seeds + 1, sizeof(*out)), *to = out;
	size_t h, i;

	for (h = 0; out && h < d->n_blocks; h++) {
		size_t n = 0;

		for (i = 0; i < a->blocks[h]; i++)
			if (isfinite(v[i]))
				to[n++] = v[i];
		if (base) {
			s[h].y = to;
			s[h].ny = n;
		} else {
			s[h].x = to;
			s[h].nx = n;
		}
		to += n;
		v += a->blocks[h];
	}
	return out;
}

/* The median of the hosts' medians, of those with both sides. */
static double medians(const struct strata *s, size_t n, bool base)
{
	double *m = calloc(n + 1, sizeof(*m)), median = NAN;
	size_t i, k = 0;

	for (i = 0; m && i < n; i++)
		if (s[i].nx && s[i].ny)
			m[k++] = base ? stats_median(s[i].y, s[i].ny)
				      : stats_median(s[i].x, s[i].nx);
	if (m)
		median = stats_median(m, k);
	free(m);
	return median;
}

/* One value shows no variance, which does not mean that it has none. */
static bool without_variance(const struct strata *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i].nx && s[i].ny &&
		    (s[i].nx < 2 || s[i].ny < 2 ||
		     !stats_constant(s[i].x, s[i].nx) ||
		     !stats_constant(s[i].y, s[i].ny)))
			return false;
	return true;
}

static int effects(struct row *row, const struct strata *s, size_t n,
		   double alpha)
{
	int ret = stats_blocks_shift(true, s, n, alpha, &row->ratio,
				     &row->ratio_ci);

	if (ret == -EINVAL) /* some value is not above 0: no ratio */
		ret = 0;
	if (!isfinite(row->ratio)) {
		row->ratio = NAN;
		row->ratio_ci = (struct interval){ NAN, NAN };
	}
	if (!ret)
		ret = stats_blocks_shift(false, s, n, alpha, &row->diff,
					 &row->diff_ci);
	return ret;
}

static int compare(struct row *row, const struct strata *s, size_t n,
		   double alpha)
{
	bool exact_test;
	int ret = effects(row, s, n, alpha);

	if (ret)
		return ret;
	row->least_p = stats_blocks_least_p(s, n);
	row->exact = without_variance(s, n);
	row->tested = !row->exact;
	if (row->exact)
		return 0;
	if (row->n < STATS_MIN_N || row->base_n < STATS_MIN_N) {
		row->ratio_ci = row->diff_ci = (struct interval){ NAN, NAN };
		return 0;
	}
	ret = stats_blocks_test(s, n, &row->p, &exact_test);
	row->approx = !ret && !exact_test;
	return ret;
}

/* Too few hosts to combine? */
static bool alone(const struct row *row, const struct data *d)
{
	return row->blocks + d->metrics[row->metric].copies < 2;
}

/* @seeds: of the arm on the hosts that count. */
static void note_blocks(struct row *row, const struct data *d, size_t seeds)
{
	size_t copies = d->metrics[row->metric].copies;

	if (!row->blocks || alone(row, d))
		note_add(row, "on %zu of %zu hosts: nothing to combine",
			 row->blocks, d->n_blocks);
	else if (row->blocks + copies < d->n_blocks)
		note_add(row, "on %zu of %zu hosts", row->blocks + copies,
			 d->n_blocks);
	if (row->n && copies)
		note_add(row,
			 "the values of %zu hosts are those of another: they "
			 "count once",
			 copies);
	if (row->n && row->n < seeds)
		note_add(row, "%zu of %zu seeds without a value",
			 seeds - row->n, seeds);
}

int compare_blocks_row(struct row *row, const struct data *d, double alpha)
{
	struct strata *s = calloc(d->n_blocks, sizeof(*s));
	size_t h, nx = 0, ny = 0, n = d->n_blocks, seeds = 0;
	double *x = NULL, *y = NULL;
	int ret = -ENOMEM;

	if (s) {
		x = gather(d, row->metric, row->arm, s, false);
		y = gather(d, row->metric, d->arms[row->arm].base, s, true);
	}
	if (!x || !y)
		goto out_free;
	ret = 0;
	for (h = 0; h < n; h++) {
		if (!s[h].nx || !s[h].ny)
			continue;
		row->blocks++;
		seeds += d->arms[row->arm].blocks[h];
		nx += s[h].nx;
		ny += s[h].ny;
	}
	compare_row_init(row, alone(row, d) ? 0 : nx, alone(row, d) ? 0 : ny);
	if (row->n) {
		row->median = medians(s, n, false);
		row->base_median = medians(s, n, true);
		if (d->arms[row->arm].base != row->arm)
			ret = compare(row, s, n, alpha);
	}
	note_blocks(row, d, seeds);
out_free:
	free(y);
	free(x);
	free(s);
	return ret;
}
