// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats for programs: compare.tsv and values.tsv.  See out.h.
 */
#include <math.h>

#include "pages/out.h"

static void put_num(FILE *f, double v)
{
	char buf[TEXT_NUM];

	fprintf(f, "%s\t", text_num(buf, v));
}

static void put_p(FILE *f, double p)
{
	/* text_num() would do, were p not small: exponents are fine here. */
	if (isfinite(p))
		fprintf(f, "%.6g", p);
	fputc('\t', f);
}

static void put_row(FILE *f, const struct comparison *c, const struct row *r)
{
	const struct metric *m = &c->data->metrics[r->metric];

	fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\t%zu\t", c->data->specs[m->spec],
		m->name, m->unit, better_name(m->better),
		m->key ? MMVS_RANK_KEY : MMVS_RANK_ALL,
		c->data->arms[r->arm].label, r->n);
	put_num(f, r->median);
	put_num(f, r->ci.lo);
	put_num(f, r->ci.hi);
	put_num(f, r->base_median);
	put_num(f, r->ratio);
	put_num(f, r->ratio_ci.lo);
	put_num(f, r->ratio_ci.hi);
	put_num(f, r->diff);
	put_p(f, r->p);
	put_p(f, r->p_adj);
	fprintf(f, "%s\t%s\t%s\n",
		r->verdict == VERDICT_BASELINE || r->verdict == VERDICT_MISSING
			? ""
		: r->proven ? "yes"
			    : "no",
		verdict_name(r->verdict), r->note);
}

void out_tsv(FILE *f, const struct comparison *c)
{
	size_t i;

	fputs("# " MMVS_COMPARE_MAGIC "\n"
	      "spec\tmetric\tunit\tbetter\trank\tvariant\tn\tmedian\tci_low\t"
	      "ci_high\tbase_median\tratio\tratio_low\tratio_high\tdiff\tp\t"
	      "p_adj\tproven\tverdict\tnote\n",
	      f);
	for (i = 0; i < c->n_rows; i++)
		put_row(f, c, &c->rows[i]);
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
