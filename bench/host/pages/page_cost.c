// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a run took: wall time and memory of its cells by case, and which cases could
 * not be measured in its mode, and why.  See page.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages/cell_list.h"
#include "pages/page.h"

#define BAD "<>|`&\\"

struct cost {
	const char *name; /* a case, or of the whole */
	int len;
	size_t n;
	double wall, longest, rss;
	const char *slowest, *largest;
};

struct skip {
	const char *spec;
	char *why;
};

struct page {
	struct cell_list list;
	struct cost total, *cases;
	struct skip *skips;
	size_t n_cases, n_skips;
};

static void count(struct cost *c, const char *spec, double wall, double rss)
{
	c->n++;
	c->wall += wall;
	if (wall > c->longest) {
		c->longest = wall;
		c->slowest = spec;
	}
	if (rss > c->rss) {
		c->rss = rss;
		c->largest = spec;
	}
}

static struct cost *case_of(struct page *p, const char *spec)
{
	size_t len = strcspn(spec, "@"), i;

	for (i = 0; i < p->n_cases; i++)
		if (p->cases[i].len == (int)len &&
		    !strncmp(p->cases[i].name, spec, len))
			return &p->cases[i];
	p->cases[i] = (struct cost){ .name = spec, .len = (int)len };
	p->n_cases++;
	return &p->cases[i];
}

static int add_skip(struct page *p, const char *spec, const char *why)
{
	struct skip *skip = &p->skips[p->n_skips];
	size_t i;

	for (i = 0; i < p->n_skips; i++)
		if (!strcmp(p->skips[i].spec, spec) &&
		    !strcmp(p->skips[i].why, why))
			return 0;
	skip->spec = spec;
	skip->why = text_clean(why, strlen(why));
	if (!skip->why)
		return -ENOMEM;
	p->n_skips++;
	return 0;
}

static double number(const json_t *j, const char *key)
{
	double v = json_number_value(json_object_get(j, key));

	return v > 0 ? v : 0;
}

static int add_cell(struct page *p, const struct listed_cell *cell)
{
	json_t *j = cell_list_read(cell);
	const char *status, *why;
	int ret = 0;

	if (!j)
		return 0;
	count(case_of(p, cell->spec), cell->spec, number(j, "wall_s"),
	      number(j, "max_rss_kib"));
	count(&p->total, cell->spec, number(j, "wall_s"),
	      number(j, "max_rss_kib"));
	status = json_string_value(json_object_get(j, "status"));
	why = json_string_value(json_object_get(j, "reason"));
	if (status && !strcmp(status, "skip"))
		ret = add_skip(p, cell->spec, why ? why : "");
	json_decref(j);
	return ret;
}

static void put_mib(FILE *f, double kib)
{
	if (kib > 0)
		fprintf(f, "%.0f", kib / 1024);
	else
		fputc('-', f);
}

static void put_page(FILE *f, const struct page *p)
{
	const struct cost *t = &p->total, *c;
	size_t i;

	fputs("\n## What it took\n\n", f);
	if (!t->n) {
		fputs("No cell was run.\n", f);
		return;
	}
	fprintf(f,
		"%zu cells took %.0f s of wall time in all, %.1f s in the "
		"mean; the longest %.1f s (`%s`). ",
		t->n, t->wall, t->wall / (double)t->n, t->longest,
		t->slowest ? t->slowest : "");
	if (t->largest) {
		fputs("A cell holds at most ", f);
		put_mib(f, t->rss);
		fprintf(f,
			" MiB of memory (`%s`), a run that many times "
			"`JOBS`.\n",
			t->largest);
	} else {
		fputs("Their memory was not recorded.\n", f);
	}
	fputs("\n| case | cells | wall time, s | longest cell, s | largest "
	      "cell, MiB |\n| --- | --: | --: | --: | --: |\n",
	      f);
	for (c = p->cases; c < p->cases + p->n_cases; c++) {
		fprintf(f, "| %.*s | %zu | %.0f | %.1f | ", c->len, c->name,
			c->n, c->wall, c->longest);
		put_mib(f, c->rss);
		fputs(" |\n", f);
	}
	fputs(p->n_skips ? "\nNot measured in this mode:\n\n" : "", f);
	for (i = 0; i < p->n_skips; i++) {
		fprintf(f, "- `%s`: ", p->skips[i].spec);
		put_plain(f, p->skips[i].why, BAD);
		fputc('\n', f);
	}
}

int page_cost(const char *dir, struct err *err)
{
	struct page p = { 0 };
	size_t i;
	int ret;

	ret = cell_list_load(dir, &p.list, err);
	if (ret)
		goto out_free;
	p.cases = calloc(p.list.run.n_specs + 1, sizeof(*p.cases));
	p.skips = calloc(p.list.n + 1, sizeof(*p.skips));
	if (!p.cases || !p.skips)
		ret = -ENOMEM;
	for (i = 0; i < p.list.n && !ret; i++)
		ret = add_cell(&p, &p.list.cells[i]);
	if (ret)
		err_set(err, ret, "out of memory");
	else
		put_page(stdout, &p);
out_free:
	for (i = 0; i < p.n_skips; i++)
		free(p.skips[i].why);
	free(p.skips);
	free(p.cases);
	cell_list_free(&p.list);
	return ret;
}
