// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel compared with itself, many times, out of the seeds of one run.  See
 * calibrate.h.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "stats/calibrate.h"

/* The data of two arms that stand for one kernel; metrics are the run's. */
struct deal {
	struct data data;
	struct arm arms[2];
	const double **pool; /* a metric's values: the baseline's, then A/A's */
	double *dealt;
	size_t *order;
};

static const struct arm *aa_arm(const struct data *d)
{
	for (size_t i = 0; i < d->n_arms; i++)
		if (d->arms[i].aa)
			return &d->arms[i];
	return NULL;
}

/* Do both arms have a value for each seed? */
static bool is_whole(const struct metric *m, const struct arm *base,
		     const struct arm *aa)
{
	for (size_t i = 0; i < base->n_seeds; i++)
		if (isnan(m->value[base->offset + i]) ||
		    isnan(m->value[aa->offset + i]))
			return false;
	return true;
}

static void deal_free(struct deal *deal)
{
	free(deal->data.cells);
	free(deal->data.metrics);
	free(deal->pool);
	free(deal->dealt);
	free(deal->order);
}

static int deal_init(struct deal *deal, const struct data *d,
		     const struct arm *aa)
{
	const struct arm *base = &d->arms[d->baseline];
	size_t n = base->n_seeds;
	struct data *two = &deal->data;

	memset(deal, 0, sizeof(*deal));
	*two = *d;
	two->arms = deal->arms;
	two->n_arms = 2;
	two->baseline = 0;
	two->n_values = 2 * n;
	two->n_cells = two->n_specs * two->n_values;
	two->cells = calloc(two->n_cells + 1, sizeof(*two->cells)); /* all OK */
	two->n_metrics = 0;
	deal->arms[0] = deal->arms[1] = *base;
	deal->arms[0].offset = deal->arms[0].base = deal->arms[1].base = 0;
	deal->arms[1].offset = n;
	two->metrics = calloc(d->n_metrics + 1, sizeof(*two->metrics));
	deal->pool = calloc(d->n_metrics + 1, sizeof(*deal->pool));
	deal->dealt = calloc(2 * n * (d->n_metrics + 1), sizeof(double));
	deal->order = calloc(2 * n + 1, sizeof(*deal->order));
	if (!two->cells || !two->metrics || !deal->pool || !deal->dealt ||
	    !deal->order)
		return -ENOMEM;
	for (size_t i = 0; i < 2 * n; i++)
		deal->order[i] = i;
	for (size_t i = 0; i < d->n_metrics; i++) {
		const struct metric *m = &d->metrics[i];

		if (!m->key || !is_whole(m, base, aa))
			continue;
		two->metrics[two->n_metrics] = *m;
		two->metrics[two->n_metrics].value =
			&deal->dealt[2 * n * two->n_metrics];
		deal->pool[two->n_metrics++] = m->value;
	}
	return 0;
}

/* The next way to deal: all of them in turn, or @rng's. */
static bool next_order(struct deal *deal, size_t n, gsl_rng *rng)
{
	size_t *x = deal->order, taken = 0, rest = n, i;
	bool more = true;

	if (rng) {
		gsl_ran_shuffle(rng, x, 2 * n, sizeof(*x));
		return true;
	}
	more = stats_next_choice(x, n, 2 * n);
	for (i = 0; i < 2 * n; i++)
		if (taken < n && x[taken] == i)
			taken++;
		else
			x[rest++] = i;
	return more;
}

/* The same seeds go to the same side in every metric. */
static void deal_out(struct deal *deal, const struct arm *base,
		     const struct arm *aa)
{
	size_t n = base->n_seeds;

	for (size_t m = 0; m < deal->data.n_metrics; m++)
		for (size_t i = 0; i < 2 * n; i++) {
			size_t from = deal->order[i];

			deal->data.metrics[m].value[i] =
				from < n ? deal->pool[m][base->offset + from]
					 : deal->pool[m][aa->offset + from - n];
		}
}

/* Adds one comparison to @cal. */
static int count(const struct deal *deal, double delta, double alpha,
		 struct calibration *cal, struct err *err)
{
	struct comparison c;
	size_t alarms = 0;
	int ret;

	ret = compare_all(&deal->data, delta, alpha, &c, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < c.n_rows; i++)
		if (c.rows[i].arm == 1 &&
		    (c.rows[i].proven || verdict_differs(c.rows[i].verdict)))
			alarms++;
	compare_free(&c);
	cal->draws++;
	cal->alarms += alarms;
	cal->alarmed += alarms > 0;
	return 0;
}

int calibrate(const struct data *d, size_t draws, double delta, double alpha,
	      struct calibration *cal, struct err *err)
{
	const struct arm *base = &d->arms[d->baseline], *aa = aa_arm(d);
	double all = 2 / stats_least_p(base->n_seeds, base->n_seeds);
	struct deal deal;
	bool more = true;
	gsl_rng *rng;
	int ret;

	memset(cal, 0, sizeof(*cal));
	if (!aa || aa->n_seeds != base->n_seeds)
		return err_set(err, -ENODATA,
			       "the run has no A/A cells, as many as the "
			       "baseline's");
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	ret = rng ? deal_init(&deal, d, aa) : -ENOMEM;
	if (ret) {
		err_set(err, ret, "calibrating failed: %s", strerror(-ret));
		goto out;
	}
	gsl_rng_set(rng, CALIBRATE_SEED);
	cal->seeds = base->n_seeds;
	cal->metrics = deal.data.n_metrics;
	cal->all = all <= draws;
	while (!ret && more && cal->draws < draws) {
		deal_out(&deal, base, aa);
		ret = count(&deal, delta, alpha, cal, err);
		more = next_order(&deal, base->n_seeds, cal->all ? NULL : rng);
	}
out:
	if (rng) {
		deal_free(&deal);
		gsl_rng_free(rng);
	}
	return ret;
}
