// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the regions of a profile are counts of, and of which metrics.  See page.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/samples.h"
#include "load/table.h"
#include "pages/page.h"
#include "stats/reduce.h"

/* Far more than MARKER_REGIONS of bench/guest/run/marker.h has. */
#define MAX_REGIONS 256

struct region {
	const char *name;
	size_t passes;
	double count; /* of what the case's cost is per */
};

struct passes {
	struct samples *s;
	struct table t; /* passes.tsv: its first column names a region */
	/* In instructions per something, or NULL. */
	const struct metric_decl *cost;
	struct region *region; /* in the order of first appearance */
	size_t n_regions;
	size_t *of_pass; /* index into region */
	struct row_groups *groups; /* a metric each */
};

/* Row and pass number n belong together, or nothing is known. */
static bool together(const struct passes *p)
{
	return table_rows(&p->t) == p->s->n_rows;
}

static const struct metric_decl *cost_of(const struct samples *s)
{
	for (size_t i = 0; i < s->n_metrics; i++)
		if (!strcmp(s->metrics[i].unit, MMVS_UNIT_INSN) &&
		    s->metrics[i].per >= 0)
			return &s->metrics[i];
	return NULL;
}

static size_t find_region(struct passes *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_regions; i++)
		if (!strcmp(p->region[i].name, name))
			return i;
	if (i < MAX_REGIONS)
		p->region[p->n_regions++] = (struct region){ .name = name };
	return i;
}

static int find_regions(struct passes *p)
{
	size_t n = table_rows(&p->t), i;
	const struct samples *s = p->s;

	p->region = calloc(MAX_REGIONS, sizeof(*p->region));
	p->of_pass = calloc(n + 1, sizeof(*p->of_pass));
	if (!p->region || !p->of_pass)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct region *r;

		p->of_pass[i] = find_region(p, table_field(&p->t, i, 0));
		if (p->of_pass[i] == MAX_REGIONS)
			return -E2BIG;
		r = &p->region[p->of_pass[i]];
		r->passes++;
		if (together(p))
			r->count += p->cost ? s->rows[i * s->n_columns +
						      (size_t)p->cost->per]
					    : 1;
	}
	return 0;
}

/* "freed_pages" is counted in freed pages, one of which is a "freed page". */
static void print_unit(FILE *f, const struct passes *p)
{
	const char *name =
		p->cost ? p->s->columns[p->cost->per].name : "operation";
	size_t len = strlen(name);

	if (len > 6 && !strcmp(name + len - 6, "_pages"))
		len--;
	for (size_t i = 0; i < len; i++)
		fputc(name[i] == '_' ? ' ' : name[i], f);
}

static void print_operations(FILE *f, const void *arg)
{
	const struct passes *p = arg;

	fputs("# mmvs-operations 1\nregion\tcount\tunit\n", f);
	for (size_t i = 0; i < p->n_regions; i++) {
		const struct region *r = &p->region[i];

		if (!together(p) || !(r->count > 0)) {
			fprintf(f, "%s\t%zu\tpass\n", r->name, r->passes);
			continue;
		}
		fprintf(f, "%s\t%.0f\t", r->name, r->count);
		print_unit(f, p);
		fputc('\n', f);
	}
}

/* The regions that the rows of group k went through, in the order of appearance. */
static void print_group(FILE *f, const struct passes *p,
			const struct row_groups *g, size_t k)
{
	char sep = '\t';

	fputs(g->name[k], f);
	for (size_t r = 0; r < p->n_regions; r++)
		for (size_t i = 0; i < p->s->n_rows; i++)
			if (g->of_row[i] == k && p->of_pass[i] == r) {
				fprintf(f, "%c%s", sep, p->region[r].name);
				sep = ',';
				break;
			}
	fputc('\n', f);
}

static void print_metrics(FILE *f, const void *arg)
{
	const struct passes *p = arg;

	fputs("# mmvs-metrics 1\nmetric\tregions\n", f);
	for (size_t m = 0; together(p) && m < p->s->n_metrics; m++)
		for (size_t k = 0; k < p->groups[m].n; k++)
			print_group(f, p, &p->groups[m], k);
}

static int load(struct passes *p, const char *dir, struct err *err)
{
	struct err why = { "" };
	char *path;
	int ret;

	if (asprintf(&path, "%s/samples.tsv", dir) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	p->s = samples_load(path, NULL, NULL, &ret, err);
	if (!p->s) {
		free(path);
		return ret;
	}
	p->groups = calloc(p->s->n_metrics + 1, sizeof(*p->groups));
	if (!p->groups)
		ret = err_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; !ret && i < p->s->n_metrics; i++)
		ret = samples_groups(p->s, i, path, &p->groups[i], err);
	free(path);
	if (ret)
		return ret;
	p->cost = cost_of(p->s);
	if (table_load(dir, "passes.tsv", &p->t, &why) ||
	    (!p->t.n_columns && why.msg[0]))
		return err_set(err, -EINVAL, "%s", why.msg);
	ret = find_regions(p);
	if (ret == -E2BIG)
		return err_set(err, ret, "%s/passes.tsv: more than %d regions",
			       dir, MAX_REGIONS);
	return ret ? err_set(err, ret, "out of memory") : 0;
}

int page_passes(const char *dir, struct err *err)
{
	struct passes p = { 0 };
	int ret = load(&p, dir, err);

	if (!ret)
		ret = page_file(dir, "operations.tsv", print_operations, &p,
				err);
	if (!ret)
		ret = page_file(dir, "metrics.tsv", print_metrics, &p, err);
	for (size_t i = 0; p.groups && i < p.s->n_metrics; i++)
		row_groups_free(&p.groups[i]);
	free(p.groups);
	free(p.region);
	free(p.of_pass);
	table_free(&p.t);
	samples_free(p.s);
	return ret;
}
