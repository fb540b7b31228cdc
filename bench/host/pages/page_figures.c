// SPDX-License-Identifier: GPL-2.0-only
/*
 * A document with its tables of figures made anew (scripts/docs.sh has their form).
 * See page.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/table.h"
#include "pages/page.h"

#define DOCUMENT_MAX (4UL << 20)
#define BEGIN "<!-- figures "
#define END "<!-- figures end -->"
#define MAX_VARIANTS 32
#define MAX_ROWS 200

struct figures {
	struct err *err;
	const char *path;
	size_t line;
	struct table t; /* compare.tsv of this block */
	char *block; /* its first line, what follows points into it */
	const char *run, *variant[MAX_VARIANTS];
	size_t n_variants;
	char *ask[MAX_ROWS];
	size_t n_asks;
	enum {
		OUTSIDE,
		ASKING,
		TABLE /* the one that was there */
	} where;
};

/* What a row asks for. */
struct ask {
	const char *label, *spec, *metric;
};

static int fail(struct figures *p, const char *what)
{
	return err_set(p->err, -EINVAL, "%s:%zu: %s", p->path, p->line, what);
}

static const char *value(const struct figures *p, size_t row, const char *name)
{
	return table_field(&p->t, row, table_column(&p->t, name));
}

static int find_row(struct figures *p, const struct ask *a, const char *variant,
		    size_t *row)
{
	size_t i;

	for (i = 0; i < table_rows(&p->t); i++)
		if (!strcmp(value(p, i, "spec"), a->spec) &&
		    !strcmp(value(p, i, "metric"), a->metric) &&
		    !strcmp(value(p, i, "variant"), variant)) {
			*row = i;
			return 0;
		}
	return err_set(p->err, -EINVAL,
		       "%s:%zu: %s/compare.tsv has no %s %s of %s", p->path,
		       p->line, p->run, a->spec, a->metric, variant);
}

/* As many digits as can be read at a glance. */
static void put_figure(FILE *f, const char *text)
{
	double v = strtod(text, NULL), size = v < 0 ? -v : v;

	if (!*text)
		fputc('-', f);
	else if (size >= 1e6)
		fprintf(f, "%.3g M", v / 1e6);
	else if (size >= 1000)
		fprintf(f, "%.0f", v);
	else
		fprintf(f, "%.4g", v);
}

static double percent(const char *ratio)
{
	return (strtod(ratio, NULL) - 1) * 100;
}

static void put_change(FILE *f, const struct figures *p, size_t row)
{
	const char *ratio = value(p, row, "ratio");
	const char *low = value(p, row, "ratio_low");
	const char *high = value(p, row, "ratio_high");
	double r = strtod(ratio, NULL);

	if (!*ratio) {
		put_figure(f, value(p, row, "diff"));
	} else if (r > 2) {
		fprintf(f, "x %.3g", r);
		if (*low)
			fprintf(f, " [%.3g, %.3g]", strtod(low, NULL),
				strtod(high, NULL));
	} else if (!strncmp(value(p, row, "note"), "exact", 5)) {
		if (r == 1)
			fputs("0 (exact)", f);
		else
			fprintf(f, "%+.2f %% (exact)", percent(ratio));
	} else {
		fprintf(f, "%+.2f %%", percent(ratio));
		if (*low)
			fprintf(f, " [%+.2f, %+.2f]", percent(low),
				percent(high));
	}
}

static void put_verdict(FILE *f, const struct figures *p, size_t row)
{
	static const char *const strong[] = { "better", "worse", "different" };
	const char *verdict = value(p, row, "verdict"), *mark = "";
	size_t i;

	for (i = 0; i < sizeof(strong) / sizeof(*strong); i++)
		if (!strncmp(verdict, strong[i], strlen(strong[i])))
			mark = "**";
	fprintf(f, "%s%s%s", mark, verdict, mark);
}

/*
 * A column for each variant, the first being the baseline.  "-" where a variant or the
 * baseline skips the case, and no verdict then.
 */
static int put_wide(FILE *f, struct figures *p, const struct ask *a)
{
	size_t i, row;
	int ret;

	fprintf(f, "| %s |", a->label);
	for (i = 0; i < p->n_variants; i++) {
		ret = find_row(p, a, p->variant[i], &row);
		if (ret)
			return ret;
		fputc(' ', f);
		put_figure(f, value(p, row, "median"));
		if (i && strcmp(value(p, row, "verdict"), "missing")) {
			fputc(' ', f);
			put_verdict(f, p, row);
		}
		fputs(" |", f);
	}
	fputc('\n', f);
	return 0;
}

