// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table of report.md and of the mail.  See decision.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/decision.h"
#include "pages/parts.h"
#include "pages/wrap.h"

static enum relation to_baseline(const struct decision *d, size_t aspect,
				 size_t arm)
{
	return decide_relation(d, aspect, arm, d->c->data->baseline, NULL);
}

/* Of several metrics it is that of the one which is shown. */
static enum verdict shown_verdict(const struct decision *d, size_t aspect,
				  size_t arm)
{
	static const enum verdict of[] = {
		[RELATION_SAME] = VERDICT_SAME,
		[RELATION_BETTER] = VERDICT_BETTER,
		[RELATION_WORSE] = VERDICT_WORSE,
		[RELATION_MIXED] = VERDICT_DIFFERENT,
		[RELATION_OPEN] = VERDICT_NOT_PROVEN,
		[RELATION_UNKNOWN] = VERDICT_MISSING,
	};
	const struct row *r;
	size_t better;

	if (d->aspects[aspect].kind != ASPECT_METRICS)
		return of[to_baseline(d, aspect, arm)];
	r = decide_worst(d, aspect, arm, &better);
	return r ? r->verdict : VERDICT_MISSING;
}

const char *decision_word(const struct decision *d, size_t aspect, size_t arm)
{
	enum verdict v = shown_verdict(d, aspect, arm);

	if (arm == d->c->data->baseline)
		return verdict_name(VERDICT_BASELINE);
	if (v == VERDICT_DIFFERENT)
		return "both ways";
	return v == VERDICT_MISSING ? "not comparable" : verdict_name(v);
}

char decision_sign(const struct decision *d, size_t aspect, size_t arm)
{
	static const char signs[] = {
		[VERDICT_BASELINE] = ' ', [VERDICT_BETTER] = '+',
		[VERDICT_WORSE] = '-',	  [VERDICT_DIFFERENT] = '~',
		[VERDICT_SAME] = '=',	  [VERDICT_NOT_PROVEN] = '?',
		[VERDICT_MISSING] = '.',
	};

	return signs[shown_verdict(d, aspect, arm)];
}

static void baseline_cell(const struct decision *d, const struct aspect *as,
			  char buf[DECISION_CELL])
{
	const struct data *data = d->c->data;
	const struct row *r;
	char num[TEXT_NUM];

	if (as->n_metrics != 1) {
		*buf = '\0';
		return;
	}
	r = &d->c->rows[as->metrics[0] * data->n_arms + data->baseline];
	snprintf(buf, DECISION_CELL, "%s %s", text_num(num, r->median),
		 data->metrics[as->metrics[0]].unit);
}

const char *decision_cell(const struct decision *d, size_t aspect, size_t arm,
			  char buf[DECISION_CELL])
{
	const struct aspect *as = &d->aspects[aspect];
	const struct data *data = d->c->data;
	const struct row *r;
	char num[TEXT_NUM];
	double v;
	size_t better;

	if (as->kind != ASPECT_METRICS) {
		v = as->kind == ASPECT_CONFORM
			    ? decide_failures(d, arm)
			    : data->arms[arm].variant->cost[as->cost];
		text_num(num, v);
		snprintf(buf, DECISION_CELL, "%s%s", *num ? num : "unknown",
			 !*num			      ? ""
			 : as->kind == ASPECT_CONFORM ? " fail"
						      : "");
		return buf;
	}
	if (arm == data->baseline) {
		baseline_cell(d, as, buf);
		return buf;
	}
	r = decide_worst(d, aspect, arm, &better);
	if (!r)
		return strcpy(buf, "not measured");
	part_effect(buf, r, data->metrics[r->metric].unit);
	return buf;
}

const char *decision_count(const struct decision *d, size_t aspect, size_t arm,
			   char buf[DECISION_CELL])
{
	const struct aspect *as = &d->aspects[aspect];
	const struct row *r;
	size_t better;

	*buf = '\0';
	if (as->kind != ASPECT_METRICS || arm == d->c->data->baseline)
		return buf;
	r = decide_worst(d, aspect, arm, &better);
	if (r && r->verdict != VERDICT_BETTER && better)
		snprintf(buf, DECISION_CELL, "%zu of %zu better", better,
			 as->n_metrics);
	else if (r && to_baseline(d, aspect, arm) == RELATION_UNKNOWN)
		snprintf(buf, DECISION_CELL, "not all measured");
	return buf;
}

