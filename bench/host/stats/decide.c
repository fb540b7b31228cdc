// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a decision is made of: criteria and pairs.  See decide.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "load/criteria.h"
#include "stats/decide.h"

#define NO_SLOT ((size_t)-1)

const char *decide_static_name(enum static_cost cost)
{
	static const char *const names[] = {
		[STATIC_LINES] = "lines changed",  [STATIC_FILES] = "files",
		[STATIC_ARCHES] = "architectures", [STATIC_TEXT] = "text bytes",
		[STATIC_FLAGS] = "page flag bits",
	};

	return names[cost];
}

static bool globs_match(const struct criterion *cr, const struct data *d,
			const struct metric *m)
{
	size_t i;

	for (i = 0; i < cr->n_globs; i++)
		if (criteria_match(cr->globs[i], d->specs[m->spec], m->name))
			return true;
	return false;
}

/* Key metrics that are better one way; *a has as many as there are. */
static int fill_metrics(struct decision *d, const struct criterion *cr,
			struct aspect *a)
{
	const struct data *data = d->c->data;
	const struct metric *m;
	size_t i;

	*a = (struct aspect){ .kind = ASPECT_METRICS, .name = cr->name };
	a->metrics = calloc(data->n_metrics + 1, sizeof(*a->metrics));
	if (!a->metrics)
		return -ENOMEM;
	for (i = 0; i < data->n_metrics; i++) {
		m = &data->metrics[i];
		if (!m->key || m->better == BETTER_NONE ||
		    !globs_match(cr, data, m))
			continue;
		a->metrics[a->n_metrics++] = i;
		if (d->slot[i] == NO_SLOT)
			d->slot[i] = d->n_slots++;
	}
	return 0;
}

static int add_metrics(struct decision *d)
{
	const struct run *run = d->c->data->run;
	struct aspect *a;
	size_t i;
	int ret;

	for (i = 0; i < run->n_criteria; i++) {
		a = &d->aspects[d->n_aspects];
		ret = fill_metrics(d, &run->criteria[i], a);
		if (ret)
			return ret;
		if (a->n_metrics) {
			d->n_aspects++;
			continue;
		}
		free(a->metrics);
		*a = (struct aspect){ 0 };
		d->absent[d->n_absent++] = run->criteria[i].name;
	}
	return 0;
}

static void add_static(struct decision *d)
{
	const struct data *data = d->c->data;
	size_t cost, i;

	for (cost = 0; cost < N_STATIC_COSTS; cost++) {
		for (i = 0; i < d->n; i++)
			if (!isnan(data->arms[i].variant->cost[cost]))
				break;
		if (i == d->n) {
			d->absent[d->n_absent++] = decide_static_name(cost);
			continue;
		}
		d->aspects[d->n_aspects++] = (struct aspect){
			.kind = ASPECT_STATIC,
			.name = decide_static_name(cost),
			.cost = cost,
		};
	}
}

static int add_aspects(struct decision *d)
{
	const struct data *data = d->c->data;
	size_t room = data->run->n_criteria + N_STATIC_COSTS + 1, i;
	int ret;

	d->aspects = calloc(room, sizeof(*d->aspects));
	d->absent = calloc(room, sizeof(*d->absent));
	d->slot = calloc(data->n_metrics + 1, sizeof(*d->slot));
	if (!d->aspects || !d->absent || !d->slot)
		return -ENOMEM;
	for (i = 0; i < data->n_metrics; i++)
		d->slot[i] = NO_SLOT;
	if (conform_judged(data->run))
		d->aspects[d->n_aspects++] = (struct aspect){
			.kind = ASPECT_CONFORM,
			.name = "conformance",
		};
	else
		d->absent[d->n_absent++] = "conformance";
	ret = add_metrics(d);
	if (!ret)
		add_static(d);
	return ret;
}

/*
 * A comparison of two arms alone, of the metrics of all criteria.  Numbers of cells,
 * of which only notes are made, are left out.
 */
static int compare_pair(struct decision *d, size_t a, size_t b, struct err *err)
{
	const struct data *data = d->c->data;
	struct arm arms[2] = { data->arms[a], data->arms[b] };
	struct data two = *data;
	struct comparison c = { 0 };
	struct row *rows = calloc(d->n_slots + 1, sizeof(*rows));
	size_t i;
	int ret = -ENOMEM;

	two.metrics = calloc(d->n_slots + 1, sizeof(*two.metrics));
	if (!rows || !two.metrics)
		goto out_free;
	arms[0].base = 0;
	arms[1].base = 0;
	two.arms = arms;
	two.n_arms = 2;
	two.baseline = 0;
	two.n_cells = 0;
	two.n_metrics = d->n_slots;
	for (i = 0; i < data->n_metrics; i++)
		if (d->slot[i] != NO_SLOT)
			two.metrics[d->slot[i]] = data->metrics[i];
	ret = compare_all(&two, d->c->delta, d->c->alpha / (double)d->pairs, &c,
			  err);
	for (i = 0; !ret && i < d->n_slots; i++)
		rows[i] = c.rows[i * 2 + 1];
	compare_free(&c);
	d->pair[a * d->n + b] = rows;
	rows = NULL;
out_free:
	free(two.metrics);
	free(rows);
	return ret;
}

static int compare_pairs(struct decision *d, struct err *err)
{
	size_t base = d->c->data->baseline, others = d->n - 1, a, b;
	int ret = 0;

	d->pairs = others * (others - 1) / 2;
	d->too_many = d->pairs > DECIDE_MAX_PAIRS;
	if (d->pairs)
		d->needed = stats_needed(d->pairs, d->c->alpha);
	if (d->needed <= d->c->data->run->n_seeds)
		d->needed = 0;
	d->pair = calloc(d->n * d->n, sizeof(*d->pair));
	if (!d->pair)
		return -ENOMEM;
	for (a = 0; a < d->n && !d->too_many && !ret; a++)
		for (b = a + 1; b < d->n && !ret; b++)
			if (a != base && b != base)
				ret = compare_pair(d, a, b, err);
	return ret;
}

int decide(const struct comparison *c, struct decision *d, struct err *err)
{
	const struct data *data = c->data;
	size_t i;
	int ret;

	memset(d, 0, sizeof(*d));
	d->c = c;
	for (i = 0; i < data->n_arms; i++) {
		if (data->arms[i].aa)
			continue;
		d->n++;
		if (data->other || data->arms[i].base != data->baseline)
			return 0; /* more than one baseline */
	}
	if (d->n < 2 || !data->run->n_criteria)
		return 0;
	ret = add_aspects(d);
	if (!ret && !d->n_slots) {
		for (i = 0; i < d->n_aspects; i++)
			free(d->aspects[i].metrics);
		d->n_aspects = 0;
	}
	if (!ret && d->n_aspects)
		ret = compare_pairs(d, err);
	return ret == -ENOMEM ? err_set(err, ret, "out of memory") : ret;
}

void decide_free(struct decision *d)
{
	size_t i;

	for (i = 0; i < d->n_aspects; i++)
		free(d->aspects[i].metrics);
	for (i = 0; d->pair && i < d->n * d->n; i++)
		free(d->pair[i]);
	free(d->pair);
	free(d->slot);
	free(d->absent);
	free(d->aspects);
	memset(d, 0, sizeof(*d));
}
