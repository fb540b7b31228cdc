// SPDX-License-Identifier: GPL-2.0-only
/*
 * What two variants are to each other by a criterion, and who dominates whom.  See
 * decide.h.
 */
#include <math.h>
#include <string.h>

#include "stats/decide.h"

const struct row *decide_row(const struct decision *d, size_t metric, size_t a,
			     size_t b, bool *backwards)
{
	const struct data *data = d->c->data;
	const struct row *rows = &d->c->rows[metric * data->n_arms];

	*backwards = a == data->baseline || (b != data->baseline && a < b);
	if (a == data->baseline)
		return &rows[b];
	if (b == data->baseline)
		return &rows[a];
	rows = d->pair[a < b ? a * d->n + b : b * d->n + a];
	return rows ? &rows[d->slot[metric]] : NULL;
}

/* What is better in the one is worse in the other. */
static enum relation turn(enum relation r)
{
	return r == RELATION_BETTER  ? RELATION_WORSE
	       : r == RELATION_WORSE ? RELATION_BETTER
				     : r;
}

static enum relation relation_of(enum verdict v)
{
	switch (v) {
	case VERDICT_BETTER:
		return RELATION_BETTER;
	case VERDICT_WORSE:
		return RELATION_WORSE;
	case VERDICT_SAME:
		return RELATION_SAME;
	case VERDICT_NOT_PROVEN:
		return RELATION_OPEN;
	default:
		return RELATION_UNKNOWN;
	}
}

/* Of two relations that are part of one. */
static enum relation both(enum relation x, enum relation y)
{
	if (x == y || y == RELATION_SAME || x == RELATION_UNKNOWN)
		return x;
	if (x == RELATION_SAME || y == RELATION_UNKNOWN)
		return y;
	if (x == RELATION_OPEN || y == RELATION_OPEN)
		return x == RELATION_OPEN ? y : x;
	return RELATION_MIXED;
}

static enum relation by_metrics(const struct decision *d,
				const struct aspect *aspect, size_t a, size_t b,
				size_t *open)
{
	enum relation all = RELATION_SAME, one;
	const struct row *row;
	bool backwards;
	size_t i;

	for (i = 0; i < aspect->n_metrics; i++) {
		row = decide_row(d, aspect->metrics[i], a, b, &backwards);
		if (!row) /* too many pairs */
			one = RELATION_OPEN;
		else
			one = relation_of(row->verdict);
		*open += one == RELATION_OPEN;
		all = both(all, backwards ? turn(one) : one);
	}
	return all;
}

/* A promise that one keeps and the other breaks; a skip on one side is unknown. */
static enum relation by_property(const struct property *a,
				 const struct property *b)
{
	bool a_skips = !a->fails && !a->passes,
	     b_skips = !b->fails && !b->passes;

	if (a_skips != b_skips)
		return RELATION_UNKNOWN;
	if (a_skips || a->fails == b->fails)
		return RELATION_SAME;
	return a->fails ? RELATION_WORSE : RELATION_BETTER;
}

static enum relation by_conformance(const struct variant *a,
				    const struct variant *b)
{
	enum relation all = RELATION_SAME;
	size_t i, k;

	if (!a->n_properties || a->n_properties != b->n_properties)
		return RELATION_UNKNOWN;
	for (i = 0; i < a->n_properties; i++) {
		for (k = 0; k < b->n_properties; k++)
			if (!strcmp(a->properties[i].name,
				    b->properties[k].name))
				break;
		all = both(all, k == b->n_properties
					? RELATION_UNKNOWN
					: by_property(&a->properties[i],
						      &b->properties[k]));
	}
	return all;
}

static enum relation by_cost(double a, double b)
{
	if (isnan(a) || isnan(b))
		return RELATION_UNKNOWN;
	return a < b ? RELATION_BETTER : a > b ? RELATION_WORSE : RELATION_SAME;
}

enum relation decide_relation(const struct decision *d, size_t aspect, size_t a,
			      size_t b, size_t *open)
{
	const struct aspect *as = &d->aspects[aspect];
	const struct variant *va = d->c->data->arms[a].variant;
	const struct variant *vb = d->c->data->arms[b].variant;
	size_t n = 0;
	enum relation r;

	if (as->kind == ASPECT_CONFORM)
		r = by_conformance(va, vb);
	else if (as->kind == ASPECT_STATIC)
		r = by_cost(va->cost[as->cost], vb->cost[as->cost]);
	else
		r = by_metrics(d, as, a, b, &n);
	if (open)
		*open = n;
	return a == b ? RELATION_SAME : r;
}

bool decide_dominates(const struct decision *d, size_t a, size_t b,
		      bool with_static)
{
	size_t i, base = d->c->data->baseline;
	bool better = false;

	for (i = 0; i < d->n_aspects; i++) {
		if (!with_static && d->aspects[i].kind == ASPECT_STATIC)
			continue;
		switch (decide_relation(d, i, a, b, NULL)) {
		case RELATION_BETTER:
			better = true;
			break;
		case RELATION_SAME:
			break;
		case RELATION_OPEN:
			/* Nothing could have been proven: no sign of equals. */
			if (d->needed && a != base && b != base)
				return false;
			break;
		default:
			return false;
		}
	}
	return better;
}

bool decide_dominated(const struct decision *d, size_t arm, bool with_static)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (i != arm && decide_dominates(d, i, arm, with_static))
			return true;
	return false;
}

/* How unfavourable an estimate is: above 0 towards worse, as a logarithm. */
static double badness(const struct row *r, enum better better)
{
	double v = isnan(r->ratio) ? (r->diff > 0)   ? INFINITY
				     : (r->diff < 0) ? -INFINITY
						     : 0
				   : log(r->ratio);

	if (better == BETTER_HIGHER)
		return -v;
	if (better != BETTER_ONE)
		return v;
	if (r->median <= 0 || r->base_median <= 0)
		return isnan(v) ? 0 : fabs(v);
	return fabs(log(r->median)) - fabs(log(r->base_median));
}

const struct row *decide_worst(const struct decision *d, size_t aspect,
			       size_t arm, size_t *better)
{
	const struct aspect *as = &d->aspects[aspect];
	const struct data *data = d->c->data;
	const struct row *found = NULL, *r;
	double worst = 0, bad;
	size_t i;

	*better = 0;
	for (i = 0; i < as->n_metrics; i++) {
		r = &d->c->rows[as->metrics[i] * data->n_arms + arm];
		if (r->verdict == VERDICT_MISSING)
			continue;
		*better += r->verdict == VERDICT_BETTER;
		bad = badness(r, data->metrics[r->metric].better);
		if (found && (found->verdict == VERDICT_WORSE) !=
				     (r->verdict == VERDICT_WORSE)) {
			if (found->verdict == VERDICT_WORSE)
				continue;
		} else if (found && bad <= worst) {
			continue;
		}
		found = r;
		worst = bad;
	}
	return found;
}

double decide_failures(const struct decision *d, size_t arm)
{
	const struct variant *v = d->c->data->arms[arm].variant;
	double n = 0;
	size_t i;

	for (i = 0; i < v->n_properties; i++)
		n += v->properties[i].fails;
	return v->n_properties ? n : NAN;
}
