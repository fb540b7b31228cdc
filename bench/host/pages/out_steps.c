// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each patch of a series costs, as Markdown.  See out.h.
 */
#include <math.h>
#include <string.h>

#include "pages/out.h"
#include "pages/wrap.h"

/* The last arm of the chain, A/A left out. */
static size_t last_arm(const struct data *d)
{
	size_t n = d->n_arms;

	while (n > 1 && d->arms[n - 1].aa)
		n--;
	return n - 1;
}

/* Does the median change from the arm before to this one? */
static bool moves(const struct row *r)
{
	return isfinite(r->diff) && r->diff != 0;
}

/*
 * The first patch that moves the metric, 0 if none does: the first that is proven
 * to, else, with too few seeds for a test, the first whose median changes.
 */
static size_t first_to_move(const struct row *rows, size_t last)
{
	size_t i;

	for (i = 1; i <= last; i++)
		if (verdict_differs(rows[i].verdict) || rows[i].proven)
			return i;
	for (i = 1; i <= last; i++)
		if (moves(&rows[i]) && isnan(rows[i].p))
			return i;
	return 0;
}

static void put_step(FILE *f, const struct row *r)
{
	char num[TEXT_NUM];
	const char *mark = verdict_differs(r->verdict) ? "**" : "";

	if (!isfinite(r->diff))
		fputs(" - |", f);
	else
		fprintf(f, " %s%s%s%s |", mark, r->diff > 0 ? "+" : "",
			text_num(num, r->diff), mark);
}

static void put_metric(FILE *f, const struct comparison *c, size_t metric,
		       size_t last)
{
	const struct data *d = c->data;
	const struct metric *m = &d->metrics[metric];
	const struct row *rows = &c->rows[metric * d->n_arms];
	size_t i, first = first_to_move(rows, last);
	char num[TEXT_NUM];

	fprintf(f, "| `%s` `%s` | %s |", d->specs[m->spec], m->name,
		text_num(num, rows[0].median));
	for (i = 1; i <= last; i++)
		put_step(f, &rows[i]);
	fprintf(f, " %s |", text_num(num, rows[last].median));
	if (first)
		fprintf(f, " %zu |\n", first);
	else
		fputs(" none |\n", f);
}

static bool any_moves(const struct comparison *c, size_t metric, size_t last)
{
	const struct row *rows = &c->rows[metric * c->data->n_arms];
	size_t i;

	for (i = 1; i <= last; i++)
		if (moves(&rows[i]) || !isfinite(rows[i].median))
			return true;
	return false;
}

static void put_titles(FILE *f, const struct data *d, size_t last)
{
	size_t i;

	for (i = 1; i <= last; i++) {
		fprintf(f, "%zu. ", i);
		text_md(f, d->arms[i].variant->title);
		fputc('\n', f);
	}
}

void out_steps(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	size_t last = last_arm(d), i, still = 0;

	fputs("## What each patch costs\n\nKey metrics, median over seeds: "
	      "before the first patch, the change that each patch makes (bold: "
	      "its verdict against the patch before is that they differ), "
	      "after the last.\n\n",
	      f);
	put_titles(f, d, last);
	fputs("\n| metric | before |", f);
	for (i = 1; i <= last; i++)
		fprintf(f, " %zu |", i);
	fputs(" after | moved first by |\n| --- | --: |", f);
	for (i = 1; i <= last; i++)
		fputs(" --: |", f);
	fputs(" --: | --: |\n", f);
	for (i = 0; i < d->n_metrics; i++) {
		if (!d->metrics[i].key)
			continue;
		if (any_moves(c, i, last))
			put_metric(f, c, i, last);
		else
			still++;
	}
	fprintf(f, "\nKey metrics that no patch changes at all: %zu.\n", still);
}
