// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the difference is: for each variant and case with a metric that is better or
 * worse, the functions that explain most of it, in the regions that the metric is made
 * of.  From compare.tsv and profile/diff/.  See page.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/table.h"
#include "pages/page.h"

#define DIFF_MAX (1UL << 20)
#define DIFF_FIELDS \
	5 /* region, unit, from, to, difference; then function, change */

/* Metrics of one spec and variant that are made of the same regions. */
struct group {
	const char *spec, *variant;
	char *regions; /* joined by commas; "": not known, all are shown */
	char *metrics;
};

struct page {
	const char *dir;
	struct table t;
	size_t spec, metric, variant, verdict; /* columns */
	struct group *groups;
	size_t n;
};

static char *diff_dir(const struct page *p, const char *spec)
{
	char *dir;

	return asprintf(&dir, "%s/profile/diff/%s", p->dir, spec) < 0 ? NULL
								      : dir;
}

/* The regions of a metric, to free; NULL: no memory. */
static char *regions_of(const struct page *p, const char *spec,
			const char *metric)
{
	char *dir = diff_dir(p, spec), *regions = NULL;
	struct table t;
	size_t i;

	if (!dir)
		return NULL;
	if (!table_load(dir, "metrics.tsv", &t, NULL)) {
		for (i = table_rows(&t); i--;)
			if (!strcmp(table_field(&t, i, 0), metric))
				break;
		regions = strdup(t.n_columns == 2 ? table_field(&t, i, 1) : "");
		table_free(&t);
	}
	free(dir);
	return regions;
}

static int add_row(struct page *p, size_t row)
{
	const char *spec = table_field(&p->t, row, p->spec);
	const char *variant = table_field(&p->t, row, p->variant);
	const char *metric = table_field(&p->t, row, p->metric);
	const char *verdict = table_field(&p->t, row, p->verdict);
	char *regions, *metrics;
	struct group *g;

	if ((strcmp(verdict, "better") && strcmp(verdict, "worse")) ||
	    !name_ok(spec, NAME_SPEC) || !name_ok(variant, NAME_VARIANT))
		return 0;
	regions = regions_of(p, spec, metric);
	if (!regions)
		return -ENOMEM;
	for (g = p->groups; g < p->groups + p->n; g++)
		if (!strcmp(g->spec, spec) && !strcmp(g->variant, variant) &&
		    !strcmp(g->regions, regions))
			break;
	if (g == p->groups + p->n) {
		*g = (struct group){ spec, variant, regions, NULL };
		p->n++;
	} else {
		free(regions);
	}
	if (asprintf(&metrics, "%s%s%s %s", g->metrics ? g->metrics : "",
		     g->metrics ? ", " : "", metric, verdict) < 0)
		return -ENOMEM;
	free(g->metrics);
	g->metrics = metrics;
	return 0;
}

/* Is region one of list? */
static bool listed(const char *list, const char *region)
{
	size_t len = strlen(region), n;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == len && !strncmp(list, region, n))
			return true;
	}
	return false;
}

static void put_line(FILE *f, char *line, const char *regions)
{
	char *field[64], *c;
	size_t n = 0, i;

	for (c = line; *c; c++)
		if (*c != '\t' && (*c < ' ' || *c > '~'))
			*c = '?';
	while (n < 64 && (field[n] = strsep(&line, "\t")))
		n++;
	if (n < DIFF_FIELDS || (*regions && !listed(regions, field[0])))
		return;
	fprintf(f, "- %s, per %s: %s -> %s (%s)", field[0], field[1], field[2],
		field[3], field[4]);
	for (i = DIFF_FIELDS; i + 1 < n; i += 2)
		fprintf(f, "%s `%s` %s", i == DIFF_FIELDS ? ":" : ",", field[i],
			field[i + 1]);
	fputc('\n', f);
}

static int put_group(FILE *f, const struct page *p, const struct group *g)
{
	char *dir = diff_dir(p, g->spec), *from, *path, *buf, *at, *line;
	struct err ignored;
	size_t len;
	int ret;

	if (!dir)
		return -ENOMEM;
	from = page_word(dir, "baseline", "");
	ret = asprintf(&path, "%s/%s.tsv", dir, g->variant);
	free(dir);
	if (!from || ret < 0) {
		free(from);
		return -ENOMEM;
	}
	fprintf(f, "\n%s, %s: %s", g->variant, g->spec, g->metrics);
	if (*from)
		fprintf(f, " (profiled against %s)", from);
	fputc('\n', f);
	free(from);
	ret = file_read(path, DIFF_MAX, &buf, &len, &ignored);
	free(path);
	if (ret || !len) {
		fputs("- not profiled\n", f);
	} else {
		fputc('\n', f);
		for (at = buf; (line = strsep(&at, "\n"));)
			put_line(f, line, g->regions);
	}
	if (!ret)
		free(buf);
	return ret == -ENOMEM ? ret : 0;
}

static int load(struct page *p, struct err *err)
{
	struct err why = { "" };
	size_t row;
	int ret;

	ret = table_load(p->dir, "compare.tsv", &p->t, &why);
	if (!ret && !p->t.n_columns)
		return err_set(err, -EINVAL, "%s", why.msg);
	p->spec = table_column(&p->t, "spec");
	p->metric = table_column(&p->t, "metric");
	p->variant = table_column(&p->t, "variant");
	p->verdict = table_column(&p->t, "verdict");
	p->groups = calloc(table_rows(&p->t) + 1, sizeof(*p->groups));
	if (!p->groups)
		ret = -ENOMEM;
	for (row = 0; row < table_rows(&p->t) && !ret; row++)
		ret = add_row(p, row);
	return ret ? err_set(err, ret, "out of memory") : 0;
}

int page_profile(const char *dir, struct err *err)
{
	struct page p = { .dir = dir };
	size_t i;
	int ret = load(&p, err);

	if (!ret)
		fputs("\n## Where the difference is\n\nGuest instructions per "
		      "operation by kernel function, counted in QEMU (one "
		      "seed,\nnokaslr; \"make profile\"). Inlined functions "
		      "count for the one that holds them.\n",
		      stdout);
	for (i = 0; i < p.n && !ret; i++) {
		ret = put_group(stdout, &p, &p.groups[i]);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	if (!ret && !p.n)
		fputs("\nNo metric is better or worse.\n", stdout);
	for (i = 0; i < p.n; i++) {
		free(p.groups[i].regions);
		free(p.groups[i].metrics);
	}
	free(p.groups);
	table_free(&p.t);
	return ret;
}
