// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metric and clocked lines of samples.tsv.  See parser.h.
 */
#include <math.h>
#include <string.h>

#include "load/parser.h"

int parser_find_column(const struct samples *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_columns; i++)
		if (!strcmp(s->columns[i].name, name))
			return (int)i;
	return -1;
}

/* A clocked column is in the unit of the clock, once, with a known cost. */
int parser_resolve_clocked(struct parser *p)
{
	const char *name, *suffix;
	struct samples *s = p->s;
	size_t i;
	int c;

	for (i = 0; i < p->n_clocked; i++) {
		p->line = p->clocked[i].line;
		name = p->clocked[i].field[0];
		c = parser_find_column(s, name);
		if (c < 0)
			return fail(p, "clocked: no column \"%.80s\"", name);
		suffix = strrchr(name, '_');
		if (!suffix || strcmp(suffix + 1, s->unit))
			return fail(p, "clocked column %s is not in %s", name,
				    s->unit);
		if (s->columns[c].clocked)
			return fail(p, "column %s is clocked twice", name);
		if (isnan(s->clock_cost))
			return fail(p, "clocked, but no clock_cost");
		s->columns[c].clocked = true;
	}
	return 0;
}

static int lookup(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

static const char *const better_names[] = {
	[BETTER_LOWER] = MMVS_BETTER_LOWER,
	[BETTER_HIGHER] = MMVS_BETTER_HIGHER,
	[BETTER_ONE] = MMVS_BETTER_ONE,
	[BETTER_NONE] = MMVS_BETTER_NONE,
};

static const char *const reduce_names[] = {
#define NAME(id, name) [REDUCE_##id] = name,
	REDUCTIONS(NAME)
#undef NAME
};

const char *better_name(enum better better)
{
	return better_names[better];
}

const char *reduce_name(enum reduce reduce)
{
	return reduce_names[reduce];
}

/* Metric fields: name unit better rank reduce column per by description. */
static int resolve_words(struct parser *p, char **f, struct metric_decl *m)
{
	size_t i;
	int k;

	if (!name_ok(f[0], NAME_METRIC))
		return fail(p, "not a valid metric name: \"%.80s\"", f[0]);
	strcpy(m->name, f[0]);
	for (i = 0; i < p->s->n_metrics; i++)
		if (!strcmp(p->s->metrics[i].name, f[0]))
			return fail(p, "duplicate metric %s", f[0]);
	if (!name_ok(f[1], NAME_UNIT))
		return fail(p, "metric %s: not a valid unit: \"%.80s\"", f[0],
			    f[1]);
	strcpy(m->unit, f[1]);
	k = lookup(better_names, BETTER_NONE + 1, f[2]);
	if (k < 0)
		return fail(p, "metric %s: unknown better \"%.40s\"", f[0],
			    f[2]);
	m->better = (enum better)k;
	m->key = !strcmp(f[3], MMVS_RANK_KEY);
	if (!m->key && strcmp(f[3], MMVS_RANK_ALL))
		return fail(p, "metric %s: unknown rank \"%.40s\"", f[0], f[3]);
	k = lookup(reduce_names, sizeof(reduce_names) / sizeof(*reduce_names),
		   f[4]);
	if (k < 0)
		return fail(p, "metric %s: unknown reduce \"%.40s\"", f[0],
			    f[4]);
	m->reduce = (enum reduce)k;
	return 0;
}

static int resolve_columns(struct parser *p, char **f, struct metric_decl *m)
{
	char *by = f[7], *comma;
	int c;

	m->column = parser_find_column(p->s, f[5]);
	if (m->column < 0)
		return fail(p, "metric %s: no column \"%.80s\"", f[0], f[5]);
	m->per = -1;
	if (strcmp(f[6], "-")) {
		m->per = parser_find_column(p->s, f[6]);
		if (m->per < 0)
			return fail(p, "metric %s: no column \"%.80s\"", f[0],
				    f[6]);
		if (m->reduce < REDUCE_SUM)
			return fail(p,
				    "metric %s: per needs sum, first, "
				    "last or slope, not %s",
				    f[0], reduce_names[m->reduce]);
	} else if (m->reduce == REDUCE_SLOPE) {
		return fail(p, "metric %s: slope needs per", f[0]);
	}
	for (; strcmp(f[7], "-") && by; by = comma) {
		comma = strchr(by, ',');
		if (comma)
			*comma++ = '\0';
		c = parser_find_column(p->s, by);
		if (c < 0)
			return fail(p, "metric %s: no column \"%.80s\"", f[0],
				    by);
		if (m->n_by == MMVS_MAX_COLUMNS)
			return fail(p, "metric %s: too many columns", f[0]);
		m->by[m->n_by++] = c;
	}
	return 0;
}

int parser_resolve_metrics(struct parser *p)
{
	struct metric_decl *m;
	size_t i;
	char **f;
	int ret;

	for (i = 0; i < p->n_metric; i++) {
		p->line = p->metric[i].line;
		f = p->metric[i].field;
		m = &p->s->metrics[p->s->n_metrics];
		ret = resolve_words(p, f, m);
		if (!ret)
			ret = resolve_columns(p, f, m);
		if (ret)
			return ret;
		m->desc = text_clean(f[8], strlen(f[8]));
		if (!m->desc)
			return err_set(p->err, -ENOMEM, "out of memory");
		p->s->n_metrics++;
	}
	return 0;
}
