// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every metric of every arm against its baseline.  See compare.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/adjust.h"
#include "stats/compare.h"
#include "stats/note.h"

static const struct interval undefined = { NAN, NAN };

void compare_row_init(struct row *row, size_t nx, size_t ny)
{
	row->n = nx;
	row->base_n = ny;
	row->median = row->base_median = NAN;
	row->ci = row->ratio_ci = row->diff_ci = undefined;
	row->ratio = row->diff = row->p = row->p_adj = NAN;
}

static void row_init(struct row *row, const double *x, size_t nx,
		     const double *y, size_t ny)
{
	compare_row_init(row, nx, ny);
	row->median = stats_median(x, nx);
	row->base_median = stats_median(y, ny);
}

static int effects(struct row *row, const double *x, size_t nx, const double *y,
		   size_t ny, double alpha)
{
	int ret = stats_shift(true, x, nx, y, ny, alpha, &row->ratio,
			      &row->ratio_ci);

	if (ret == -EINVAL) /* some value is not above 0: no ratio */
		ret = 0;
	if (!isfinite(row->ratio)) {
		row->ratio = NAN;
		row->ratio_ci = undefined;
	}
	if (!ret)
		ret = stats_shift(false, x, nx, y, ny, alpha, &row->diff,
				  &row->diff_ci);
	return ret;
}

int compare_row(struct row *row, const double *x, size_t nx, const double *y,
		size_t ny, double alpha)
{
	bool exact_test;
	int ret;

	if (!stats_finite(x, nx) || !stats_finite(y, ny))
		return -EINVAL;
	row_init(row, x, nx, y, ny);
	ret = stats_median_interval(x, nx, alpha, &row->ci);
	if (ret || !nx || !ny)
		return ret;
	ret = effects(row, x, nx, y, ny, alpha);
	if (ret)
		return ret;
	/* One value shows no variance, which does not mean that it has none. */
	row->exact = nx > 1 && ny > 1 && stats_constant(x, nx) &&
		     stats_constant(y, ny);
	row->tested = !row->exact;
	if (row->exact)
		return 0;
	if (nx < STATS_MIN_N || ny < STATS_MIN_N) {
		row->ratio_ci = row->diff_ci = undefined;
		return 0;
	}
	ret = stats_rank_test(x, nx, y, ny, &row->p, &exact_test);
	row->approx = !ret && !exact_test;
	return ret;
}

static size_t count_values(const struct data *d, const struct row *row,
			   enum value_status status)
{
	const struct metric *m = &d->metrics[row->metric];
	const struct arm *a = &d->arms[row->arm];
	size_t i, n = 0;

	for (i = 0; i < a->n_seeds; i++)
		n += m->status[a->offset + i] == status;
	return n;
}

/* Why there are fewer values than seeds. */
static void note_missing(struct row *row, const struct data *d)
{
	size_t seeds = d->arms[row->arm].n_seeds, i, n;
	size_t spec = d->metrics[row->metric].spec;
	const struct {
		size_t n;
		const char *what;
	} why[] = {
		{ data_count(d, spec, row->arm, CELL_FAILED), "failed" },
		{ data_count(d, spec, row->arm, CELL_SKIP), "skipped" },
		{ data_count(d, spec, row->arm, CELL_ABSENT), "absent" },
		{ data_count(d, spec, row->arm, CELL_DAMAGED), "damaged" },
		{ count_values(d, row, VALUE_ZERO_PER), "zero denominator" },
		{ count_values(d, row, VALUE_NO_SLOPE),
		  "no slope: all at one point" },
		{ count_values(d, row, VALUE_NO_ROWS), "no such samples" },
	};
	char text[160];
	size_t len = 0;

	if (row->n == seeds)
		return;
	text[0] = '\0';
	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		n = why[i].n;
		if (n)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%zu %s", len ? ", " : "", n,
						why[i].what);
	}
	note_add(row, "%zu of %zu seeds without a value (%s)", seeds - row->n,
		 seeds, text);
}

