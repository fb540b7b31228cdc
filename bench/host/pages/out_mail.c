// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text under the --- of a patch mail, short and whole.  See out.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/decision.h"
#include "pages/out.h"
#include "pages/parts.h"
#include "pages/wrap.h"

#define W OUT_MAIL_WIDTH
#define MAIL_FEW 4 /* variants whose conformance is spelt out */
#define MAIL_TITLES 12 /* more variants than that go by their names alone */
#define MAIL_FINDINGS 8 /* of a verdict, over all variants: 80 lines */

static const char *or_unknown(const char *s)
{
	return *s ? s : "not recorded";
}

/* "conformance: ..."; takes text over, NULL: there was no memory for it. */
static int put_conformance(FILE *f, char *text)
{
	int ret = text ? text_wrapf(f, W, "  ", "    ", "conformance: %s", text)
		       : -ENOMEM;

	free(text);
	return ret;
}

static int put_variants(FILE *f, const struct run *run)
{
	bool judged = conform_judged(run);
	const struct variant *v;
	size_t i;
	int ret = 0;

	for (i = 0; i < run->n_variants && !ret; i++) {
		v = &run->variants[i];
		ret = text_wrapf(f, W, "- ", "  ", "%s%s%s%s%s", v->name,
				 conform_mark(v),
				 i == run->baseline ? " (recorded baseline)"
						    : "",
				 *v->title ? ": " : "", v->title);
		if (!ret && *v->mechanism)
			ret = text_wrapf(f, W, "  ", "  ", "%s", v->mechanism);
		if (!ret && judged)
			ret = put_conformance(f, conform_text(v));
	}
	if (!ret && !judged)
		ret = put_conformance(f, conform_hint(run));
	return ret;
}

static int put_builds(FILE *f, const struct run *run)
{
	const struct variant *v;
	bool other;
	size_t i;
	int ret;

	ret = text_wrapf(f, W, "", "  ", "Kernel: %s, base commit %s",
			 or_unknown(run->kernel_version),
			 or_unknown(run->kernel_commit));
	for (i = 0; i < run->n_variants && !ret; i++) {
		v = &run->variants[i];
		other = *v->kernel_version &&
			strcmp(v->kernel_version, run->kernel_version);
		ret = text_wrapf(f, W, "- ", "  ",
				 "%s: %s%s%scommit %s, config sha256 "
				 "%.12s%s",
				 v->name, other ? "Linux " : "",
				 other ? v->kernel_version : "",
				 other ? ", " : "", or_unknown(v->commit),
				 or_unknown(v->config_sha256),
				 strlen(v->config_sha256) > 12 ? "..." : "");
	}
	if (!ret)
		ret = text_wrapf(f, W, "", "  ", "Toolchain: %s",
				 or_unknown(run->toolchain));
	return ret;
}

static int put_machine(FILE *f, const struct run *run)
{
	char cores[TEXT_NUM], mem[TEXT_NUM], cpus[TEXT_NUM];
	int ret = 0;

	if (*run->qemu)
		ret = text_wrapf(f, W, "", "  ",
				 "VM: QEMU %s, accelerator %s, mode %s, "
				 "CPUs: %s, memory: %s",
				 run->qemu, or_unknown(run->accel),
				 or_unknown(run->mode),
				 or_unknown(text_num(cpus, run->vm_cpus)),
				 or_unknown(run->vm_memory));
	else
		ret = text_wrapf(f, W, "", "  ",
				 "No VM: mode %s, on the host itself",
				 or_unknown(run->mode));
	if (!ret)
		ret = text_wrapf(
			f, W, "", "  ",
			"Host: %s, cores: %s, MiB: %s, %s, kernel %s",
			or_unknown(run->host_cpu),
			or_unknown(text_num(cores, run->host_cores)),
			or_unknown(text_num(mem, run->host_memory_mib)),
			or_unknown(run->host_os), or_unknown(run->host_kernel));
	if (!ret)
		ret = text_wrapf(f, W, "", "  ", "Unit of the clock: %s = %s",
				 run->unit, part_unit(run));
	return ret;
}

