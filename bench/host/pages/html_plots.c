// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drawings of report.html: values by seed, distributions.  See html.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/html.h"

#define WIDTH 720
#define LEFT 190 /* room for names */
#define RIGHT 14
#define STEP 18 /* from row to row */
#define POINTS 200 /* of a distribution, at most */
#define SERIES 8 /* colours */
#define HEIGHT 260

static double at(double v, double lo, double hi)
{
	double x = hi > lo ? (v - lo) / (hi - lo) : 0.5;

	return LEFT + x * (WIDTH - LEFT - RIGHT);
}

/* A name cut so that it fits in front of its row. */
static void put_name(FILE *f, double y, const char *name)
{
	char cut[40];

	snprintf(cut, sizeof(cut), "%.24s%s", name,
		 strlen(name) > 24 ? "..." : "");
	fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=end>", LEFT - 8,
		y + 4);
	html_text(f, cut);
	fputs("</text>", f);
}

static void put_ends(FILE *f, double y, double lo, double hi, const char *unit)
{
	char num[TEXT_NUM];

	fprintf(f, "<text x=\"%d\" y=\"%.1f\">%s</text>", LEFT, y,
		text_num(num, lo));
	fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=end>%s ",
		WIDTH - RIGHT, y, text_num(num, hi));
	html_text(f, unit);
	fputs("</text>", f);
}

void html_seeds(struct html *h, size_t metric)
{
	const struct metric *m = &h->d->metrics[metric];
	double lo = INFINITY, hi = -INFINITY, y = STEP, v;
	size_t i, arm;

	for (i = 0; i < h->d->n_values; i++)
		if (isfinite(m->value[i])) {
			lo = fmin(lo, m->value[i]);
			hi = fmax(hi, m->value[i]);
		}
	if (!(hi > lo))
		return; /* one value, which the table has */
	fputs("<figure tabindex=0><svg class=plot role=img aria-label=\"",
	      h->f);
	html_textf(h->f, "%s: a point for each seed, a row for each variant",
		   m->name);
	fprintf(h->f, "\" viewBox=\"0 0 %d %zu\">", WIDTH,
		(h->d->n_arms + 2) * STEP);
	for (arm = 0; arm < h->d->n_arms; arm++, y += STEP) {
		const struct arm *a = &h->d->arms[arm];

		put_name(h->f, y, a->shown);
		fprintf(h->f, "<path class=grid d=\"M%d %.1fH%d\"/>", LEFT, y,
			WIDTH - RIGHT);
		for (i = 0; i < a->n_seeds; i++) {
			v = m->value[a->offset + i];
			if (isfinite(v))
				fprintf(h->f,
					"<circle class=\"s%zu\" cx=\"%.1f\" "
					"cy=\"%.1f\" r=\"4\" "
					"fill-opacity=\".6\"/>",
					arm % SERIES, at(v, lo, hi), y);
		}
	}
	put_ends(h->f, y + 4, lo, hi, m->unit);
	fputs("</svg><figcaption>", h->f);
	html_textf(h->f, "%s by seed", m->name);
	fputs("</figcaption></figure>\n", h->f);
}

/* Rows first..last of ecdf.tsv are one variant's. */
static void put_curve(struct html *h, size_t first, size_t last, double lo,
		      double hi, size_t series)
{
	size_t n = last - first, step = n > POINTS ? n / POINTS : 1, i;
	double x, fraction = 0, value;

	fprintf(h->f, "<path class=\"ln s%zu\"%s d=\"M%d %d", series % SERIES,
		series >= SERIES ? " stroke-dasharray=\"5 3\"" : "", LEFT,
		HEIGHT);
	for (i = first; i < last; i += step) {
		if (i + step >= last)
			i = last - 1;
		value = strtod(table_field(&h->ecdf, i, 3), NULL);
		if (!isfinite(value) || value < 0)
			continue;
		x = at(log1p(value), lo, hi);
		fprintf(h->f, "H%.1f", x);
		fraction = strtod(table_field(&h->ecdf, i, 4), NULL);
		if (isfinite(fraction) && fraction >= 0 && fraction <= 1)
			fprintf(h->f, "V%.1f", HEIGHT - 230 * fraction);
	}
	fputs("\"/>", h->f);
}