static int fill_row(struct comparison *c, size_t metric, size_t arm, double *x,
		    double *y)
{
	struct row *row = &c->rows[metric * c->data->n_arms + arm];
	const struct data *d = c->data;
	size_t base = d->arms[arm].base, nx, ny;

	row->metric = metric;
	row->arm = arm;
	if (d->n_blocks)
		return compare_blocks_row(row, d, c->alpha);
	nx = data_values(d, metric, arm, x);
	ny = data_values(d, metric, base, y);
	if (base == arm) {
		row_init(row, x, nx, y, ny);
		return stats_median_interval(x, nx, c->alpha, &row->ci);
	}
	return compare_row(row, x, nx, y, ny, c->alpha);
}

static void judge(struct comparison *c, struct row *row)
{
	const struct data *d = c->data;
	const struct arm *a = &d->arms[row->arm];

	if (a->base == row->arm) {
		row->verdict = row->n ? VERDICT_BASELINE : VERDICT_MISSING;
		if (row->n && isnan(row->ci.lo) && !d->n_blocks)
			note_add(row, "no interval: one seed");
	} else {
		/* A/A is adjusted with nothing: one test at a time. */
		compare_verdict(row, d->metrics[row->metric].better, c->delta,
				c->alpha, a->aa ? 1 : row->variants);
		if (a->aa)
			row->proven =
				false; /* of itself: an alarm, or chance */
		if (row->n && !row->base_n)
			note_add(row, "the baseline has no value");
	}
	if (!d->n_blocks)
		note_missing(row, d);
}

int compare_all(const struct data *d, double delta, double alpha,
		struct comparison *c, struct err *err)
{
	double *x = calloc(d->n_values + 1, sizeof(*x));
	double *y = calloc(d->n_values + 1, sizeof(*y));
	size_t m, arm, i;
	int ret = 0;

	memset(c, 0, sizeof(*c));
	c->data = d;
	c->delta = delta;
	c->alpha = alpha;
	c->n_rows = d->n_metrics * d->n_arms;
	c->rows = calloc(c->n_rows + 1, sizeof(*c->rows));
	if (!x || !y || !c->rows)
		ret = -ENOMEM;
	for (m = 0; m < d->n_metrics && !ret; m++)
		for (arm = 0; arm < d->n_arms && !ret; arm++)
			ret = fill_row(c, m, arm, x, y);
	if (!ret)
		ret = compare_adjust(c);
	if (ret) {
		err_set(err, ret, "comparing failed: %s", strerror(-ret));
		goto out_free;
	}
	c->needed = stats_needed(c->variants ? c->variants : 1, alpha);
	for (i = 0; i < c->n_rows; i++)
		judge(c, &c->rows[i]);
out_free:
	free(y);
	free(x);
	return ret;
}

double compare_percent(const struct comparison *c)
{
	return 100 * (1 - c->alpha);
}

void compare_free(struct comparison *c)
{
	free(c->rows);
	memset(c, 0, sizeof(*c));
}

static void noise_of_row(const struct row *row, size_t i, struct noise *noise)
{
	double half, bound;

	if (!row->n || !row->base_n)
		return;
	noise->alarms += verdict_differs(row->verdict);
	if (isnan(row->ratio)) {
		noise->n_no_ratio++;
		return;
	}
	if (!noise->n++ || fabs(row->ratio - 1) > noise->floor) {
		noise->floor = fabs(row->ratio - 1);
		noise->floor_row = i;
	}
	if (isnan(row->ratio_ci.lo))
		return;
	bound = fmax(fabs(row->ratio_ci.lo - 1), fabs(row->ratio_ci.hi - 1));
	half = (row->ratio_ci.hi - row->ratio_ci.lo) / 2;
	if (!noise->n_interval++ || half > noise->visible) {
		noise->visible = half;
		noise->visible_row = i;
	}
	noise->bound = fmax(noise->bound, bound); /* a NaN gives way */
}

void compare_noise(const struct comparison *c, bool key_only,
		   struct noise *noise)
{
	const struct data *d = c->data;
	size_t i;

	*noise = (struct noise){
		.floor = NAN,
		.bound = NAN,
		.visible = NAN,
	};
	for (i = 0; i < c->n_rows; i++)
		if (d->arms[c->rows[i].arm].aa &&
		    (!key_only || d->metrics[c->rows[i].metric].key))
			noise_of_row(&c->rows[i], i, noise);
}
