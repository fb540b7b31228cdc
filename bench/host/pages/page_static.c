// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each stack costs before it runs, as tables.  See page.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/criteria.h"
#include "load/table.h"
#include "pages/page.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))
#define MAX_VARIANTS 256

static const struct check {
	const char *check, *title;
	const char *brief; /* NULL: not in the mail */
	int width;
} checks[] = {
	{ "patches", "patches", "n", 3 },
	{ "files", "files", "files", 6 },
	{ "added", "lines added", "+", 6 },
	{ "removed", "lines removed", "-", 6 },
	{ "architectures", "architectures touched", "arch", 5 },
	{ "apply", "applies", NULL, 0 },
	{ "checkpatch", "checkpatch --strict", "chkp", 5 },
	{ "sparse", "sparse, new warnings", "sparse", 7 },
	{ "W=1", "W=1, new warnings", "W=1", 5 },
	{ "steps", "every step builds", "steps", 6 },
	{ "arm64", "mm/ builds for arm64", "arm64", 6 },
	{ "text", "text, bytes", "text", 8 },
	{ "data", "data, bytes", "data", 6 },
	{ "pageflags", "page flag bits", NULL, 0 },
};

/* What is said below the table about cells of a result. */
static const struct {
	const char *result, *title, *checks;
} reasons[] = {
	{ "FAIL",
	  "Not clean:", " apply checkpatch sparse W=1 steps arm64 build " },
	{ "skip",
	  "Not checked:", " apply checkpatch sparse W=1 steps arm64 build " },
	{ "info", "Largest changes, and layout:", " text data sizeof " },
	{ "info",
	  "Not part of the configuration, so not looked at:", " unbuilt " },
};

struct page {
	struct table t;
	const char *variant[MAX_VARIANTS];
	size_t n_variants;
	enum page_format format;
};

static const char *field(const struct page *p, size_t row, size_t column)
{
	return table_field(&p->t, row, column);
}

static int find_variants(struct page *p, struct err *err)
{
	size_t row, v;

	for (row = 0; row < table_rows(&p->t); row++) {
		for (v = 0; v < p->n_variants; v++)
			if (!strcmp(p->variant[v],
				    field(p, row, STATIC_VARIANT)))
				break;
		if (v < p->n_variants)
			continue;
		if (v == MAX_VARIANTS)
			return err_set(err, -EINVAL,
				       "static.tsv: more than %d variants",
				       MAX_VARIANTS);
		p->variant[p->n_variants++] = field(p, row, STATIC_VARIANT);
	}
	return 0;
}

/* A cell, as text of this format. */
static void put_cell(FILE *f, const struct page *p, size_t v, const char *check,
		     int width)
{
	const char *value = "-";
	char text[256];
	bool fails = false;
	size_t row;

	for (row = 0; row < table_rows(&p->t); row++) {
		if (strcmp(field(p, row, STATIC_VARIANT), p->variant[v]) ||
		    strcmp(field(p, row, STATIC_CHECK), check))
			continue;
		value = field(p, row, STATIC_VALUE);
		fails = !strcmp(field(p, row, STATIC_RESULT), "FAIL");
	}
	if (p->format == PAGE_MD) {
		fprintf(f, " %s%s |", fails ? "**FAIL** " : "", value);
		return;
	}
	snprintf(text, sizeof(text), "%s%s", value, fails ? "!" : "");
	fprintf(f, "%*s", width, text);
}

/* A column for each variant. */
static void put_md(FILE *f, const struct page *p)
{
	size_t i, v;

	fputs("| |", f);
	for (v = 0; v < p->n_variants; v++)
		fprintf(f, " %s |", p->variant[v]);
	fputs("\n| --- |", f);
	for (v = 0; v < p->n_variants; v++)
		fputs(" --: |", f);
	fputc('\n', f);
	for (i = 0; i < N_OF(checks); i++) {
		fprintf(f, "| %s |", checks[i].title);
		for (v = 0; v < p->n_variants; v++)
			put_cell(f, p, v, checks[i].check, 0);
		fputc('\n', f);
	}
}