static size_t run_of(const struct table *t, size_t row, size_t columns)
{
	size_t i, k;

	for (i = row; i < table_rows(t); i++)
		for (k = 0; k < columns; k++)
			if (strcmp(table_field(t, i, k),
				   table_field(t, row, k)))
				return i;
	return i;
}

static void put_grid(FILE *f)
{
	int i;

	for (i = 0; i <= 4; i++) {
		double y = HEIGHT - 230 * i / 4.0;

		fprintf(f,
			"<path class=grid d=\"M%d %.1fH%d\"/><text x=\"%d\" "
			"y=\"%.1f\" text-anchor=end>%d%%</text>",
			LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4, 25 * i);
	}
}

/* Is this row of that column? */
static bool is_column(const struct table *t, size_t row, const char *column)
{
	return !strcmp(table_field(t, row, 1), column);
}

static void put_legend(struct html *h, size_t row, size_t series)
{
	double y = HEIGHT + 30 + STEP * (double)(series + 1);

	if (series >= h->d->n_arms)
		return;
	fprintf(h->f, "<path class=\"ln s%zu\"%s d=\"M%d %.1fh30\"/>",
		series % SERIES,
		series >= SERIES ? " stroke-dasharray=\"5 3\"" : "", LEFT,
		y - 4);
	fprintf(h->f, "<text x=\"%d\" y=\"%.1f\">", LEFT + 38, y);
	html_text(h->f, table_field(&h->ecdf, row, 2));
	fputs("</text>", h->f);
}

/* Rows first..last, those of the column: a curve for each variant, logarithmic. */
static size_t put_figure(struct html *h, size_t first, size_t last,
			 const char *column)
{
	const struct table *t = &h->ecdf;
	double lo = INFINITY, hi = 0, v;
	size_t i, next, series = 0;

	for (i = first; i < last; i++) {
		v = strtod(table_field(t, i, 3), NULL);
		if (is_column(t, i, column) && isfinite(v) && v >= 0) {
			lo = fmin(lo, log1p(v));
			hi = fmax(hi, log1p(v));
		}
	}
	if (!(hi > lo))
		return 0;
	fputs("<figure tabindex=0><svg class=plot role=img aria-label=\"",
	      h->f);
	html_textf(h->f, "Distribution of %s, a curve for each variant",
		   column);
	fprintf(h->f, "\" viewBox=\"0 0 %d %zu\">", WIDTH,
		(size_t)HEIGHT + 30 + STEP * (h->d->n_arms + 1));
	put_grid(h->f);
	put_ends(h->f, HEIGHT + 18, expm1(lo), expm1(hi), "(log)");
	for (i = first; i < last; i = next) {
		next = run_of(t, i, 3);
		if (!is_column(t, i, column))
			continue;
		put_curve(h, i, next < last ? next : last, lo, hi, series);
		put_legend(h, i, series++);
	}
	fputs("</svg><figcaption>", h->f);
	html_textf(h->f,
		   "Distribution of %s: the share of samples at or below a "
		   "value, all seeds together (for the eye; no verdict is made "
		   "of it)",
		   column);
	fputs("</figcaption></figure>\n", h->f);
	return 1;
}

size_t html_ecdf(struct html *h, size_t spec)
{
	const struct table *t = &h->ecdf;
	size_t first, last, i, k, drawn = 0;

	if (t->n_columns != 5)
		return 0;
	for (first = 0; first < table_rows(t); first = last) {
		last = run_of(t, first, 1);
		if (strcmp(table_field(t, first, 0), h->d->specs[spec]))
			continue;
		/* Each column once: the variants take turns with all of theirs. */
		for (i = first; i < last; i = run_of(t, i, 3)) {
			for (k = first; k < i; k = run_of(t, k, 3))
				if (is_column(t, k, table_field(t, i, 1)))
					break;
			if (k >= i)
				drawn += put_figure(h, first, last,
						    table_field(t, i, 1));
		}
	}
	return drawn;
}
