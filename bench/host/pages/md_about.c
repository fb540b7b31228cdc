// SPDX-License-Identifier: GPL-2.0-only
/*
 * What report.md says about the run.  See md.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/facts.h"
#include "pages/md.h"
#include "pages/parts.h"
#include "pages/wrap.h"

static void put_row(FILE *f, const char *what, const char *text)
{
	fprintf(f, "| %s | ", what);
	text_md(f, text);
	fputs(" |\n", f);
}

static void put_line(FILE *f, const char *what, const char *text)
{
	fprintf(f, "- %s: ", what);
	text_md(f, text);
	fputc('\n', f);
}

static int put_hint(FILE *f, const struct run *run)
{
	char *text = conform_hint(run);

	if (!text)
		return -ENOMEM;
	fputc('\n', f);
	put_line(f, "conformance", text);
	free(text);
	return 0;
}

static int put_variant(FILE *f, const struct run *run, size_t i)
{
	const struct variant *v = &run->variants[i];

	fprintf(f, "\n### `%s%s`%s\n\n", v->name, conform_mark(v),
		i == run->baseline ? " (recorded baseline)" : "");
	return facts_variant(f, run, i, put_line);
}

/* An indented block is the one form of code that no text can end. */
static int put_command(FILE *f, const struct run *run)
{
	char *ascii = text_ascii(run->command);

	if (!ascii)
		return -ENOMEM;
	fputs("\n## How to reproduce\n\n", f);
	fprintf(f, "    %s\n",
		*ascii ? ascii : "(the command was not recorded)");
	free(ascii);
	return 0;
}

static int about_run(FILE *f, const struct run *run)
{
	size_t i;
	int ret = 0;

	fputs("\n| | |\n| --- | --- |\n", f);
	facts_run(f, run, put_row);
	fputs("\n## Variants\n", f);
	if (!conform_judged(run))
		ret = put_hint(f, run);
	for (i = 0; i < run->n_variants && !ret; i++)
		ret = put_variant(f, run, i);
	return ret ? ret : put_command(f, run);
}

static int put_kernels(FILE *f, const struct run *run)
{
	if (!run_kernels_differ(run) && !run->n_options)
		return 0;
	fputc('\n', f);
	return part_kernels(f, run, MD_WIDTH, "`");
}

int md_title(FILE *f, const struct data *d)
{
	fputs("# mmvs report: ", f);
	text_md(f, *d->run->name ? d->run->name : d->run->dir);
	if (d->other) {
		fputs(" (A) and ", f);
		text_md(f, *d->other->name ? d->other->name : d->other->dir);
		fputs(" (B)", f);
	}
	fputc('\n', f);
	return put_kernels(f, d->run);
}

int md_about(FILE *f, const struct data *d)
{
	int ret;

	fputs("\n## Run\n", f);
	ret = about_run(f, d->run);
	if (!ret && d->other) {
		fputs("\n## Second run (B)\n", f);
		ret = put_kernels(f, d->other);
	}
	if (!ret && d->other)
		ret = about_run(f, d->other);
	return ret;
}

static int is_plot(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return name_ok(e->d_name, NAME_FILE) && len > 4 &&
	       !strcmp(e->d_name + len - 4, ".svg");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* In a link, brackets are escaped the way of addresses. */
static void put_link(FILE *f, const char *name)
{
	const char *p;

	fputs("\n![", f);
	text_md(f, name);
	fputs("](plots/", f);
	for (p = name; *p; p++) {
		if (*p == '[' || *p == ']')
			fprintf(f, "%%%02X", (unsigned int)*p);
		else
			fputc(*p, f);
	}
	fputs(")\n", f);
}

int md_plots(FILE *f, const struct run *run)
{
	struct dirent **list = NULL;
	char *path;
	int n, i;

	if (asprintf(&path, "%s/plots", run->dir) < 0)
		return -ENOMEM;
	n = scandir(path, &list, is_plot, by_name);
	free(path);
	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	if (n > 0)
		fputs("\n## Plots\n", f);
	for (i = 0; i < n; i++) {
		put_link(f, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return 0;
}
