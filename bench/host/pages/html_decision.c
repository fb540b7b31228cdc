// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first sections of report.html: decision and forest plot.  See html.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/html.h"
#include "pages/parts.h"

#define MANY_VARIANTS 4 /* above this they are the rows */

/* What a cell is sorted by: the effect as a logarithm, or the count. */
static double sort_value(const struct html *h, size_t aspect, size_t arm)
{
	const struct decision *d = h->decision;
	const struct aspect *as = &d->aspects[aspect];
	const struct row *r;
	size_t better;

	if (as->kind == ASPECT_CONFORM)
		return decide_failures(d, arm);
	if (as->kind == ASPECT_STATIC)
		return h->d->arms[arm].variant->cost[as->cost];
	if (arm == h->d->baseline)
		return 0;
	r = decide_worst(d, aspect, arm, &better);
	return !r ? NAN : isnan(r->ratio) ? r->diff : log(r->ratio);
}

static void put_cell(struct html *h, size_t aspect, size_t arm)
{
	static const struct {
		char sign;
		const char *class;
	} classes[] = {
		{ '+', "better" }, { '-', "worse" }, { '~', "differs" },
		{ '?', "open" },   { '.', "open" },
	};
	const struct decision *d = h->decision;
	double sort = sort_value(h, aspect, arm);
	char cell[DECISION_CELL];
	const char *class = "same";
	size_t i;

	if (isnan(sort))
		fputs("<td data-v=\"\">", h->f);
	else
		fprintf(h->f, "<td data-v=\"%.9g\">", sort);
	html_text(h->f, decision_cell(d, aspect, arm, cell));
	if (arm != h->d->baseline) {
		for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
			if (decision_sign(d, aspect, arm) == classes[i].sign)
				class = classes[i].class;
		fprintf(h->f, " <span class=%s>%s</span>", class,
			decision_word(d, aspect, arm));
	}
	if (*decision_count(d, aspect, arm, cell))
		html_textf(h->f, ", %s", cell);
	fputs("</td>", h->f);
}

static void put_variant_head(struct html *h, size_t arm, const char *scope)
{
	fprintf(h->f, "<th scope=%s>", scope);
	html_text(h->f, h->d->arms[arm].shown);
	if (arm == h->d->baseline)
		fputs(" (baseline)", h->f);
	fputs("</th>", h->f);
}

static void put_table(struct html *h)
{
	const struct decision *d = h->decision;
	bool turned = d->n > MANY_VARIANTS;
	size_t rows = turned ? d->n : d->n_aspects;
	size_t columns = turned ? d->n_aspects : d->n, i, k;

	html_table_begin(h->f, "Decision table", true);
	fprintf(h->f, "<thead><tr><th scope=col>%s</th>",
		turned ? "variant" : "criterion");
	for (k = 0; k < columns; k++) {
		if (!turned) {
			put_variant_head(h, k, "col");
			continue;
		}
		fputs("<th scope=col>", h->f);
		html_text(h->f, d->aspects[k].name);
		fputs("</th>", h->f);
	}
	fputs("</tr></thead><tbody>\n", h->f);
	for (i = 0; i < rows; i++) {
		fputs("<tr>", h->f);
		if (turned) {
			put_variant_head(h, i, "row");
		} else {
			fputs("<th scope=row>", h->f);
			html_text(h->f, d->aspects[i].name);
			fputs("</th>", h->f);
		}
		for (k = 0; k < columns; k++)
			put_cell(h, turned ? k : i, turned ? i : k);
		fputs("</tr>\n", h->f);
	}
	fputs("</tbody>", h->f);
	html_table_end(h->f);
}

static void put_ref(struct html *h, size_t metric)
{
	const struct metric *m = &h->d->metrics[metric];

	fprintf(h->f, "<a href=\"#m%zu\"><code>", metric);
	html_textf(h->f, "%s of %s", m->name, h->d->specs[m->spec]);
	fputs("</code></a>", h->f);
}

static int put_says(struct html *h)
{
	struct says says;
	size_t i, k;
	int ret = says_make(h->decision, false, &says);

	fputs("<h3 id=says>What the data says</h3>\n<ul>\n", h->f);
	for (i = 0; i < says.n && !ret; i++) {
		fputs("<li>", h->f);
		html_text(h->f, says.all[i].text);
		if (says.all[i].n_metrics)
			fprintf(h->f,
				" <details><summary>%zu metric%s behind it"
				"</summary>",
				says.all[i].n_metrics,
				says.all[i].n_metrics == 1 ? "" : "s");
		for (k = 0; k < says.all[i].n_metrics; k++) {
			fputs(k ? ", " : "", h->f);
			put_ref(h, says.all[i].metrics[k]);
		}
		fputs(says.all[i].n_metrics ? "</details></li>\n" : "</li>\n",
		      h->f);
	}
	fputs("</ul>\n", h->f);
	says_free(&says);
	return ret;
}

