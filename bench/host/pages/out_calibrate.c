// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a run sees of effects that were planted, as Markdown.  See out.h.
 */
#include <math.h>

#include "pages/out.h"
#include "pages/wrap.h"
#include "stats/calibrate.h"

static void put_found(FILE *f, const struct row *r)
{
	char num[TEXT_NUM];

	if (r->verdict == VERDICT_MISSING || !isfinite(r->diff)) {
		fputs(" - |", f);
		return;
	}
	fprintf(f, " %s%s%s |", r->diff > 0 ? "+" : "", text_num(num, r->diff),
		r->proven || verdict_differs(r->verdict) ? " found" : "");
}

static void put_metric(FILE *f, const struct comparison *c, size_t metric)
{
	const struct data *d = c->data;
	const struct metric *m = &d->metrics[metric];
	const struct row *rows = &c->rows[metric * d->n_arms];
	double visible = 0;
	char num[TEXT_NUM];

	fprintf(f, "| `%s`: %s, %s | %s |", d->specs[m->spec], m->name, m->unit,
		text_num(num, rows[d->baseline].median));
	for (size_t a = 0; a < d->n_arms; a++) {
		if (d->arms[a].aa && isfinite(rows[a].diff_ci.lo))
			visible = fmax(fabs(rows[a].diff_ci.lo),
				       fabs(rows[a].diff_ci.hi));
		if (a != d->baseline)
			put_found(f, &rows[a]);
	}
	fprintf(f, " %s |\n", text_num(num, visible));
}

int out_calibrate(FILE *f, const struct comparison *c, struct err *err)
{
	const struct data *d = c->data;
	struct calibration cal;
	size_t a, m;
	int ret;

	ret = calibrate(d, CALIBRATE_DRAWS, c->delta, c->alpha, &cal, err);
	if (ret)
		return ret;
	fputs("| metric | baseline |", f);
	for (a = 0; a < d->n_arms; a++)
		if (a != d->baseline)
			fprintf(f, " %s |", d->arms[a].label);
	fputs(" A/A interval |\n| --- | --: |", f);
	for (a = 0; a < d->n_arms; a++)
		fputs(" --: |", f);
	fputc('\n', f);
	for (m = 0; m < d->n_metrics; m++)
		if (d->metrics[m].key)
			put_metric(f, c, m);
	fprintf(f,
		"\nShift in the metric's unit; \"found\": proven at %g after "
		"adjustment. A/A interval: how far\nfrom 0 the interval of a "
		"comparison of the baseline with itself reaches.\n\n"
		"A/A, %s %zu deals of the baseline's %zu seeds to two sides, %zu "
		"key metrics each: %zu deals (%.1f %%)\nwith a false verdict, "
		"%zu false verdicts in %zu; nominal are %g %% of the deals.\n",
		c->alpha, cal.all ? "all" : "a choice of", cal.draws,
		2 * cal.seeds, cal.metrics, cal.alarmed,
		100.0 * cal.alarmed / cal.draws, cal.alarms,
		cal.draws * cal.metrics, 100 * c->alpha);
	return 0;
}
