// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conformance matrix: property by variant, and why a cell is no pass.  See
 * page.h.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/page_conform.h"

#define TEXT_HEAD 16 /* width of a property's name */

static void add_name(const char **names, size_t *n, const char *name)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (!strcmp(names[i], name))
			return;
	names[(*n)++] = name;
}

/* pass, FAIL, skip, or how many of its tests passed. */
static void row_word(const struct tap_row *row, enum page_format format,
		     char *text, size_t size)
{
	if (row->passed && row->skipped && !row->failed)
		snprintf(text, size, "%s%u/%u",
			 format == PAGE_MD ? "pass " : "", row->passed,
			 row->passed + row->skipped);
	else
		snprintf(text, size, "%s", tap_result(row));
}

/* One word when all boots agree, else a letter for each. */
static void cell_word(const struct conform_page *p, size_t property,
		      size_t variant, char *text, size_t size)
{
	char letters[TAP_MAX_BOOTS * 2 + 1] = "", word[64] = "", one[64];
	bool mixed = false;
	size_t i, n = 0;

	for (i = 0; i < p->tap.n_rows; i++) {
		const struct tap_row *row = &p->tap.rows[i];

		if (strcmp(row->property, p->property[property]) ||
		    strcmp(row->variant, p->variant[variant]))
			continue;
		row_word(row, p->format, one, sizeof(one));
		mixed |= *word && strcmp(word, one);
		strcpy(word, one);
		if (n)
			letters[n++] = '/';
		letters[n++] = row->passed && row->skipped && !row->failed
				       ? 'p'
				       : (char)toupper(*tap_result(row));
		letters[n] = '\0';
	}
	snprintf(text, size, "%s", mixed ? letters : *word ? word : "-");
}

static void put_md_grid(FILE *f, const struct conform_page *p)
{
	char word[256];
	size_t i, v;

	fputs("| property |", f);
	for (v = 0; v < p->n_variants; v++)
		fprintf(f, " %s |", p->variant[v]);
	fputs("\n| --- |", f);
	for (v = 0; v < p->n_variants; v++)
		fputs(" --- |", f);
	fputc('\n', f);
	for (i = 0; i < p->n_properties; i++) {
		fprintf(f, "| %s |", p->property[i]);
		for (v = 0; v < p->n_variants; v++) {
			cell_word(p, i, v, word, sizeof(word));
			fprintf(f, " %s |", word);
		}
		fputc('\n', f);
	}
}

static void put_text_grid(FILE *f, const struct conform_page *p)
{
	char word[256];
	int width = 4;
	size_t i, v;

	for (i = 0; i < p->n_properties; i++) {
		for (v = 0; v < p->n_variants; v++) {
			cell_word(p, i, v, word, sizeof(word));
			if ((int)strlen(word) > width)
				width = (int)strlen(word);
		}
	}
	for (v = 0; v < p->n_variants; v++)
		fprintf(f, "  %c = %s\n", page_letter(v), p->variant[v]);
	fprintf(f, "%-*s", TEXT_HEAD, "property");
	for (v = 0; v < p->n_variants; v++)
		fprintf(f, " %-*c", width, page_letter(v));
	fputc('\n', f);
	for (i = 0; i < p->n_properties; i++) {
		fprintf(f, "%-*s", TEXT_HEAD, p->property[i]);
		for (v = 0; v < p->n_variants; v++) {
			cell_word(p, i, v, word, sizeof(word));
			fprintf(f, " %-*s", width, word);
		}
		fputc('\n', f);
	}
}

static void put_intro(FILE *f, const struct conform_page *p, bool small)
{
	const char *names[TAP_MAX_BOOTS];
	size_t i, n = 0;

	fprintf(f,
		"Does each variant keep %s? Booted with swap on, once for "
		"each of ",
		p->promise);
	for (i = 0; i < p->tap.n_boots; i++)
		add_name(names, &n, p->tap.boots[i].lru);
	for (i = 0; i < n; i++)
		fprintf(f, "%s%s", i ? ", " : "", names[i]);
	fputs(". 1/11: of 11 tests 1 passed and the others were skipped. Where "
	      "the boots differ, a letter for each in this order: P, F, S, or "
	      "p for a pass with skipped tests.",
	      f);
	if (!small)
		fprintf(f,
			" These kernels are built with "
			"kernel-patches/config/%s.config; 'stress' is a boot "
			"of its own with two vCPUs.",
			p->config);
	fputc('\n', f);
}