/* One variant against the baseline. */
static int put_long(FILE *f, struct figures *p, const struct ask *a,
		    const char *before)
{
	size_t row;
	int ret;

	ret = find_row(p, a, p->variant[0], &row);
	if (ret)
		return ret;
	if (*a->label)
		fprintf(f, "| %s | ", a->label);
	else
		fprintf(f, "| %s: `%s` | ",
			strcmp(a->spec, before) ? a->spec : "the same",
			a->metric);
	put_figure(f, value(p, row, "base_median"));
	fputs(" | ", f);
	put_figure(f, value(p, row, "median"));
	fputs(" | ", f);
	put_change(f, p, row);
	fputs(" | ", f);
	put_verdict(f, p, row);
	fputs(" |\n", f);
	return 0;
}

static char *trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	for (end = s + strlen(s); end > s && strchr(" \t", end[-1]); end--)
		;
	*end = '\0';
	return s;
}

static const char *next_field(char **line)
{
	char *field = strsep(line, "|");

	return field ? trim(field) : "";
}

static int put_table(FILE *f, struct figures *p)
{
	const char *before = "";
	struct ask a;
	size_t i;
	int ret = 0;

	if (p->n_variants == 1) {
		fputs("| case: metric | baseline | this stack | change [95 %] "
		      "| verdict |\n| --- | --: | --: | --- | --- |\n",
		      f);
	} else {
		fputs("| |", f);
		for (i = 0; i < p->n_variants; i++)
			fprintf(f, " %s |", p->variant[i]);
		fputs("\n| --- |", f);
		for (i = 0; i < p->n_variants; i++)
			fputs(" --: |", f);
		fputc('\n', f);
	}
	for (i = 0; i < p->n_asks && !ret; i++) {
		char *line = p->ask[i];

		a.label = next_field(&line);
		a.spec = next_field(&line);
		a.metric = next_field(&line);
		ret = p->n_variants == 1 ? put_long(f, p, &a, before)
					 : put_wide(f, p, &a);
		before = a.spec;
	}
	return ret;
}

/* "<!-- figures RUN VARIANT...". */
static int begin(struct figures *p, const char *line)
{
	struct err why = { "" };
	char *at, *word;
	int ret;

	free(p->block);
	table_free(&p->t);
	p->block = strdup(line + strlen(BEGIN));
	if (!p->block)
		return err_set(p->err, -ENOMEM, "out of memory");
	at = p->block;
	p->run = strsep(&at, " ");
	p->n_variants = p->n_asks = 0;
	while ((word = strsep(&at, " ")) && p->n_variants < MAX_VARIANTS)
		if (*word)
			p->variant[p->n_variants++] = word;
	ret = table_load(p->run, "compare.tsv", &p->t, &why);
	if (ret)
		return err_set(p->err, ret, "out of memory");
	if (!p->t.n_columns)
		return fail(p, why.msg);
	p->where = ASKING;
	return 0;
}

static int put_line(FILE *f, struct figures *p, char *line)
{
	bool end = !strcmp(line, END);

	if (end && p->where == OUTSIDE)
		return fail(p, "figures end without a beginning");
	if (end)
		p->where = OUTSIDE;
	if (p->where == TABLE)
		return 0;
	fprintf(f, "%s\n", line);
	if (!end && !strncmp(line, BEGIN, strlen(BEGIN)) &&
	    strchr(line + strlen(BEGIN), ' ') && !strchr(line, '>'))
		return begin(p, line);
	if (p->where != ASKING)
		return 0;
	if (!strcmp(line, "-->")) {
		p->where = TABLE;
		return put_table(f, p);
	}
	if (p->n_asks == MAX_ROWS)
		return fail(p, "too many rows");
	p->ask[p->n_asks++] = line;
	return 0;
}

int page_figures(const char *path, struct err *err)
{
	struct figures p = { .path = path, .err = err };
	char *buf, *at, *line;
	size_t len;
	int ret;

	ret = file_read(path, DOCUMENT_MAX, &buf, &len, err);
	if (ret)
		return ret;
	if (len && buf[len - 1] == '\n')
		buf[len - 1] = '\0';
	for (at = buf; !ret && (line = strsep(&at, "\n"));) {
		p.line++;
		ret = put_line(stdout, &p, line);
	}
	if (!ret && p.where != OUTSIDE)
		ret = fail(&p, "figures without an end");
	table_free(&p.t);
	free(p.block);
	free(buf);
	return ret;
}
