// SPDX-License-Identifier: GPL-2.0-only
/*
 * A first look at a run that goes on: what moved.  See out.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pages/out.h"
#include "pages/wrap.h"

/* Has the variant moved by more than what does not matter? */
static bool moves(const struct comparison *c, const struct row *r)
{
	if (isfinite(r->ratio))
		return fabs(r->ratio - 1) >= c->delta;
	return isfinite(r->diff) && r->diff != 0;
}

static bool any_moves(const struct comparison *c, const struct row *rows)
{
	size_t i;

	for (i = 1; i < c->data->n_arms; i++)
		if (!c->data->arms[i].aa && moves(c, &rows[i]))
			return true;
	return false;
}

static void put_change(FILE *f, const char *label, const struct row *r,
		       const char *sep)
{
	char num[TEXT_NUM];

	if (isfinite(r->ratio))
		fprintf(f, "%s%s %s", sep, label, text_pct(num, r->ratio));
	else if (isfinite(r->diff))
		fprintf(f, "%s%s %s%s", sep, label, r->diff > 0 ? "+" : "",
			text_num(num, r->diff));
	else
		fprintf(f, "%s%s -", sep, label);
}

static int put_metric(FILE *f, const struct comparison *c,
		      const struct metric *m, const struct row *rows)
{
	const struct data *d = c->data;
	char num[TEXT_NUM], *text = NULL;
	const char *sep = ": ";
	size_t i, size;
	FILE *line = open_memstream(&text, &size);
	int ret;

	if (!line)
		return -ENOMEM;
	fprintf(line, "%s %s, %s %s", d->specs[m->spec], m->name,
		text_num(num, rows[0].median), m->unit);
	for (i = 1; i < d->n_arms; i++) {
		if (!d->arms[i].aa && !moves(c, &rows[i]))
			continue;
		put_change(line, d->arms[i].label, &rows[i], sep);
		sep = ", ";
	}
	ret = fclose(line) ? -ENOMEM : 0;
	if (!ret)
		text_wrap(f, text, OUT_TABLE_WIDTH, "  ", "      ");
	free(text);
	return ret;
}

int out_look(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	size_t i, still = 0;
	char num[TEXT_NUM];
	int ret = 0;

	for (i = 0; i < d->n_metrics && !ret; i++) {
		const struct row *rows = &c->rows[i * d->n_arms];

		if (!d->metrics[i].key)
			continue;
		if (any_moves(c, rows))
			ret = put_metric(f, c, &d->metrics[i], rows);
		else
			still++;
	}
	if (!ret)
		ret = text_wrapf(f, OUT_TABLE_WIDTH, "  ", "  ",
				 "%zu key metrics within %s%% of %s.", still,
				 text_num(num, c->delta * 100),
				 d->arms[0].label);
	return ret;
}
