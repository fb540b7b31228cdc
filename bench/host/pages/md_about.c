// SPDX-License-Identifier: GPL-2.0-only
/*
 * What report.md says about the run.  See md.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/md.h"
#include "pages/parts.h"
#include "pages/wrap.h"

static void put_fact(FILE *f, const char *what, const char *text)
{
	fprintf(f, "| %s | ", what);
	text_md(f, *text ? text : "not recorded");
	fputs(" |\n", f);
}

static void put_number(FILE *f, const char *what, double v, const char *unit)
{
	char num[TEXT_NUM];

	if (*text_num(num, v))
		fprintf(f, "| %s | %s%s |\n", what, num, unit);
}

static void put_run(FILE *f, const struct run *r)
{
	char look[PART_LOOK];

	fputs("\n| | |\n| --- | --- |\n", f);
	put_fact(f, "run", r->name);
	put_fact(f, "date", r->date);
	put_fact(f, "family", r->family);
	put_fact(f, "mode", r->mode);
	put_fact(f, "accelerator that ran", r->accel);
	fprintf(f, "| unit of the clock | %s = %s |\n", r->unit, part_unit(r));
	fprintf(f, "| seeds | %zu, and %zu for A/A%s |\n", r->n_seeds,
		r->n_aa_seeds, part_look(look, r));
	put_fact(f, "kernel", r->kernel_version);
	put_fact(f, "kernel source", r->kernel_source);
	put_fact(f, "base commit", r->kernel_commit);
	put_fact(f, "toolchain", r->toolchain);
	put_fact(f, "QEMU", r->qemu);
	put_number(f, "VM CPUs", r->vm_cpus, "");
	put_fact(f, "VM memory", r->vm_memory);
	put_fact(f, "host CPU", r->host_cpu);
	put_number(f, "host cores", r->host_cores, "");
	put_number(f, "host memory", r->host_memory_mib, " MiB");
	put_fact(f, "host system", r->host_os);
	put_fact(f, "host kernel", r->host_kernel);
	for (size_t i = 0; i < r->n_nodes; i++) {
		char what[80];

		snprintf(what, sizeof(what), "host node %s", r->nodes[i].name);
		put_fact(f, what, r->nodes[i].text);
	}
	put_fact(f, "initramfs sha256", r->initramfs_sha256);
	put_fact(f, "mmbench sha256", r->mmbench_sha256);
	fputs("| mmvs | ", f);
	text_md(f, *r->mmvs_commit ? r->mmvs_commit : "not recorded");
	fputs(r->mmvs_dirty ? ", with uncommitted changes |\n" : " |\n", f);
}

static void put_line(FILE *f, const char *what, const char *text)
{
	if (!*text)
		return;
	fprintf(f, "- %s: ", what);
	text_md(f, text);
	fputc('\n', f);
}

/* Takes text over, NULL: there was no memory for it. */
static int put_conformance(FILE *f, char *text)
{
	if (!text)
		return -ENOMEM;
	put_line(f, "conformance", text);
	free(text);
	return 0;
}

static int put_variant(FILE *f, const struct run *run, size_t i)
{
	const struct variant *v = &run->variants[i];
	size_t k;

	fprintf(f, "\n### `%s%s`%s\n\n", v->name, conform_mark(v),
		i == run->baseline ? " (recorded baseline)" : "");
	put_line(f, "title", v->title);
	put_line(f, "mechanism", v->mechanism);
	put_line(f, "expected", v->expect);
	if (strcmp(v->kernel_version, run->kernel_version))
		put_line(f, "kernel", v->kernel_version);
	if (strcmp(v->kernel_source, run->kernel_source))
		put_line(f, "kernel source", v->kernel_source);
	put_line(f, "commit", *v->commit ? v->commit : "not recorded");
	put_line(f, "image sha256", v->image_sha256);
	put_line(f, "config sha256", v->config_sha256);
	for (k = 0; k < v->n_patches; k++)
		put_line(f, "patch", v->patches[k]);
	return conform_judged(run) ? put_conformance(f, conform_text(v)) : 0;
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

	put_run(f, run);
	fputs("\n## Variants\n", f);
	if (!conform_judged(run)) {
		fputc('\n', f);
		ret = ret ? ret : put_conformance(f, conform_hint(run));
	}
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
