// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lies beside a run's figures: conformance matrix and static checks.  See html.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "load/criteria.h"
#include "pages/html.h"

/* The values of a column in order of first appearance, borrowed. */
struct names {
	const char **name;
	size_t n;
};

static int gather(const struct table *t, size_t column, struct names *names)
{
	size_t i, k;

	names->n = 0;
	names->name = calloc(table_rows(t) + 1, sizeof(*names->name));
	if (!names->name)
		return -ENOMEM;
	for (i = 0; i < table_rows(t); i++) {
		for (k = 0; k < names->n; k++)
			if (!strcmp(names->name[k], table_field(t, i, column)))
				break;
		if (k == names->n)
			names->name[names->n++] = table_field(t, i, column);
	}
	return 0;
}

static const char *result_class(const char *result)
{
	return !strcmp(result, "FAIL")	 ? "worse"
	       : !strcmp(result, "pass") ? "better"
					 : "open";
}

/* "pass", or "FAIL mglru, pass classic" where boots differ; text alone carries it. */
static void matrix_cell(FILE *f, const struct table *t, const char *property,
			const char *variant)
{
	const char *first = NULL, *sep = "";
	bool differ = false;
	size_t i;

	for (i = 0; i < table_rows(t); i++) {
		if (strcmp(table_field(t, i, CONFORM_PROPERTY), property) ||
		    strcmp(table_field(t, i, CONFORM_VARIANT), variant))
			continue;
		differ |= first &&
			  strcmp(first, table_field(t, i, CONFORM_RESULT));
		first = first ? first : table_field(t, i, CONFORM_RESULT);
	}
	fputs("<td>", f);
	if (!first)
		fputs("not judged", f);
	for (i = 0; first && i < table_rows(t); i++) {
		if (strcmp(table_field(t, i, CONFORM_PROPERTY), property) ||
		    strcmp(table_field(t, i, CONFORM_VARIANT), variant))
			continue;
		fprintf(f, "%s<span class=%s>", sep,
			result_class(table_field(t, i, CONFORM_RESULT)));
		html_text(f, table_field(t, i, CONFORM_RESULT));
		fputs("</span>", f);
		if (!differ)
			break;
		html_textf(f, " %s", table_field(t, i, CONFORM_LRU));
		sep = ", ";
	}
	fputs("</td>", f);
}

static void matrix_whys(FILE *f, const struct table *t)
{
	size_t i;

	fputs("<details><summary>Why it fails or is skipped</summary>\n<ul>\n",
	      f);
	for (i = 0; i < table_rows(t); i++) {
		if (!*table_field(t, i, CONFORM_WHY))
			continue;
		fputs("<li>", f);
		html_textf(f, "%s, %s, %s: %s: %s",
			   table_field(t, i, CONFORM_PROPERTY),
			   table_field(t, i, CONFORM_VARIANT),
			   table_field(t, i, CONFORM_LRU),
			   table_field(t, i, CONFORM_RESULT),
			   table_field(t, i, CONFORM_WHY));
		fputs("</li>\n", f);
	}
	fputs("</ul></details>\n", f);
}

int html_matrix(struct html *h)
{
	struct names properties = { 0 }, variants = { 0 };
	struct table t;
	size_t i, k;
	int ret;

	ret = table_load(h->d->run->dir, "conform/matrix.tsv", &t, NULL);
	if (ret)
		return ret;
	if (!table_rows(&t) || t.n_columns != N_CONFORM_COLUMNS) {
		char *hint = conform_hint(h->d->run);

		fputs("<p>Conformance: ", h->f);
		html_text(h->f, hint ? hint : "not judged");
		fputs(".</p>\n", h->f);
		free(hint);
		goto out_free;
	}
	ret = gather(&t, CONFORM_PROPERTY, &properties);
	if (!ret)
		ret = gather(&t, CONFORM_VARIANT, &variants);
	if (ret)
		goto out_free;
	html_table_begin(h->f, "Conformance matrix", true);
	fputs("<thead><tr><th scope=col>property</th>", h->f);
	for (k = 0; k < variants.n; k++) {
		fputs("<th scope=col>", h->f);
		html_text(h->f, variants.name[k]);
		fputs("</th>", h->f);
	}
	fputs("</tr></thead><tbody>\n", h->f);
	for (i = 0; i < properties.n; i++) {
		fputs("<tr><th scope=row>", h->f);
		html_text(h->f, properties.name[i]);
		fputs("</th>", h->f);
		for (k = 0; k < variants.n; k++)
			matrix_cell(h->f, &t, properties.name[i],
				    variants.name[k]);
		fputs("</tr>\n", h->f);
	}
	fputs("</tbody>", h->f);
	html_table_end(h->f);
	matrix_whys(h->f, &t);
out_free:
	free(properties.name);
	free(variants.name);
	table_free(&t);
	return ret;
}

static void static_cell(FILE *f, const struct table *t, const char *variant,
			const char *check)
{
	size_t i;

	for (i = 0; i < table_rows(t); i++) {
		if (strcmp(table_field(t, i, STATIC_VARIANT), variant) ||
		    strcmp(table_field(t, i, STATIC_CHECK), check))
			continue;
		fputs("<td>", f);
		if (!strcmp(table_field(t, i, STATIC_RESULT), "FAIL"))
			fputs("<span class=worse>FAIL</span> ", f);
		html_text(f, table_field(t, i, STATIC_VALUE));
		fputs("</td>", f);
		return;
	}
	fputs("<td data-v=\"\">-</td>", f);
}

int html_static(struct html *h)
{
	struct names checks = { 0 }, variants = { 0 };
	struct table t;
	size_t i, k;
	int ret;

	ret = table_load(h->d->run->dir, "static/static.tsv", &t, NULL);
	if (ret)
		return ret;
	if (!table_rows(&t) || t.n_columns != N_STATIC_COLUMNS) {
		fputs("<p>Not looked at in this run (make stacks-check).</p>\n",
		      h->f);
		goto out_free;
	}
	ret = gather(&t, STATIC_VARIANT, &variants);
	if (!ret)
		ret = gather(&t, STATIC_CHECK, &checks);
	if (ret)
		goto out_free;
	html_table_begin(h->f, "Static cost of each stack", true);
	fputs("<thead><tr><th scope=col>variant</th>", h->f);
	for (k = 0; k < checks.n; k++) {
		fputs("<th scope=col>", h->f);
		html_text(h->f, checks.name[k]);
		fputs("</th>", h->f);
	}
	fputs("</tr></thead><tbody>\n", h->f);
	for (i = 0; i < variants.n; i++) {
		fputs("<tr><th scope=row>", h->f);
		html_text(h->f, variants.name[i]);
		fputs("</th>", h->f);
		for (k = 0; k < checks.n; k++)
			static_cell(h->f, &t, variants.name[i], checks.name[k]);
		fputs("</tr>\n", h->f);
	}
	fputs("</tbody>", h->f);
	html_table_end(h->f);
out_free:
	free(checks.name);
	free(variants.name);
	table_free(&t);
	return ret;
}
