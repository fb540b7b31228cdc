// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several hosts, for a terminal and for programs.  See out.h.
 */
#include <math.h>
#include <string.h>

#include "pages/out.h"
#include "pages/part_hosts.h"
#include "pages/parts.h"
#include "pages/wrap.h"

#define NAME_MAX_SHOWN 30

/* Widths of the table's columns. */
struct columns {
	int name, effect, verdict;
};

static int wider(int width, const char *s)
{
	return (int)strlen(s) > width ? (int)strlen(s) : width;
}

static const char *row_effect(char buf[PART_EFFECT], const struct hosts *h,
			      const struct row *row)
{
	if (!row->n)
		return "-";
	return part_effect(buf, row, h->d.metrics[row->metric].unit);
}

static struct columns measure(const struct hosts *h)
{
	struct columns c = { 0 };
	char effect[PART_EFFECT];
	const struct row *row;
	size_t i;

	for (i = 0; i < h->c.n_rows; i++) {
		row = &h->c.rows[i];
		if (!part_hosts_shown(h, row))
			continue;
		c.name = wider(c.name, h->d.arms[row->arm].shown);
		c.effect = wider(c.effect, row_effect(effect, h, row));
		c.verdict = wider(c.verdict,
				  h->split[i] ? PART_SPLIT
					      : verdict_name(row->verdict));
	}
	if (c.name > NAME_MAX_SHOWN)
		c.name = NAME_MAX_SHOWN;
	return c;
}

static int put_row(FILE *f, const struct hosts *h, const struct columns *c,
		   const struct row *row)
{
	char effect[PART_EFFECT], verdict[VERDICT_TEXT], spread[PART_SPREAD];
	char p[TEXT_NUM];
	double value = isnan(row->p_adj) ? row->p : row->p_adj;
	int ret = 0;

	if ((int)strlen(h->d.arms[row->arm].shown) > c->name)
		fprintf(f, "  %s\n  %*s", h->d.arms[row->arm].shown, c->name,
			"");
	else
		fprintf(f, "  %-*s", c->name, h->d.arms[row->arm].shown);
	fprintf(f, " %*s  %-*s", c->effect, row_effect(effect, h, row),
		c->verdict, part_hosts_verdict(verdict, h, row));
	if (!isnan(value))
		fprintf(f, " p=%s", text_p(p, value));
	if (row->n)
		fprintf(f, " n=%zu+%zu", row->n, row->base_n);
	fputc('\n', f);
	part_hosts_spread(spread, h, row);
	if (*spread)
		ret = text_wrapf(f, OUT_TABLE_WIDTH, "    ", "      ", "%s",
				 spread);
	if (*row->note && !ret)
		ret = text_wrapf(f, OUT_TABLE_WIDTH, "    ", "      ", "%s",
				 row->note);
	return ret;
}

static int put_metric(FILE *f, const struct hosts *h, const struct columns *c,
		      size_t metric)
{
	const struct metric *m = &h->d.metrics[metric];
	size_t arm;
	int ret = text_wrapf(f, OUT_TABLE_WIDTH, "", "  ", "%s (%s, %s): %s",
			     m->name, m->unit, part_better(m->better), m->desc);

	for (arm = 0; arm < h->d.n_arms && !ret; arm++) {
		const struct row *row = &h->c.rows[metric * h->d.n_arms + arm];

		if (part_hosts_shown(h, row))
			ret = put_row(f, h, c, row);
	}
	return ret;
}

int out_hosts(FILE *f, const struct hosts *h)
{
	const struct columns c = measure(h);
	size_t i, k;
	int ret;

	for (i = 0; i < h->n; i++)
		fprintf(f, "%s%s", i ? ", " : "", h->host[i].name);
	fprintf(f, ": %s, mode %s\n", h->d.run->family, h->d.run->mode);
	ret = part_hosts_about(f, h, OUT_TABLE_WIDTH);
	for (i = 0; i < h->d.n_specs && !ret; i++) {
		fputc('\n', f);
		text_wrap(f, h->d.specs[i], OUT_TABLE_WIDTH - 3, "== ", "   ");
		for (k = 0; k < h->d.n_metrics && !ret; k++)
			if (h->d.metrics[k].spec == i && h->d.metrics[k].key)
				ret = put_metric(f, h, &c, k);
	}
	return ret ? ret : part_hosts_own(f, h, OUT_TABLE_WIDTH, "", "");
}

static void num(FILE *f, double v)
{
	char buf[TEXT_NUM];

	fprintf(f, "\t%s", text_num(buf, v));
}

static void num_p(FILE *f, double p)
{
	fputc('\t', f);
	if (isfinite(p))
		fprintf(f, "%.6g", p);
}

/* @row: one of all hosts ("*"), or the host's own. */
static void put_line(FILE *f, const struct hosts *h, const struct row *all,
		     const char *host, const struct row *row)
{
	const struct metric *m = &h->d.metrics[all->metric];
	bool split = row == all && h->split[all - h->c.rows];

	fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%zu\t%zu", h->d.specs[m->spec],
		m->name, m->unit, better_name(m->better),
		m->key ? MMVS_RANK_KEY : MMVS_RANK_ALL,
		h->d.arms[all->arm].label, host, row->n, row->base_n);
	num(f, row->median);
	num(f, row->base_median);
	num(f, row->ratio);
	num(f, row->ratio_ci.lo);
	num(f, row->ratio_ci.hi);
	num(f, row->diff);
	num(f, row->diff_ci.lo);
	num(f, row->diff_ci.hi);
	num_p(f, row->p);
	num_p(f, row->p_adj);
	fprintf(f, "\t%s\t%s\t%s\n",
		row->verdict == VERDICT_MISSING ? ""
		: row->proven			? "yes"
						: "no",
		split ? "split" : verdict_name(row->verdict), row->note);
}

void out_hosts_tsv(FILE *f, const struct hosts *h)
{
	const struct row *all, *own;
	size_t i, k;

	fputs("# mmvs-hosts 1\nspec\tmetric\tunit\tbetter\trank\tvariant\thost\t"
	      "n\tbase_n\tmedian\tbase_median\tratio\tratio_low\tratio_high\t"
	      "diff\tdiff_low\tdiff_high\tp\tp_adj\tproven\tverdict\tnote\n",
	      f);
	for (i = 0; i < h->c.n_rows; i++) {
		all = &h->c.rows[i];
		if (h->d.arms[all->arm].base == all->arm)
			continue;
		put_line(f, h, all, "*", all);
		for (k = 0; k < h->n; k++) {
			own = hosts_row(h, k, all);
			if (own)
				put_line(f, h, all, h->host[k].name, own);
		}
	}
}