static int put_reproduce(FILE *f, const struct run *run)
{
	char *ascii =
		text_ascii(*run->command ? run->command : "# not recorded");

	if (!ascii)
		return -ENOMEM;
	text_wrap_command(f, ascii, W);
	free(ascii);
	return text_wrapf(f, W, "  # ", "  # ", "mmvs %s%s",
			  or_unknown(run->mmvs_commit),
			  run->mmvs_dirty ? ", with uncommitted changes" : "");
}

static int put_about(FILE *f, const struct run *run)
{
	int ret;

	ret = text_wrapf(f, W, "", "  ", "mmvs: %s, run %s of %s",
			 or_unknown(run->family), or_unknown(run->name),
			 or_unknown(run->date));
	if (!ret && (run_kernels_differ(run) || run->n_options)) {
		fputc('\n', f);
		ret = part_kernels(f, run, W, "");
	}
	fputs("\nCompared:\n", f);
	if (!ret)
		ret = put_variants(f, run);
	fputc('\n', f);
	if (!ret)
		ret = put_builds(f, run);
	if (!ret)
		ret = put_machine(f, run);
	fputs("To reproduce:\n", f);
	if (!ret)
		ret = put_reproduce(f, run);
	return ret;
}

int out_mail_full(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	int ret;

	ret = put_about(f, d->run);
	if (!ret && d->other) {
		fputs("\nSecond run (B):\n", f);
		ret = put_about(f, d->other);
	}
	fputs("\nResults, key metrics:\n", f);
	if (!ret)
		ret = text_wrapf(
			f, W, "", "",
			"median over seeds +- its interval, change "
			"against the baseline, verdict, p by maxT over "
			"%zu tests, times %zu variants (A/A: "
			"one rank test)",
			c->tests, c->variants);
	fputc('\n', f);
	if (!ret)
		ret = part_blocks(f, c, W, true);
	fprintf(f, "\nFindings (change [%.3g%% interval]):\n",
		compare_percent(c));
	if (!ret)
		ret = part_findings(f, c, W, "", 0);
	fputs("\nNoise:\n", f);
	if (!ret)
		ret = part_noise(f, c, W, "");
	fputs("\nCells:\n", f);
	if (!ret)
		ret = part_cells(f, d, W, "");
	fputs("\nLimits:\n", f);
	if (!ret)
		ret = part_limits(f, c, W);
	return ret;
}

/* "A = " before the variants that the table compares with the baseline. */
static const char *letter_of(const struct decision *d, const struct variant *v,
			     char buf[8])
{
	char letter[4];
	size_t i;

	*buf = '\0';
	for (i = 0; i < d->n && d->n_aspects; i++)
		if (d->c->data->arms[i].variant == v &&
		    i != d->c->data->baseline)
			snprintf(buf, 8,
				 "%s = ", decision_letter(d, i, letter));
	return buf;
}

/* Names and letters alone, one after the other. */
static int put_names(FILE *f, const struct run *run, const struct decision *d)
{
	char *text = NULL, letter[8];
	size_t len;
	FILE *names = open_memstream(&text, &len);
	int ret;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < run->n_variants; i++) {
		const struct variant *v = &run->variants[i];

		fprintf(names, "%s%s%s%s%s", i ? ", " : "",
			letter_of(d, v, letter), v->name, conform_mark(v),
			i == run->baseline ? " (baseline)" : "");
	}
	if (fclose(names))
		ret = -ENOMEM;
	else
		ret = text_wrapf(f, W, "- ", "  ", "%s", text);
	free(text);
	return ret;
}

