// SPDX-License-Identifier: GPL-2.0-only
/*
 * A case of report.html: its metrics, then what else is known of it.  See html.h.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "pages/html.h"
#include "pages/parts.h"

static void put_interval(FILE *f, const struct interval *i)
{
	char lo[TEXT_NUM], hi[TEXT_NUM];

	fputs("<td class=n>", f);
	if (!isnan(i->lo))
		fprintf(f, "%s .. %s", text_num(lo, i->lo),
			text_num(hi, i->hi));
	fputs("</td>", f);
}

static void put_row(struct html *h, const struct row *r)
{
	bool base = r->verdict == VERDICT_BASELINE;
	const struct metric *m = &h->d->metrics[r->metric];
	char num[TEXT_NUM], words[VERDICT_TEXT];

	fputs("<tr><th scope=row>", h->f);
	html_text(h->f, h->d->arms[r->arm].shown);
	fprintf(h->f, "</th><td class=n>%zu</td>", r->n);
	html_number(h->f, r->median, text_num(num, r->median));
	put_interval(h->f, &r->ci);
	html_number(h->f, r->ratio, base ? "" : text_pct(num, r->ratio));
	put_interval(h->f, &r->ratio_ci);
	html_number(h->f, r->diff, base ? "" : text_num(num, r->diff));
	html_number(h->f, r->p_adj, text_p(num, r->p_adj));
	fprintf(h->f, "<td><span class=%s>", html_class(r->verdict));
	html_text(h->f, verdict_text(words, r, m->unit));
	fputs("</span></td><td>", h->f);
	html_text(h->f, r->note);
	fputs("</td></tr>\n", h->f);
}

static void put_metric(struct html *h, size_t metric)
{
	const struct metric *m = &h->d->metrics[metric];
	size_t n = h->d->n_arms, i;

	fprintf(h->f, "<h4 id=m%zu><code>", metric);
	html_text(h->f, m->name);
	fputs("</code></h4>\n<p>", h->f);
	html_textf(h->f, "%s (%s, %s). Computed as %s.", m->desc, m->unit,
		   part_better(m->better), m->how);
	fputs("</p>\n", h->f);
	html_table_begin(h->f, m->name, true);
	fprintf(h->f,
		"<thead><tr><th scope=col>variant</th><th scope=col>n</th>"
		"<th scope=col>median</th><th scope=col>%.3g%% interval</th>"
		"<th scope=col>change</th><th scope=col>%.3g%% interval, ratio"
		"</th><th scope=col>difference</th>"
		"<th scope=col>p adjusted</th><th scope=col>verdict</th>"
		"<th scope=col>note</th></tr></thead><tbody>\n",
		compare_percent(h->c), compare_percent(h->c));
	for (i = 0; i < n; i++)
		put_row(h, &h->c->rows[metric * n + i]);
	fputs("</tbody>", h->f);
	html_table_end(h->f);
	if (m->key)
		html_seeds(h, metric);
}

static void put_metrics(struct html *h, size_t spec, bool key)
{
	size_t i, n = 0;

	for (i = 0; i < h->d->n_metrics; i++) {
		if (h->d->metrics[i].spec != spec ||
		    h->d->metrics[i].key != key)
			continue;
		if (!n++ && !key)
			fputs("<details><summary>All other metrics</summary>\n",
			      h->f);
		put_metric(h, i);
	}
	if (n && !key)
		fputs("</details>\n", h->f);
	if (!n && key)
		fputs("<p>No key metric was measured here.</p>\n", h->f);
}

/* What became of this case's cells, where that is not "measured". */
static void put_cells(struct html *h, size_t spec)
{
	static const char *const names[] = {
		[CELL_SKIP] = "skipped",
		[CELL_FAILED] = "FAILED",
		[CELL_ABSENT] = "absent",
		[CELL_DAMAGED] = "DAMAGED",
	};
	bool any = false;
	size_t i;

	for (i = 0; i < h->d->n_cells; i++) {
		const struct cell *c = &h->d->cells[i];

		if (c->spec != spec || c->status == CELL_OK)
			continue;
		fputs(any ? "" : "<ul>\n", h->f);
		any = true;
		fprintf(h->f,
			"<li><span class=open>%s</span>: ", names[c->status]);
		html_textf(h->f, "%s, seed %ld: %s", h->d->arms[c->arm].label,
			   c->seed, c->reason ? c->reason : "");
		fputs("</li>\n", h->f);
	}
	fputs(any ? "</ul>\n" : "", h->f);
}

static void put_cell_links(struct html *h, size_t spec)
{
	size_t arm, s;

	if (h->bare)
		return;
	fputs("<details><summary>Raw data: samples, counters and console of "
	      "each cell</summary>\n<ul>\n",
	      h->f);
	for (arm = 0; arm < h->d->n_arms; arm++) {
		const struct arm *a = &h->d->arms[arm];

		if (a->run != h->d->run)
			continue;
		fputs("<li>", h->f);
		html_textf(h->f, "%s, seed", a->label);
		for (s = 0; s < a->n_seeds; s++) {
			fputs(" <a href=\"cells/", h->f);
			html_path(h->f, a->variant->name);
			fputc('/', h->f);
			html_path(h->f, h->d->specs[spec]);
			fprintf(h->f, "/%ld/\">%ld</a>", a->seeds[s],
				a->seeds[s]);
		}
		fputs("</li>\n", h->f);
	}
	fputs("</ul></details>\n", h->f);
}

int html_case(struct html *h, size_t spec)
{
	size_t drawn;
	int ret = 0;

	fprintf(h->f, "<section class=case aria-labelledby=c%zu>\n<h3 id=c%zu>",
		spec, spec);
	html_text(h->f, h->d->specs[spec]);
	fputs("</h3>\n", h->f);
	put_cells(h, spec);
	put_metrics(h, spec, true);
	drawn = html_ecdf(h, spec);
	/* Of faults that is what scripts/plot.sh draws, too. */
	if (!drawn || strncmp(h->d->specs[spec], "fault-", 6))
		ret = html_picture(h, spec);
	if (!ret)
		ret = html_profile(h, spec);
	if (!ret)
		ret = html_hardware(h, spec);
	if (!ret)
		ret = html_counters(h, spec);
	put_metrics(h, spec, false);
	put_cell_links(h, spec);
	fputs("</section>\n", h->f);
	return ret;
}
