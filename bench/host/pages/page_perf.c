// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events (bench/guest/run/perf.h): what was attached to how many cells, and the
 * medians over seeds of what was counted.  See page.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "load/file.h"
#include "load/run.h"
#include "load/table.h"
#include "pages/page.h"
#include "stats/stats.h"

#define MAX_EVENTS 200
#define SHARED "perf_running_pct."
#define EVENT "perf."

/* By what "# perf" in samples.tsv begins with; nothing else: none. */
static const struct {
	const char *kind, *says;
} kinds[] = {
	{ "off", "cells ran without perf events: they would be among the "
		 "instructions counted. `PERF=on` attaches them." },
	{ "hardware", "cells ran with the counters of a PMU, user (`:u`) and "
		      "kernel (`:k`) apart." },
	{ "software", "cells ran with software events and the tracepoints of "
		      "vmscan, for there is no PMU; samples contain what they "
		      "cost." },
	{ "none", "cells could attach no perf event." },
};

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

/* An event of one spec. */
struct event {
	char *name;
	double *value; /* variants x seeds, the first n of each variant */
	size_t *n; /* by variant */
	double sum;
};

struct page {
	struct run run;
	size_t total, of[N_KINDS];
	bool *present; /* by variant */
	struct event *event; /* of the spec that is shown */
	size_t n_events;
};

/* What samples.tsv says was attached; N_KINDS: there are no samples. */
static size_t kind_of(const char *path)
{
	static const char key[] = "# perf\t";
	struct err ignored;
	size_t len, kind = N_KINDS;
	char *buf, *at, *line;

	if (file_read(path, MMVS_MAX_FILE, &buf, &len, &ignored))
		return kind;
	for (at = buf; len && kind && (line = strsep(&at, "\n"));) {
		if (*line != '#')
			break;
		if (strncmp(line, key, strlen(key)))
			continue;
		line += strlen(key);
		line[strcspn(line, ":")] = '\0';
		for (kind = 0; kind + 1 < N_KINDS; kind++)
			if (!strcmp(line, kinds[kind].kind))
				break;
		break;
	}
	free(buf);
	return len && kind == N_KINDS ? N_KINDS - 1 : kind;
}

static bool event_ok(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_:-")];
}

static struct event *find_event(struct page *p, const char *prefix,
				const char *name)
{
	size_t variants = p->run.n_variants, i;
	struct event *e;
	char *full;

	if (asprintf(&full, "%s%s", prefix, name) < 0)
		return NULL;
	for (i = 0; i < p->n_events; i++)
		if (!strcmp(p->event[i].name, full)) {
			free(full);
			return &p->event[i];
		}
	e = &p->event[p->n_events];
	*e = (struct event){ .name = full };
	e->value = calloc(variants * p->run.n_seeds, sizeof(*e->value));
	e->n = calloc(variants, sizeof(*e->n));
	p->n_events++;
	return e->value && e->n ? e : NULL;
}

static int add_counters(struct page *p, const struct table *t, size_t variant)
{
	const char *name, *prefix;
	struct event *e;
	size_t row;
	double v;

	for (row = 0; row < table_rows(t) && p->n_events < MAX_EVENTS; row++) {
		name = table_field(t, row, 0);
		prefix = "";
		if (!strncmp(name, SHARED, strlen(SHARED))) {
			prefix = "counted % of the time: ";
			name += strlen(SHARED);
		} else if (!strncmp(name, EVENT, strlen(EVENT))) {
			name += strlen(EVENT);
		} else {
			continue;
		}
		if (!event_ok(name) ||
		    file_parse_number(table_field(t, row, 3), &v) || v < 0)
			continue;
		e = find_event(p, prefix, name);
		if (!e)
			return -ENOMEM;
		if (e->n[variant] == p->run.n_seeds)
			continue;
		e->value[variant * p->run.n_seeds + e->n[variant]++] = v;
		e->sum += v;
	}
	return 0;
}

static void drop_events(struct page *p)
{
	while (p->n_events) {
		struct event *e = &p->event[--p->n_events];

		free(e->name);
		free(e->value);
		free(e->n);
	}
}

static int load_kinds(struct page *p)
{
	const struct run *run = &p->run;
	size_t s, v, i, kind;
	char *path;

	for (s = 0; s < run->n_specs; s++)
		for (v = 0; v < run->n_variants; v++)
			for (i = 0; i < run->n_seeds; i++) {
				path = cell_path(run, &run->variants[v],
						 run->specs[s], run->seeds[i],
						 "samples.tsv");
				if (!path)
					return -ENOMEM;
				kind = kind_of(path);
				free(path);
				if (kind == N_KINDS)
					continue;
				p->of[kind]++;
				p->total++;
				p->present[v] = true;
			}
	return 0;
}

static int load_events(struct page *p, const char *spec)
{
	const struct run *run = &p->run;
	struct table t;
	size_t v, i;
	char *dir;
	int ret = 0;

	for (v = 0; v < run->n_variants; v++)
		for (i = 0; i < run->n_seeds && !ret; i++) {
			dir = cell_path(run, &run->variants[v], spec,
					run->seeds[i], "");
			if (!dir)
				return -ENOMEM;
			ret = table_load(dir, "counters.tsv", &t, NULL);
			free(dir);
			if (!ret && t.n_columns == 4)
				ret = add_counters(p, &t, v);
			table_free(&t);
		}
	return ret;
}

static void put_event(FILE *f, const struct page *p, const struct event *e)
{
	size_t seeds = p->run.n_seeds, v;
	double m;

	fprintf(f, "| %s |", e->name);
	for (v = 0; v < p->run.n_variants; v++) {
		if (!p->present[v])
			continue;
		m = stats_median(e->value + v * seeds, e->n[v]);
		if (!e->n[v])
			fputs(" - |", f);
		else
			fprintf(f, " %.*f |", m != (double)(long long)m, m);
	}
	fputc('\n', f);
}

static void put_spec(FILE *f, const struct page *p, const char *spec)
{
	size_t v, i;

	if (!p->n_events)
		return;
	fprintf(f, "\n| %s |", spec);
	for (v = 0; v < p->run.n_variants; v++)
		if (p->present[v])
			fprintf(f, " %s |", p->run.variants[v].name);
	fputs("\n| --- |", f);
	for (v = 0; v < p->run.n_variants; v++)
		fputs(p->present[v] ? " --: |" : "", f);
	fputc('\n', f);
	for (i = 0; i < p->n_events; i++)
		if (p->event[i].sum > 0)
			put_event(f, p, &p->event[i]);
}

static int put_page(FILE *f, struct page *p)
{
	size_t i;
	int ret;

	p->present = calloc(p->run.n_variants, sizeof(*p->present));
	p->event = calloc(MAX_EVENTS, sizeof(*p->event));
	ret = p->present && p->event ? load_kinds(p) : -ENOMEM;
	if (ret)
		return ret;
	fputs("\n## Counters attached\n\n", f);
	for (i = 0; i < N_KINDS; i++)
		if (p->of[i])
			fprintf(f, "%zu of %zu %s\n", p->of[i], p->total,
				kinds[i].says);
	for (i = 0; i < p->run.n_specs && !ret; i++) {
		ret = load_events(p, p->run.specs[i]);
		if (!ret)
			put_spec(f, p, p->run.specs[i]);
		drop_events(p);
	}
	return ret;
}

int page_perf(const char *dir, struct err *err)
{
	struct page p = { 0 };
	int ret = run_load(dir, &p.run, err);

	if (!ret) {
		ret = put_page(stdout, &p);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	free(p.present);
	free(p.event);
	run_free(&p.run);
	return ret;
}
