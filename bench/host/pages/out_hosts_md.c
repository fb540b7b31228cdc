// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several hosts, as Markdown.  See out.h.
 */
#include <math.h>
#include <string.h>

#include "pages/md.h"
#include "pages/out.h"
#include "pages/part_hosts.h"
#include "pages/parts.h"
#include "pages/wrap.h"

/* Escaped, as it came from a file. */
static void cell(FILE *f, const char *text)
{
	fputc(' ', f);
	text_md(f, text);
	fputs(" |", f);
}

static void put_machines(FILE *f, const struct hosts *h)
{
	size_t i;

	fputs("| host | CPU | cores | kernel of the host | measured | mmvs |\n"
	      "| --- | --- | --: | --- | --- | --- |\n",
	      f);
	for (i = 0; i < h->n; i++) {
		const struct run *r = &h->host[i].run;
		char cores[TEXT_NUM], commit[16];

		text_num(cores, r->host_cores);
		snprintf(commit, sizeof(commit), "%.12s", r->mmvs_commit);
		fputc('|', f);
		cell(f, h->host[i].name);
		cell(f, r->host_cpu);
		cell(f, cores);
		cell(f, r->host_kernel);
		cell(f, r->date);
		cell(f, commit);
		fputc('\n', f);
	}
	fputc('\n', f);
}

/* "a +3.90% [+3.50%, +4.20%] worse, b ..." */
static void put_own(FILE *f, const struct hosts *h, const struct row *row)
{
	const char *unit = h->d.metrics[row->metric].unit;
	char effect[PART_EFFECT];
	size_t i, n = 0;

	for (i = 0; i < h->n; i++) {
		const struct row *own = hosts_row(h, i, row);

		if (!own || !own->n || !own->base_n)
			continue;
		fputs(n++ ? "; " : " ", f);
		text_md(f, h->host[i].name);
		fputc(' ', f);
		text_md(f, part_effect(effect, own, unit));
		fprintf(f, " %s", verdict_name(own->verdict));
	}
	fputs(" |", f);
}

static void put_row(FILE *f, const struct hosts *h, const struct row *row)
{
	const struct metric *m = &h->d.metrics[row->metric];
	char effect[PART_EFFECT] = "", verdict[VERDICT_TEXT], p[TEXT_NUM] = "";
	double value = isnan(row->p_adj) ? row->p : row->p_adj;

	if (row->n)
		part_effect(effect, row, m->unit);
	if (!isnan(value))
		text_p(p, value);
	fprintf(f, "| `%s` |", m->name);
	cell(f, h->d.arms[row->arm].shown);
	cell(f, effect);
	cell(f, p);
	cell(f, part_hosts_verdict(verdict, h, row));
	put_own(f, h, row);
	cell(f, row->note);
	fputc('\n', f);
}

static void put_spec(FILE *f, const struct hosts *h, size_t spec)
{
	size_t i, n = 0;

	for (i = 0; i < h->c.n_rows; i++) {
		const struct row *row = &h->c.rows[i];

		if (h->d.metrics[row->metric].spec != spec ||
		    !part_hosts_shown(h, row))
			continue;
		if (!n++)
			fprintf(f,
				"## `%s`\n\n"
				"| metric | variant | all hosts | p | verdict "
				"| each host | note |\n"
				"| --- | --- | --: | --: | --- | --- | --- "
				"|\n",
				h->d.specs[spec]);
		put_row(f, h, row);
	}
	if (n)
		fputc('\n', f);
}

int out_hosts_md(FILE *f, const struct hosts *h)
{
	size_t i;
	int ret;

	fprintf(f, "# %zu hosts: ", h->n);
	text_md(f, h->d.run->family);
	fputs(", mode ", f);
	text_md(f, h->d.run->mode);
	fputs("\n\n", f);
	put_machines(f, h);
	ret = part_hosts_about(f, h, MD_WIDTH);
	fputs("\nA verdict of all hosts speaks of these machines. Where one "
	      "host proves *better* and another *worse*, each within its own "
	      "run, there is none.\n\n",
	      f);
	for (i = 0; i < h->d.n_specs; i++)
		put_spec(f, h, i);
	return ret ? ret : part_hosts_own(f, h, MD_WIDTH, "## ", "`");
}
