// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.md: the comparison.  See out.h; md_about.c describes the runs.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "pages/decision.h"
#include "pages/md.h"
#include "pages/out.h"
#include "pages/parts.h"
#include "pages/wrap.h"

static void put_cell(FILE *f, const char *text)
{
	fprintf(f, " %s |", text);
}

static void put_interval(FILE *f, const struct interval *i)
{
	char lo[TEXT_NUM], hi[TEXT_NUM];

	if (isnan(i->lo))
		put_cell(f, "");
	else
		fprintf(f, " %s .. %s |", text_num(lo, i->lo),
			text_num(hi, i->hi));
}

static void put_verdict(FILE *f, const struct row *r, const char *unit)
{
	char words[VERDICT_TEXT];

	verdict_text(words, r, unit);
	if (verdict_differs(r->verdict))
		fprintf(f, " **%s** |", words);
	else
		put_cell(f, words);
}

static void put_row(FILE *f, const struct comparison *c, const struct row *r)
{
	const struct arm *a = &c->data->arms[r->arm];
	bool base = r->verdict == VERDICT_BASELINE;
	char num[TEXT_NUM];

	fprintf(f, "| `%s` | %zu |", a->shown, r->n);
	put_cell(f, text_num(num, r->median));
	put_interval(f, &r->ci);
	put_cell(f, base ? "" : text_pct(num, r->ratio));
	put_cell(f, base ? "" : text_num(num, r->ratio));
	put_interval(f, &r->ratio_ci);
	put_cell(f, base ? "" : text_num(num, r->diff));
	put_cell(f, text_p(num, r->p));
	put_cell(f, text_p(num, r->p_adj));
	put_verdict(f, r, c->data->metrics[r->metric].unit);
	fputc(' ', f);
	text_md(f, r->note);
	fputs(" |\n", f);
}

static void put_metric(FILE *f, const struct comparison *c, size_t metric)
{
	const struct metric *m = &c->data->metrics[metric];
	size_t n = c->data->n_arms, i;

	fprintf(f, "\n`%s` (%s, %s): ", m->name, m->unit,
		part_better(m->better));
	text_md(f, m->desc);
	fprintf(f,
		". Computed as `%s`.\n\n"
		"| variant | n | median | %.3g%% interval | change | ratio | "
		"%.3g%% interval | difference | p | p adjusted | verdict | note "
		"|\n"
		"| --- | --: | --: | --- | --: | --: | --- | --: | --: | --: "
		"| --- | --- |\n",
		m->how, compare_percent(c), compare_percent(c));
	for (i = 0; i < n; i++)
		put_row(f, c, &c->rows[metric * n + i]);
}

static void put_metrics(FILE *f, const struct comparison *c, bool key)
{
	const struct data *d = c->data;
	size_t spec, i, found, total = 0;

	for (spec = 0; spec < d->n_specs; spec++) {
		found = 0;
		for (i = 0; i < d->n_metrics; i++) {
			if (d->metrics[i].spec != spec ||
			    d->metrics[i].key != key)
				continue;
			if (!found++)
				fprintf(f, "\n### `%s`\n", d->specs[spec]);
			put_metric(f, c, i);
		}
		total += found;
	}
	if (!total)
		fputs("\nNone.\n", f);
}

static void put_how_to_read(FILE *f, const struct comparison *c)
{
	fprintf(f,
		"\nThe statistical sample is a seed: every cell (one boot) is "
		"reduced to one value a metric, then compared across seeds. "
		"Ratio and difference are Hodges and Lehmann's (the median of "
		"all quotients and differences between the seeds of two "
		"variants), with the interval of at least %.3g%% that inverts "
		"the exact rank test; a median's own interval lies between "
		"order statistics, and with less than 6 seeds is their "
		"range. p: an exact two-sided rank test, alone. p adjusted: "
		"Westfall and Young's step-down maxT, in which one "
		"permutation of the seeds goes over all key metrics of the "
		"run (and one over all others), times %zu "
		"variant%s; %zu key comparisons have variance; alpha %g. "
		"Two questions: is there a difference (proven, or exact where "
		"no side varies), and does it matter. *same*: the whole "
		"interval of the ratio lies within %g%% of 1; a proven "
		"difference within that is said behind it. *not proven* is an "
		"ordinary answer.\n",
		compare_percent(c), c->variants, c->variants == 1 ? "" : "s",
		c->tests, c->alpha, c->delta * 100);
}

/* A/A for all metrics; key ones are in part_noise() too. */
static void put_aa_table(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	char num[TEXT_NUM];
	const struct row *r;
	size_t i;

	if (!d->arms[d->n_arms - 1].aa || !d->n_metrics)
		return;
	fprintf(f,
		"\n| spec | metric | rank | A/A ratio | %.3g%% interval | half "
		"width | p | verdict |\n"
		"| --- | --- | --- | --: | --- | --: | --: | --- |\n",
		compare_percent(c));
	for (i = 0; i < d->n_metrics; i++) {
		r = &c->rows[i * d->n_arms + d->n_arms - 1];
		fprintf(f, "| `%s` | `%s` | %s |", d->specs[d->metrics[i].spec],
			d->metrics[i].name,
			d->metrics[i].key ? MMVS_RANK_KEY : MMVS_RANK_ALL);
		put_cell(f, text_num(num, r->ratio));
		put_interval(f, &r->ratio_ci);
		put_cell(f,
			 text_upct(num, (r->ratio_ci.hi - r->ratio_ci.lo) / 2));
		put_cell(f, text_p(num, r->p));
		put_verdict(f, r, d->metrics[i].unit);
		fputc('\n', f);
	}
}

int out_md(FILE *f, const struct decision *decision, struct err *err)
{
	const struct comparison *c = decision->c;
	int ret;

	ret = md_title(f, c->data);
	if (!ret)
		ret = decision_md(f, decision);
	if (!ret)
		ret = md_about(f, c->data);
	fprintf(f,
		"\n## Findings\n\nKey metrics; change with its %.3g%% interval.\n\n",
		compare_percent(c));
	if (!ret)
		ret = part_findings(f, c, MD_WIDTH, "`", 0);
	if (!ret)
		ret = part_mark(f, c->data, MD_WIDTH, "\n");
	if (!ret)
		ret = part_orders(f, c);
	fputs("\n## Key metrics\n", f);
	put_how_to_read(f, c);
	put_metrics(f, c, true);
	fputs("\n## A/A: the baseline against itself\n\n", f);
	if (!ret)
		ret = part_noise(f, c, MD_WIDTH, "`");
	put_aa_table(f, c);
	fputs("\n## Cells\n\n", f);
	if (!ret)
		ret = part_cells(f, c->data, MD_WIDTH, "`");
	fputs("\n## All other metrics\n", f);
	put_metrics(f, c, false);
	if (!ret)
		ret = md_plots(f, c->data->run);
	fputs("\n## Limits\n\n", f);
	if (!ret)
		ret = part_limits(f, c, MD_WIDTH);
	part_option_table(f, c->data->run);
	if (ret)
		err_set(err, ret, "report: %s", strerror(-ret));
	return ret;
}
