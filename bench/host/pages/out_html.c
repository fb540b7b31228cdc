// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.html: one page that needs nothing else.  See out.h and html.h.
 */
#include <errno.h>
#include <string.h>

#include "load/conform.h"
#include "pages/html.h"
#include "pages/out.h"
#include "pages/parts.h"

static void put_head(struct html *h, const char *name)
{
	fputs("<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\""
	      "default-src 'none'; base-uri 'none'; form-action 'none'; "
	      "img-src data:; style-src 'unsafe-inline'; script-src "
	      "'sha256-" HTML_SCRIPT_SHA256 "'\">\n"
	      "<meta name=viewport content=\"width=device-width, "
	      "initial-scale=1\">\n<title>",
	      h->f);
	html_textf(h->f, "mmvs report: %s", name);
	fprintf(h->f,
		"</title>\n<style>%s</style>\n</head>\n<body>\n<a class=skip "
		"href=\"#main\">Skip to the decision</a>\n<header>\n<h1>",
		html_style);
	html_textf(h->f, "mmvs report: %s", name);
	fputs("</h1>\n", h->f);
}

static void put_summary(struct html *h)
{
	const struct run *run = h->d->run;
	size_t i;

	fputs("<p>", h->f);
	html_textf(h->f,
		   "%s: Linux %s, %zu seed%s a variant, mode %s, 1 %s = %s, %s",
		   run->family, run->kernel_version, run->n_seeds,
		   run->n_seeds == 1 ? "" : "s", run->mode, run->unit,
		   run->unit[0] == 'i' ? "one guest instruction"
				       : "one nanosecond",
		   run->date);
	fputs(".</p>\n<ul>\n", h->f);
	for (i = 0; i < run->n_variants; i++) {
		const struct variant *v = &run->variants[i];

		fputs("<li><b>", h->f);
		html_textf(h->f, "%s%s", v->name, conform_mark(v));
		fputs("</b>", h->f);
		html_textf(h->f, "%s%s%s",
			   i == run->baseline ? " (recorded baseline)" : "",
			   *v->title ? ": " : "", v->title);
		fputs("</li>\n", h->f);
	}
	fputs("</ul>\n", h->f);
	for (i = 0; i < run->n_variants; i++)
		if (*conform_mark(&run->variants[i])) {
			fputs("<p class=dim>! behind a name: fails "
			      "conformance.</p>\n",
			      h->f);
			break;
		}
	if (run_kernels_differ(run))
		fputs("<p class=note><b>Different kernels are compared</b>: a "
		      "difference is of everything that changed from one to "
		      "the other, not of one patch (<a "
		      "href=\"#provenance\">which</a>).</p>\n",
		      h->f);
}

static void put_nav(struct html *h)
{
	static const char *const to[][2] = {
		{ "decision", "Decision" },
		{ "forest", "Forest plot" },
		{ "conformance", "Conformance" },
		{ "static", "Static cost" },
		{ "cases", "Cases" },
		{ "noise", "Noise" },
		{ "cells", "Failed and skipped" },
		{ "limits", "Limits" },
		{ "provenance", "Provenance" },
		{ "raw", "Raw data" },
	};
	size_t i;

	fputs("<nav aria-label=Sections><ul>\n", h->f);
	for (i = 0; i < sizeof(to) / sizeof(*to); i++)
		fprintf(h->f, "<li><a href=\"#%s\">%s</a></li>\n", to[i][0],
			to[i][1]);
	fputs("</ul></nav>\n</header>\n<main id=main>\n", h->f);
}

static int put_cases(struct html *h)
{
	size_t i;
	int ret = 0;

	fputs("<h2 id=cases>Cases</h2>\n<details><summary>All cases"
	      "</summary><ul>\n",
	      h->f);
	for (i = 0; i < h->d->n_specs; i++) {
		fprintf(h->f, "<li><a href=\"#c%zu\">", i);
		html_text(h->f, h->d->specs[i]);
		fputs("</a></li>\n", h->f);
	}
	fputs("</ul></details>\n", h->f);
	for (i = 0; i < h->d->n_specs && !ret; i++)
		ret = html_case(h, i);
	return ret;
}

static int put_body(struct html *h)
{
	int ret;

	fputs("<h2 id=decision>Decision</h2>\n", h->f);
	ret = html_decision(h);
	if (!ret)
		ret = html_run_pictures(h);
	fputs("<h2 id=forest>Forest plot</h2>\n", h->f);
	html_forest(h);
	fputs("<h2 id=conformance>Conformance</h2>\n", h->f);
	if (!ret)
		ret = html_matrix(h);
	fputs("<h2 id=static>Static cost</h2>\n", h->f);
	if (!ret)
		ret = html_static(h);
	if (!ret)
		ret = put_cases(h);
	return ret ? ret : html_run(h);
}

int out_html(FILE *f, const struct decision *decision, bool bare,
	     struct err *err)
{
	const struct data *d = decision->c->data;
	struct html h = {
		.f = f,
		.decision = decision,
		.c = decision->c,
		.d = d,
		.bare = bare,
	};
	int ret;

	ret = table_load(d->run->dir, "ecdf.tsv", &h.ecdf, NULL);
	put_head(&h, *d->run->name ? d->run->name : d->run->dir);
	put_summary(&h);
	put_nav(&h);
	if (!ret)
		ret = put_body(&h);
	fprintf(f, "</main>\n<script>%s</script>\n</body>\n</html>\n",
		html_script);
	table_free(&h.ecdf);
	return ret ? err_set(err, ret, "report.html: %s", strerror(-ret)) : 0;
}
