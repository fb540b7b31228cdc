// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sentences and the effects in them.  See say.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/parts.h"
#include "pages/say.h"

int say_begin(struct say *s)
{
	s->text = NULL;
	s->n_metrics = 0;
	s->metrics = calloc(s->d->n_slots + 1, sizeof(*s->metrics));
	if (!s->metrics)
		return -ENOMEM;
	s->f = open_memstream(&s->text, &s->size);
	if (s->f)
		return 0;
	free(s->metrics);
	return -ENOMEM;
}

int say_end(struct say *s)
{
	struct sentence *all;

	if (fclose(s->f))
		goto out_free;
	all = reallocarray(s->out->all, s->out->n + 1, sizeof(*all));
	if (!all)
		goto out_free;
	s->out->all = all;
	all[s->out->n++] = (struct sentence){
		.text = s->text,
		.metrics = s->metrics,
		.n_metrics = s->n_metrics,
	};
	return 0;
out_free:
	free(s->text);
	free(s->metrics);
	return -ENOMEM;
}

static void note_metric(struct say *s, size_t metric)
{
	size_t i;

	for (i = 0; i < s->n_metrics; i++)
		if (s->metrics[i] == metric)
			return;
	s->metrics[s->n_metrics++] = metric;
}

/* The row as if its other side had been compared with it. */
static struct row turned(const struct row *row)
{
	struct row r = *row;

	r.ratio = 1 / row->ratio;
	r.ratio_ci =
		(struct interval){ 1 / row->ratio_ci.hi, 1 / row->ratio_ci.lo };
	r.diff = -row->diff;
	r.diff_ci = (struct interval){ -row->diff_ci.hi, -row->diff_ci.lo };
	return r;
}

static double size_of(const struct row *r)
{
	return isnan(r->ratio) ? INFINITY : fabs(log(r->ratio));
}

static const char *short_effect(char buf[PART_EFFECT], const struct row *r,
				const char *unit)
{
	char v[TEXT_NUM];

	if (!isnan(r->ratio))
		return strcpy(buf, text_pct(v, r->ratio));
	snprintf(buf, PART_EFFECT, "%s%s %s", r->diff > 0 ? "+" : "",
		 text_num(v, r->diff), unit);
	return buf;
}

/* Is the metric, a against b, what we look for? */
static bool wanted(const struct row *row, bool backwards, enum relation want)
{
	bool better = (want == RELATION_BETTER) != backwards;

	return row->verdict == (better ? VERDICT_BETTER : VERDICT_WORSE);
}

static void put_effects(struct say *s, const struct row *least,
			const struct row *most, size_t n, size_t of)
{
	const struct data *data = s->d->c->data;
	char x[PART_EFFECT], y[PART_EFFECT];
	const char *unit = data->metrics[least->metric].unit;

	if (n == 1 && !s->brief)
		fprintf(s->f, " (%s", part_effect(x, least, unit));
	else
		fprintf(s->f, " (%s", short_effect(x, least, unit));
	short_effect(x, least, unit);
	short_effect(y, most, data->metrics[most->metric].unit);
	if (n > 1 && strcmp(x, y))
		fprintf(s->f, " to %s", y);
	if (n < of)
		fprintf(s->f, ", %zu of %zu", n, of);
	fputc(')', s->f);
}

void say_metrics(struct say *s, size_t aspect, size_t a, size_t b,
		 enum relation want)
{
	const struct aspect *as = &s->d->aspects[aspect];
	struct row least = { 0 }, most = { 0 }, r;
	const struct row *row;
	bool backwards;
	size_t i, n = 0;

	for (i = 0; i < as->n_metrics; i++) {
		row = decide_row(s->d, as->metrics[i], a, b, &backwards);
		if (!row)
			continue;
		if (want == RELATION_SAME)
			note_metric(s, as->metrics[i]);
		if (want == RELATION_SAME || !wanted(row, backwards, want))
			continue;
		note_metric(s, as->metrics[i]);
		r = backwards ? turned(row) : *row;
		r.metric = as->metrics[i]; /* a pair counts its own */
		if (!n || size_of(&r) < size_of(&least))
			least = r;
		if (!n || size_of(&r) > size_of(&most))
			most = r;
		n++;
	}
	if (n)
		put_effects(s, &least, &most, n, as->n_metrics);
}
