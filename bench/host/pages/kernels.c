// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernels are compared, where that is more than a stack of patches, and
 * the options in which they differ.  See parts.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pages/parts.h"
#include "pages/wrap.h"

/* Both know the option and have it set differently; else some lack it. */
static bool is_set_apart(const struct run *run, const struct config_option *o)
{
	const char *known = NULL;
	size_t i;

	for (i = 0; i < run->n_variants; i++) {
		if (!strcmp(o->values[i], OPTION_ABSENT))
			continue;
		if (known && strcmp(known, o->values[i]))
			return true;
		known = o->values[i];
	}
	return false;
}

/* "A 6.12.117, B 7.3.4"; NULL: out of memory. */
static char *versions(const struct run *run, const char *q)
{
	const struct variant *v;
	char *text = NULL;
	size_t size, i;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	for (i = 0; i < run->n_variants; i++) {
		v = &run->variants[i];
		fprintf(f, "%s%s%s%s is Linux %s (%.12s)", i ? ", " : "", q,
			v->name, q,
			*v->kernel_version ? v->kernel_version : "?",
			*v->base_commit ? v->base_commit : v->commit);
	}
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* "CONFIG_A (y, n)", by variant, of those that are set apart. */
static char *set_apart(const struct run *run, size_t *apart)
{
	char *text = NULL;
	size_t size, i, k;
	FILE *f;

	*apart = 0;
	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	for (i = 0; i < run->n_options; i++) {
		const struct config_option *o = &run->options[i];

		if (!is_set_apart(run, o))
			continue;
		fprintf(f, "%s%s (", (*apart)++ ? ", " : "", o->name);
		for (k = 0; k < run->n_variants; k++)
			fprintf(f, "%s%s", k ? "/" : "", o->values[k]);
		fputc(')', f);
	}
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static int put_options(FILE *f, const struct run *run, int width)
{
	char *text;
	size_t apart;
	int ret;

	text = set_apart(run, &apart);
	if (!text)
		return -ENOMEM;
	ret = text_wrapf(f, width, "", "",
			 "Configuration: %zu options differ, %zu of them "
			 "because not every kernel has them%s%s.",
			 run->n_options, run->n_options - apart,
			 apart ? "; set differently, in the order of the "
				 "variants: "
			       : "",
			 text);
	free(text);
	return ret;
}

int part_kernels(FILE *f, const struct run *run, int width, const char *quote)
{
	char *text;
	int ret = 0;

	if (run_kernels_differ(run)) {
		text = versions(run, quote);
		if (!text)
			return -ENOMEM;
		ret = text_wrapf(f, width, "", "",
				 "DIFFERENT KERNELS: %s. A difference between "
				 "them is of everything that changed from one "
				 "to the other, not of one patch.",
				 text);
		free(text);
	}
	if (!ret && run->n_options)
		ret = put_options(f, run, width);
	return ret;
}

void part_option_table(FILE *f, const struct run *run)
{
	size_t i, k, first;

	if (!run->n_options)
		return;
	fputs("\n## Options that differ\n\n| option |", f);
	for (k = 0; k < run->n_variants; k++)
		fprintf(f, " `%s` |", run->variants[k].name);
	fputs("\n| --- |", f);
	for (k = 0; k < run->n_variants; k++)
		fputs(" --- |", f);
	fputc('\n', f);
	/* What is set apart first; the rest some kernel does not know. */
	for (first = 0; first < 2; first++)
		for (i = 0; i < run->n_options; i++) {
			if (is_set_apart(run, &run->options[i]) == first)
				continue;
			fprintf(f, "| `%s` |", run->options[i].name);
			for (k = 0; k < run->n_variants; k++) {
				fputc(' ', f);
				text_md(f, run->options[i].values[k]);
				fputs(" |", f);
			}
			fputc('\n', f);
		}
}