static int letter(size_t v)
{
	return (int)('A' + v);
}

/* A line for each variant, by its letter. */
static void put_text(FILE *f, const struct page *p)
{
	size_t i, v;

	for (v = 0; v < p->n_variants; v++)
		fprintf(f, "  %c = %s\n", letter(v), p->variant[v]);
	fputc(' ', f);
	for (i = 0; i < N_OF(checks); i++)
		if (checks[i].brief)
			fprintf(f, "%*s", checks[i].width, checks[i].brief);
	fputc('\n', f);
	for (v = 0; v < p->n_variants; v++) {
		fprintf(f, "%c", letter(v));
		for (i = 0; i < N_OF(checks); i++)
			if (checks[i].brief)
				put_cell(f, p, v, checks[i].check,
					 checks[i].width);
		fputc('\n', f);
	}
}

static bool listed(const char *list, const char *word)
{
	const char *at = list;
	size_t len = strlen(word);

	while (len && (at = strstr(at, word))) {
		if (at > list && at[-1] == ' ' && at[len] == ' ')
			return true;
		at++;
	}
	return false;
}

static void put_reasons(FILE *f, const struct page *p, size_t kind)
{
	bool md = p->format == PAGE_MD, any = false;
	size_t v, row;

	for (v = 0; v < p->n_variants; v++) {
		for (row = 0; row < table_rows(&p->t); row++) {
			if (strcmp(field(p, row, STATIC_VARIANT),
				   p->variant[v]) ||
			    strcmp(field(p, row, STATIC_RESULT),
				   reasons[kind].result) ||
			    !*field(p, row, STATIC_WHY) ||
			    !listed(reasons[kind].checks,
				    field(p, row, STATIC_CHECK)))
				continue;
			if (!any)
				fprintf(f, "\n%s\n%s", reasons[kind].title,
					md ? "\n" : "");
			any = true;
			if (md)
				fprintf(f, "- **%s**, ", p->variant[v]);
			else
				fprintf(f, "  %c, ", letter(v));
			fprintf(f, "%s: %s\n", field(p, row, STATIC_CHECK),
				field(p, row, STATIC_WHY));
		}
	}
}

static void print_page(FILE *f, const void *arg)
{
	static const char intro[] =
		"What each stack costs before it runs: against the unpatched "
		"base, with the configuration that is measured.";
	const struct page *p = arg;
	size_t i;

	if (p->format == PAGE_MD) {
		fprintf(f, "\n## Static cost\n\n%s\n\n", intro);
		put_md(f, p);
	} else {
		fprintf(f, "\nStatic cost\n-----------\n%s\n", intro);
		put_text(f, p);
	}
	for (i = 0; i < N_OF(reasons); i++)
		put_reasons(f, p, i);
}

static int load(const char *dir, struct page *p, struct err *err)
{
	struct err why = { "" };
	int ret;

	ret = table_load(dir, "static.tsv", &p->t, &why);
	if (ret)
		return err_set(err, ret, "out of memory");
	if (!table_rows(&p->t))
		return err_set(err, -EINVAL,
			       "%s/static.tsv: no static checks there%s%s; "
			       "'make stacks-check' makes them",
			       dir, *why.msg ? ": " : "", why.msg);
	if (!table_has(&p->t, STATIC_COLUMNS))
		return err_set(err, -EINVAL,
			       "%s/static.tsv:1: not the column names of "
			       "static checks",
			       dir);
	return find_variants(p, err);
}

int page_static(const char *dir, struct err *err)
{
	struct page *p = calloc(1, sizeof(*p));
	size_t row;
	int ret;

	if (!p)
		return err_set(err, -ENOMEM, "out of memory");
	ret = load(dir, p, err);
	if (!ret)
		ret = page_file(dir, "static.md", print_page, p, err);
	p->format = PAGE_TEXT;
	if (!ret)
		ret = page_mail(dir, "static.txt", print_page, p, err);
	for (row = 0; !ret && row < table_rows(&p->t); row++)
		ret = !strcmp(field(p, row, STATIC_RESULT), "FAIL");
	table_free(&p->t);
	free(p);
	return ret;
}
