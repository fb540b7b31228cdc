// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats for programs: compare.tsv and values.tsv.  See out.h.
 */
#include <math.h>

#include "pages/out.h"

/* A line of compare.tsv: the names of the columns, or what stands in them. */
struct line {
	FILE *f;
	bool names, begun;
};

static void text(struct line *l, const char *name, const char *value)
{
	if (l->begun)
		fputc('\t', l->f);
	l->begun = true;
	fputs(l->names ? name : value, l->f);
}

static void num(struct line *l, const char *name, double v)
{
	char buf[TEXT_NUM];

	text(l, name, text_num(buf, v));
}

/* num() would do, were p not small: exponents are fine here. */
static void num_p(struct line *l, const char *name, double p)
{
	char buf[TEXT_NUM] = "";

	if (isfinite(p))
		snprintf(buf, sizeof(buf), "%.6g", p);
	text(l, name, buf);
}

static const char *proven(const struct row *r)
{
	if (r->verdict == VERDICT_BASELINE || r->verdict == VERDICT_MISSING)
		return "";
	return r->proven ? "yes" : "no";
}

/* @r: NULL for the names. */
static void put_line(FILE *f, const struct comparison *c, const struct row *r)
{
	static const struct metric no_metric = { .name = "" };
	static const struct row no_row;
	struct line l = { .f = f, .names = !r };
	const struct metric *m = r ? &c->data->metrics[r->metric] : &no_metric;

	r = r ? r : &no_row;
	text(&l, "spec", c->data->specs[m->spec]);
	text(&l, "metric", m->name);
	text(&l, "unit", m->unit);
	text(&l, "better", better_name(m->better));
	text(&l, "rank", m->key ? MMVS_RANK_KEY : MMVS_RANK_ALL);
	text(&l, "variant", c->data->arms[r->arm].label);
	num(&l, "n", (double)r->n);
	num(&l, "median", r->median);
	num(&l, "ci_low", r->ci.lo);
	num(&l, "ci_high", r->ci.hi);
	num(&l, "base_median", r->base_median);
	num(&l, "ratio", r->ratio);
	num(&l, "ratio_low", r->ratio_ci.lo);
	num(&l, "ratio_high", r->ratio_ci.hi);
	num(&l, "diff", r->diff);
	num_p(&l, "p", r->p);
	num_p(&l, "p_adj", r->p_adj);
	text(&l, "proven", proven(r));
	text(&l, "verdict", verdict_name(r->verdict));
	text(&l, "note", r->note);
	fputc('\n', f);
}

void out_tsv(FILE *f, const struct comparison *c)
{
	size_t i;

	fputs("# " MMVS_COMPARE_MAGIC "\n", f);
	put_line(f, c, NULL);
	for (i = 0; i < c->n_rows; i++)
		put_line(f, c, &c->rows[i]);
}

void out_open(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	size_t i;

	for (i = 0; i < c->n_rows; i++) {
		const struct row *r = &c->rows[i];
		const struct metric *m = &d->metrics[r->metric];

		if (m->key && !d->arms[r->arm].aa &&
		    r->verdict == VERDICT_NOT_PROVEN)
			fprintf(f, "%s\t%s\t%s\n", d->specs[m->spec], m->name,
				d->arms[r->arm].label);
	}
}

void out_values(FILE *f, const struct data *d)
{
	const struct metric *m;
	const struct arm *a;
	size_t i, k, s;

	fputs("# mmvs-values 1\nspec\tmetric\tvariant\tseed\tvalue\n", f);
	for (i = 0; i < d->n_metrics; i++) {
		m = &d->metrics[i];
		for (k = 0; k < d->n_arms; k++) {
			a = &d->arms[k];
			for (s = 0; s < a->n_seeds; s++) {
				if (!isfinite(m->value[a->offset + s]))
					continue;
				fprintf(f, "%s\t%s\t%s\t%ld\t%.15g\n",
					d->specs[m->spec], m->name, a->label,
					a->seeds[s], m->value[a->offset + s]);
			}
		}
	}
}