static void md_cell(FILE *f, const struct decision *d, size_t aspect,
		    size_t arm)
{
	char cell[DECISION_CELL];
	const char *word = decision_word(d, aspect, arm);

	fprintf(f, " %s", decision_cell(d, aspect, arm, cell));
	if (arm != d->c->data->baseline)
		fprintf(f, strcmp(word, "same") ? " **%s**" : " %s", word);
	if (*decision_count(d, aspect, arm, cell))
		fprintf(f, ", %s", cell);
	fputs(" |", f);
}

/* A line for each metric behind the criteria. */
static void md_metrics(FILE *f, const struct decision *d, size_t aspect)
{
	const struct data *data = d->c->data;
	const struct aspect *as = &d->aspects[aspect];
	char cell[DECISION_CELL], num[TEXT_NUM];
	const struct metric *m;
	const struct row *r;
	size_t i, arm;

	for (i = 0; i < as->n_metrics; i++) {
		m = &data->metrics[as->metrics[i]];
		fprintf(f, "| %s | `%s` | `%s` |", as->name,
			data->specs[m->spec], m->name);
		for (arm = 0; arm < d->n; arm++) {
			r = &d->c->rows[as->metrics[i] * data->n_arms + arm];
			if (arm == data->baseline)
				fprintf(f, " %s %s |", text_num(num, r->median),
					m->unit);
			else if (r->verdict == VERDICT_MISSING)
				fputs(" missing |", f);
			else
				fprintf(f, " %s %s |",
					part_effect(cell, r, m->unit),
					verdict_name(r->verdict));
		}
		fputc('\n', f);
	}
}

static void md_heads(FILE *f, const struct decision *d, const char *first,
		     int columns)
{
	size_t i;

	fprintf(f, "%s", first);
	for (i = 0; i < d->n; i++)
		fprintf(f, " `%s`%s |", d->c->data->arms[i].shown,
			i == d->c->data->baseline ? " (baseline)" : "");
	fputs("\n|", f);
	for (i = 0; i < d->n + (size_t)columns; i++)
		fputs(" --- |", f);
	fputc('\n', f);
}

static int md_says(FILE *f, const struct decision *d)
{
	struct says says;
	size_t i;
	int ret = says_make(d, false, &says);

	fputs("\n### What the data says\n\n", f);
	for (i = 0; i < says.n && !ret; i++) {
		fputs("- ", f);
		text_md(f, says.all[i].text);
		fputc('\n', f);
	}
	says_free(&says);
	return ret;
}

int decision_md(FILE *f, const struct decision *d)
{
	size_t i, arm;
	int ret;

	if (!d->n_aspects)
		return 0;
	fputs("\n## Decision\n\n", f);
	md_heads(f, d, "| criterion |", 1);
	for (i = 0; i < d->n_aspects; i++) {
		fprintf(f, "| %s |", d->aspects[i].name);
		for (arm = 0; arm < d->n; arm++)
			md_cell(f, d, i, arm);
		fputc('\n', f);
	}
	fprintf(f, "\n%s\n", decision_rules(d));
	ret = md_says(f, d);
	fputs("\n### What the criteria stand on\n\n", f);
	md_heads(f, d, "| criterion | spec | metric |", 3);
	for (i = 0; i < d->n_aspects; i++)
		md_metrics(f, d, i);
	return ret;
}

const char *decision_rules(const struct decision *d)
{
	static char text[700];

	snprintf(
		text, sizeof(text),
		"Change against the baseline with its %.3g%% interval, and the "
		"verdict; a criterion of several key metrics shows the worst. "
		"A variant dominates another where it is better by a "
		"criterion and worse by none: the difference is proven, or "
		"exact, and its interval reaches beyond %g%%; between two "
		"that are no baseline it is adjusted for %zu such pair%s. A "
		"difference that is not proven dominates nothing; nobody "
		"dominates what he cannot be compared with.",
		compare_percent(d->c), d->c->delta * 100, d->pairs,
		d->pairs == 1 ? "" : "s");
	return text;
}