static void put_key(struct html *h)
{
	const struct decision *d = h->decision;
	size_t i, k;

	fputs("<details><summary>Which metrics are behind each criterion"
	      "</summary>\n<ul>\n",
	      h->f);
	for (i = 0; i < d->n_aspects; i++) {
		if (d->aspects[i].kind != ASPECT_METRICS)
			continue;
		fputs("<li>", h->f);
		html_textf(h->f, "%s: ", d->aspects[i].name);
		for (k = 0; k < d->aspects[i].n_metrics; k++) {
			fputs(k ? ", " : "", h->f);
			put_ref(h, d->aspects[i].metrics[k]);
		}
		fputs("</li>\n", h->f);
	}
	fputs("</ul></details>\n", h->f);
}

int html_decision(struct html *h)
{
	char *text = NULL;
	size_t size;
	FILE *mem;
	int ret;

	if (h->decision->n_aspects) {
		put_table(h);
		fputs("<p class=dim>", h->f);
		html_text(h->f, decision_rules(h->decision));
		fputs("</p>\n", h->f);
		put_key(h);
		return put_says(h);
	}
	fputs("<p>No criteria are known for this run, so nothing is weighed "
	      "against anything; what differs:</p>\n",
	      h->f);
	mem = open_memstream(&text, &size);
	if (!mem)
		return -ENOMEM;
	ret = part_findings(mem, h->c, 1 << 24, "", 6);
	fclose(mem);
	if (!ret)
		html_lines(h->f, text);
	free(text);
	return ret;
}

/* The farthest bound of an interval among key metrics, at most a doubling. */
static double forest_range(const struct html *h)
{
	double range = log1p(2 * h->c->delta);
	size_t i;

	for (i = 0; i < h->c->n_rows; i++) {
		const struct row *r = &h->c->rows[i];

		if (!h->d->metrics[r->metric].key || isnan(r->ratio_ci.lo))
			continue;
		range = fmax(range, fabs(log(r->ratio_ci.lo)));
		range = fmax(range, fabs(log(r->ratio_ci.hi)));
	}
	return fmin(range, log(2));
}

static void forest_row(struct html *h, const struct row *r, double range)
{
	const struct metric *m = &h->d->metrics[r->metric];
	char effect[PART_EFFECT], label[PART_EFFECT + 40];

	part_effect(effect, r, m->unit);
	snprintf(label, sizeof(label), "%s, %s", effect,
		 verdict_name(r->verdict));
	fprintf(h->f, "<tr><th scope=row><a href=\"#m%zu\">", r->metric);
	html_textf(h->f, "%s", m->name);
	fputs("</a> <span class=dim>", h->f);
	html_text(h->f, h->d->specs[m->spec]);
	fputs("</span></th><td>", h->f);
	html_text(h->f, h->d->arms[r->arm].shown);
	fprintf(h->f, "</td><td data-v=\"%.9g\">",
		isnan(r->ratio) ? 0 : log(r->ratio));
	if (!isnan(r->ratio))
		html_effect(h->f, r, range, h->c->delta, label);
	fputs("</td>", h->f);
	html_number(h->f, r->ratio, effect);
	fprintf(h->f, "<td><span class=%s>%s</span></td></tr>\n",
		html_class(r->verdict), verdict_name(r->verdict));
}

void html_forest(struct html *h)
{
	double range = forest_range(h);
	size_t i;

	fprintf(h->f,
		"<p>Every key metric: the change against the baseline as a "
		"point, its %.3g%% interval as a line, on a logarithmic scale "
		"from %.3g to %.3g times; grey: within %g%%. A triangle is "
		"beyond the scale. To the right is more, which for some "
		"metrics is better: the verdict says.</p>\n",
		compare_percent(h->c), exp(-range), exp(range),
		h->c->delta * 100);
	html_table_begin(h->f, "Forest plot of the key metrics", true);
	fprintf(h->f,
		"<thead><tr><th scope=col>metric and case</th><th scope=col>"
		"variant</th><th scope=col>change</th><th scope=col>change "
		"[%.3g%% interval]</th><th scope=col>verdict</th></tr></thead>"
		"<tbody>\n",
		compare_percent(h->c));
	for (i = 0; i < h->c->n_rows; i++) {
		const struct row *r = &h->c->rows[i];
		const struct arm *a = &h->d->arms[r->arm];

		if (h->d->metrics[r->metric].key && !a->aa &&
		    a->base != r->arm && r->verdict != VERDICT_MISSING)
			forest_row(h, r, range);
	}
	fputs("</tbody>", h->f);
	html_table_end(h->f);
}
