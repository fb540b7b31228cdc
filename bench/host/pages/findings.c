// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the verdicts say, in words.  See parts.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pages/parts.h"
#include "pages/wrap.h"

static int put_finding(FILE *f, const struct comparison *c, const struct row *r,
		       int width, const char *q)
{
	const struct metric *m = &c->data->metrics[r->metric];
	char effect[PART_EFFECT];

	if (r->verdict == VERDICT_MISSING)
		return text_wrapf(f, width, "    - ", "      ",
				  "%s%s%s of %s%s%s: %s", q, m->name, q, q,
				  c->data->specs[m->spec], q, r->note);
	return text_wrapf(f, width, "    - ", "      ", "%s%s%s of %s%s%s: %s",
			  q, m->name, q, q, c->data->specs[m->spec], q,
			  part_effect(effect, r, m->unit));
}

static void put_counts(FILE *f, const struct comparison *c, size_t arm,
		       int width)
{
	size_t count[N_VERDICTS] = { 0 }, i, v, n = c->data->n_arms;
	char text[256];
	size_t len = 0;

	for (i = 0; i < c->data->n_metrics; i++)
		count[c->rows[i * n + arm].verdict]++;
	for (v = VERDICT_BETTER; v < N_VERDICTS; v++)
		if (count[v])
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%zu %s", len ? ", " : "",
						count[v], verdict_name(v));
	if (len)
		text_wrapf(f, width, "  - ", "    ",
			   "all %zu metrics, key or not: %s",
			   c->data->n_metrics, text);
}

static int by_effect(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;
	double dx = isnan(x->ratio) ? INFINITY : fabs(log(x->ratio));
	double dy = isnan(y->ratio) ? INFINITY : fabs(log(y->ratio));

	if (dx != dy)
		return dx < dy ? 1 : -1;
	return x->metric < y->metric ? -1 : x->metric > y->metric;
}

/*
 * An arm's rows of key metrics with that verdict, or with @small those that are
 * "same" and yet proven to differ, the largest effect first.  NULL: no memory.
 */
static const struct row **pick(const struct comparison *c, size_t arm,
			       enum verdict v, bool small, size_t *found)
{
	size_t i, n = c->data->n_arms;
	const struct row **rows = calloc(c->data->n_metrics + 1, sizeof(*rows));
	const struct row *r;

	*found = 0;
	for (i = 0; rows && i < c->data->n_metrics; i++) {
		r = &c->rows[i * n + arm];
		if (c->data->metrics[i].key && r->verdict == v &&
		    (!small || r->proven))
			rows[(*found)++] = r;
	}
	if (rows)
		qsort(rows, *found, sizeof(*rows), by_effect);
	return rows;
}

static int put_small(FILE *f, const struct comparison *c, size_t arm, int width,
		     const char *q, size_t cap)
{
	char words[VERDICT_TEXT];
	const struct metric *m;
	size_t found, i;
	const struct row **rows = pick(c, arm, VERDICT_SAME, true, &found);
	int ret = rows ? 0 : -ENOMEM;

	for (i = 0; i < found && (!cap || i < cap) && !ret; i++) {
		m = &c->data->metrics[rows[i]->metric];
		ret = text_wrapf(f, width, "    - ", "      ",
				 "%s%s%s of %s%s%s: %s", q, m->name, q, q,
				 c->data->specs[m->spec], q,
				 verdict_text(words, rows[i], m->unit));
	}
	if (!ret && cap && found > cap)
		fprintf(f, "    - and %zu more\n", found - cap);
	free(rows);
	return ret;
}

static int put_verdicts(FILE *f, const struct comparison *c, size_t arm,
			enum verdict v, int width, const char *q, size_t cap)
{
	size_t found, i;
	const struct row **rows = pick(c, arm, v, false, &found);
	char delta[TEXT_NUM];
	int ret = 0;

	if (!rows)
		return -ENOMEM;
	/* What does not differ is in the table; here it is a count. */
	if (found && v == VERDICT_SAME)
		fprintf(f, "  - same, within %s%% of the baseline: %zu\n",
			text_num(delta, c->delta * 100), found);
	else if (found && cap && v > VERDICT_SAME)
		fprintf(f, "  - %s: %zu\n", verdict_name(v), found);
	else if (found)
		fprintf(f, "  - %s:\n", verdict_name(v));
	if (v != VERDICT_SAME && (!cap || v < VERDICT_SAME))
		for (i = 0; i < found && (!cap || i < cap) && !ret; i++)
			ret = put_finding(f, c, rows[i], width, q);
	if (!ret && cap && found > cap && v < VERDICT_SAME)
		fprintf(f, "    - and %zu more\n", found - cap);
	free(rows);
	if (!ret && v == VERDICT_SAME)
		ret = put_small(f, c, arm, width, q, cap);
	return ret;
}

int part_findings(FILE *f, const struct comparison *c, int width,
		  const char *quote, size_t cap)
{
	const struct data *d = c->data;
	const struct arm *a;
	size_t arm, v;
	int ret = 0;

	for (arm = 0; arm < d->n_arms && !ret; arm++) {
		a = &d->arms[arm];
		if (a->base == arm || a->aa)
			continue;
		ret = text_wrapf(f, width, "- ", "  ",
				 "%s%s%s against %s%s%s, key metrics:", quote,
				 a->shown, quote, quote, d->arms[a->base].shown,
				 quote);
		for (v = VERDICT_BETTER; v < N_VERDICTS && !ret; v++)
			ret = put_verdicts(f, c, arm, v, width, quote, cap);
		if (!cap)
			put_counts(f, c, arm, width);
	}
	return ret;
}