static void print_page(FILE *f, const void *arg)
{
	const struct conform_page *p = arg;
	bool small = !strcmp(p->config, "small"), md = p->format == PAGE_MD;
	char title[256], *c;

	snprintf(title, sizeof(title), "Conformance%s%s",
		 small ? "" : " under CONFIG=", small ? "" : p->config);
	if (md) {
		fprintf(f, "\n## %s\n\n", title);
		put_intro(f, p, small);
		fputc('\n', f);
		put_md_grid(f, p);
	} else {
		fprintf(f, "\n%s\n", title);
		for (c = title; *c; c++)
			fputc('-', f);
		fputc('\n', f);
		put_intro(f, p, small);
		put_text_grid(f, p);
	}
	page_notes(f, p, true, md ? "\nWhy it fails:\n\n" : "Failures:\n");
	page_notes(f, p, false,
		   md ? "\nTests that were skipped, and why:\n\n"
		      : "Skipped tests:\n");
}

static void print_matrix(FILE *f, const void *arg)
{
	const struct tap *t = &((const struct conform_page *)arg)->tap;
	const struct tap_row *row;

	fputs(CONFORM_COLUMNS "\n", f);
	for (row = t->rows; row < t->rows + t->n_rows; row++)
		fprintf(f, "%s\t%s\t%s\t%s\t%u\t%u\t%u\t%s\n", row->property,
			row->variant, row->lru, tap_result(row), row->passed,
			row->failed, row->skipped, row->why);
}

static void print_skipped(FILE *f, const void *arg)
{
	const struct tap *t = &((const struct conform_page *)arg)->tap;
	const struct tap_skip *s;

	fputs("property\tvariant\tlru\tskipped_count\tasked_count\twhy\n", f);
	for (s = t->skips; s < t->skips + t->n_skips; s++)
		fprintf(f, "%s\t%s\t%s\t%u\t%u\t%s\n", s->property, s->variant,
			s->lru, s->skipped, s->asked, s->why);
}

static int load(const char *dir, struct conform_page *p, struct err *err)
{
	struct tap *t = &p->tap;
	size_t i;
	int ret;

	ret = tap_load(dir, t, err);
	if (ret)
		return ret;
	p->promise = page_word(dir, "promise", "its promises");
	p->config = page_word(dir, "config", "small");
	p->property = calloc(t->n_rows + 1, sizeof(*p->property));
	p->variant = calloc(t->n_rows + 1, sizeof(*p->variant));
	p->notes = calloc(t->n_rows + t->n_skips + 1, sizeof(*p->notes));
	if (!p->promise || !p->config || !p->property || !p->variant ||
	    !p->notes)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < t->n_rows; i++) {
		add_name(p->property, &p->n_properties, t->rows[i].property);
		add_name(p->variant, &p->n_variants, t->rows[i].variant);
		if (t->rows[i].failed)
			p->notes[p->n_notes++] = (struct conform_note){
				.fails = true,
				.property = t->rows[i].property,
				.variant = t->rows[i].variant,
				.lru = t->rows[i].lru,
				.why = t->rows[i].why,
			};
	}
	for (i = 0; i < t->n_skips; i++)
		p->notes[p->n_notes++] = (struct conform_note){
			.property = t->skips[i].property,
			.variant = t->skips[i].variant,
			.lru = t->skips[i].lru,
			.why = t->skips[i].why,
			.skipped = t->skips[i].skipped,
			.asked = t->skips[i].asked,
		};
	return 0;
}

static int write_page(const char *dir, struct conform_page *p,
		      enum page_format format, struct err *err)
{
	p->format = format;
	if (page_find_people(p))
		return err_set(err, -ENOMEM, "out of memory");
	if (format == PAGE_MD)
		return page_file(dir, "matrix.md", print_page, p, err);
	return page_mail(dir, "matrix.txt", print_page, p, err);
}

int page_conform(const char *dir, struct err *err)
{
	struct conform_page p = { 0 };
	size_t i;
	int ret;

	ret = load(dir, &p, err);
	if (!ret)
		ret = page_file(dir, "skipped.tsv", print_skipped, &p, err);
	if (!ret)
		ret = page_file(dir, "matrix.tsv", print_matrix, &p, err);
	if (!ret)
		ret = write_page(dir, &p, PAGE_MD, err);
	if (!ret)
		ret = write_page(dir, &p, PAGE_TEXT, err);
	for (i = 0; !ret && i < p.tap.n_rows; i++)
		ret = p.tap.rows[i].failed > 0;
	for (i = 0; i < p.n_notes; i++)
		free(p.notes[i].people);
	free(p.notes);
	free(p.property);
	free(p.variant);
	free(p.promise);
	free(p.config);
	tap_free(&p.tap);
	return ret;
}
