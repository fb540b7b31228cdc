// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a report's figures come from, and what is missing in them.  See html.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/html.h"
#include "pages/parts.h"

#define NO_WIDTH (1 << 24)

static void put_fact(FILE *f, const char *what, const char *text)
{
	fprintf(f, "<tr><th scope=row>%s</th><td>", what);
	html_text(f, *text ? text : "not recorded");
	fputs("</td></tr>\n", f);
}

static void put_number(FILE *f, const char *what, double v)
{
	char num[TEXT_NUM];

	put_fact(f, what, text_num(num, v));
}

static void put_facts(FILE *f, const struct run *r)
{
	char look[PART_LOOK];

	html_table_begin(f, "The run", false);
	fputs("<tbody>\n", f);
	put_fact(f, "run", r->name);
	put_fact(f, "date", r->date);
	put_fact(f, "family", r->family);
	put_fact(f, "mode", r->mode);
	put_fact(f, "accelerator that ran", r->accel);
	put_fact(f, "unit of the clock", part_unit(r));
	put_number(f, "seeds", (double)r->n_seeds);
	put_number(f, "seeds for A/A", (double)r->n_aa_seeds);
	if (*part_look(look, r))
		put_fact(f, "seeds were added", look + 2);
	put_fact(f, "kernel", r->kernel_version);
	put_fact(f, "kernel source", r->kernel_source);
	put_fact(f, "base commit", r->kernel_commit);
	put_fact(f, "toolchain", r->toolchain);
	put_fact(f, "QEMU", r->qemu);
	put_number(f, "VM CPUs", r->vm_cpus);
	put_fact(f, "VM memory", r->vm_memory);
	put_fact(f, "host CPU", r->host_cpu);
	put_number(f, "host cores", r->host_cores);
	put_number(f, "host memory, MiB", r->host_memory_mib);
	put_fact(f, "host system", r->host_os);
	put_fact(f, "host kernel", r->host_kernel);
	for (size_t i = 0; i < r->n_nodes; i++) {
		char what[80];

		snprintf(what, sizeof(what), "host node %s", r->nodes[i].name);
		put_fact(f, what, r->nodes[i].text);
	}
	put_fact(f, "initramfs sha256", r->initramfs_sha256);
	put_fact(f, "mmbench sha256", r->mmbench_sha256);
	put_fact(f, "mmvs", r->mmvs_commit);
	put_fact(f, "uncommitted changes", r->mmvs_dirty ? "yes" : "no");
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_term(FILE *f, const char *what, const char *text)
{
	if (!*text)
		return;
	fprintf(f, "<li>%s: ", what);
	html_text(f, text);
	fputs("</li>\n", f);
}

static int put_variant(FILE *f, const struct run *run, size_t i)
{
	const struct variant *v = &run->variants[i];
	char *text;
	size_t k;

	fputs("<h3>", f);
	html_textf(f, "%s%s%s", v->name, conform_mark(v),
		   i == run->baseline ? " (recorded baseline)" : "");
	fputs("</h3>\n<ul>\n", f);
	put_term(f, "title", v->title);
	put_term(f, "mechanism", v->mechanism);
	put_term(f, "expected", v->expect);
	put_term(f, "kernel", v->kernel_version);
	put_term(f, "commit", v->commit);
	put_term(f, "image sha256", v->image_sha256);
	put_term(f, "config sha256", v->config_sha256);
	for (k = 0; k < v->n_patches; k++)
		put_term(f, "patch", v->patches[k]);
	text = conform_text(v);
	if (!text)
		return -ENOMEM;
	put_term(f, "conformance", text);
	free(text);
	fputs("</ul>\n", f);
	return 0;
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
