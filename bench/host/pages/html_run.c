// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a report's figures come from, and what is missing in them.  See html.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/facts.h"
#include "pages/html.h"
#include "pages/parts.h"

#define NO_WIDTH (1 << 24)

static void put_row(FILE *f, const char *what, const char *text)
{
	fprintf(f, "<tr><th scope=row>%s</th><td>", what);
	html_text(f, text);
	fputs("</td></tr>\n", f);
}

static void put_facts(FILE *f, const struct run *run)
{
	html_table_begin(f, "The run", false);
	fputs("<tbody>\n", f);
	facts_run(f, run, put_row);
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_item(FILE *f, const char *what, const char *text)
{
	fprintf(f, "<li>%s: ", what);
	html_text(f, text);
	fputs("</li>\n", f);
}

static int put_variant(FILE *f, const struct run *run, size_t i)
{
	const struct variant *v = &run->variants[i];
	int ret;

	fputs("<h3>", f);
	html_textf(f, "%s%s%s", v->name, conform_mark(v),
		   i == run->baseline ? " (recorded baseline)" : "");
	fputs("</h3>\n<ul>\n", f);
	ret = facts_variant(f, run, i, put_item);
	fputs("</ul>\n", f);
	return ret;
}

/* One of the texts that the mail has, too. */
enum part {
	PART_NOISE,
	PART_CELLS,
	PART_LIMITS,
	PART_KERNELS
};

static int put_part(struct html *h, enum part part)
{
	char *text = NULL;
	size_t size;
	FILE *mem = open_memstream(&text, &size);
	int ret = -ENOMEM;

	if (!mem)
		return ret;
	switch (part) {
	case PART_NOISE:
		ret = part_noise(mem, h->c, NO_WIDTH, "");
		break;
	case PART_CELLS:
		ret = part_cells(mem, h->d, NO_WIDTH, "");
		break;
	case PART_LIMITS:
		ret = part_limits(mem, h->c, NO_WIDTH);
		break;
	case PART_KERNELS:
		ret = part_kernels(mem, h->d->run, NO_WIDTH, "");
		break;
	}
	fclose(mem);
	if (!ret)
		html_lines(h->f, text);
	free(text);
	return ret;
}

static void put_options(FILE *f, const struct run *run)
{
	size_t i, k;

	if (!run->n_options)
		return;
	fputs("<h3>Options that differ</h3>\n", f);
	html_table_begin(f, "Configuration options that differ", true);
	fputs("<thead><tr><th scope=col>option</th>", f);
	for (k = 0; k < run->n_variants; k++) {
		fputs("<th scope=col>", f);
		html_text(f, run->variants[k].name);
		fputs("</th>", f);
	}
	fputs("</tr></thead><tbody>\n", f);
	for (i = 0; i < run->n_options; i++) {
		fputs("<tr><th scope=row>", f);
		html_text(f, run->options[i].name);
		fputs("</th>", f);
		for (k = 0; k < run->n_variants; k++) {
			fputs("<td>", f);
			html_text(f, run->options[i].values[k]);
			fputs("</td>", f);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_files(struct html *h)
{
	static const char *const files[] = {
		"report.md", "mail.txt",   "mail-full.txt",
		"run.json",  "values.tsv", "compare.tsv",
	};
	size_t i;

	fputs("<h2 id=raw>Raw data</h2>\n<ul>\n", h->f);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		fprintf(h->f, "<li><a href=\"%s\">%s</a></li>\n", files[i],
			files[i]);
	if (!h->bare)
		fputs("<li><a href=\"ecdf.tsv\">ecdf.tsv</a></li>\n<li><a "
		      "href=\"cells/\">cells/</a>: samples, counters, console "
		      "of each boot</li>\n",
		      h->f);
	fputs("</ul>\n", h->f);
}

int html_run(struct html *h)
{
	const struct run *run = h->d->run;
	size_t i;
	int ret;

	fputs("<h2 id=noise>A/A: the baseline against itself</h2>\n", h->f);
	ret = put_part(h, PART_NOISE);
	fputs("<h2 id=cells>Cells that failed or were skipped</h2>\n", h->f);
	if (!ret)
		ret = put_part(h, PART_CELLS);
	fputs("<h2 id=limits>Limits</h2>\n", h->f);
	if (!ret)
		ret = put_part(h, PART_LIMITS);
	fputs("<h2 id=provenance>Provenance</h2>\n", h->f);
	if (!ret && (run_kernels_differ(run) || run->n_options))
		ret = put_part(h, PART_KERNELS);
	put_facts(h->f, run);
	fputs("<h3>How to reproduce</h3>\n<pre><code>", h->f);
	html_text(h->f, *run->command ? run->command : "(not recorded)");
	fputs("</code></pre>\n", h->f);
	for (i = 0; i < run->n_variants && !ret; i++)
		ret = put_variant(h->f, run, i);
	put_options(h->f, run);
	put_files(h);
	return ret;
}