/* A line or two a variant; the report has what each does. */
static int put_compared(FILE *f, const struct run *run,
			const struct decision *d)
{
	bool judged = conform_judged(run);
	bool few = run->n_variants <= MAIL_FEW || !d->n_aspects;
	bool many = run->n_variants > MAIL_TITLES;
	const struct variant *v;
	char letter[8];
	size_t i;
	int ret = many ? put_names(f, run, d) : 0;

	for (i = 0; i < run->n_variants && !ret && !many; i++) {
		v = &run->variants[i];
		ret = text_wrapf(f, W, "- ", "  ", "%s%s%s%s%s%s",
				 letter_of(d, v, letter), v->name,
				 conform_mark(v),
				 i == run->baseline ? " (baseline)" : "",
				 *v->title ? ": " : "", v->title);
		if (!ret && judged && few)
			ret = put_conformance(f, conform_text(v));
	}
	if (!ret && !judged)
		ret = put_conformance(f, conform_hint(run));
	else if (!ret && !few)
		ret = put_conformance(
			f, strdup("how many properties fail, the table says; "
				  "which, report.md"));
	return ret;
}

static int put_where(FILE *f, const struct run *run)
{
	char cpus[TEXT_NUM];
	int ret = 0;

	if (*run->qemu)
		ret = text_wrapf(
			f, W, "", "  ",
			"QEMU %s, mode %s, CPUs: %s, memory: %s; host "
			"%s; %s; config sha256 %.12s",
			run->qemu, or_unknown(run->mode),
			or_unknown(text_num(cpus, run->vm_cpus)),
			or_unknown(run->vm_memory), or_unknown(run->host_cpu),
			or_unknown(run->toolchain),
			or_unknown(run->variants[run->baseline].config_sha256));
	else
		ret = text_wrapf(f, W, "", "  ", "%s, kernel %s; %s",
				 or_unknown(run->host_cpu),
				 or_unknown(run->host_kernel),
				 or_unknown(run->toolchain));
	fputs("To reproduce:\n", f);
	return ret ? ret : put_reproduce(f, run);
}

/* What stands first: what was measured, in which unit, how often. */
static int put_head(FILE *f, const struct run *run)
{
	char look[PART_LOOK];
	int ret = text_wrapf(f, W, "", "  ",
			     "mmvs: %s, run %s of %.10s: Linux %s, %zu "
			     "seed%s a variant%s, 1 %s = %s",
			     or_unknown(run->family), or_unknown(run->name),
			     or_unknown(run->date),
			     or_unknown(run->kernel_version), run->n_seeds,
			     run->n_seeds == 1 ? "" : "s", part_look(look, run),
			     run->unit,
			     run->unit[0] == 'i' ? "one guest instruction"
						 : "one nanosecond");

	if (!ret && (run_kernels_differ(run) || run->n_options)) {
		fputc('\n', f);
		ret = part_kernels(f, run, W, "");
	}
	return ret;
}

int out_mail(FILE *f, const struct decision *decision)
{
	const struct comparison *c = decision->c;
	const struct data *d = c->data;
	size_t cap = c->variants ? MAIL_FINDINGS / c->variants : 0;
	int ret = put_head(f, d->run);

	fputs("\nCompared:\n", f);
	if (!ret)
		ret = put_compared(f, d->run, decision);
	if (!ret)
		ret = part_mark(f, d, W, "");
	if (!ret && d->other) {
		fputs("\nSecond run (B):\n", f);
		ret = put_head(f, d->other);
	}
	fprintf(f, "\nFindings (change [%.3g%% interval], adjusted for all):\n",
		compare_percent(c));
	if (!ret && decision->n_aspects)
		ret = decision_mail(f, decision, W);
	else if (!ret)
		ret = part_findings(f, c, W, "", cap > 1 ? cap : 2);
	fputs("\nNoise:\n", f);
	if (!ret)
		ret = part_noise(f, c, W, "");
	if (!ret && part_count(d, CELL_OK) < d->n_cells) {
		fputs("\nCells:\n", f);
		ret = text_wrapf(f, W, "", "",
				 "%zu of %zu were measured (report.md says why "
				 "not all).",
				 part_count(d, CELL_OK), d->n_cells);
	}
	fputs("\nLimits:\n", f);
	if (!ret)
		ret = part_limits(f, c, W);
	fputc('\n', f);
	return ret ? ret : put_where(f, d->run);
}
