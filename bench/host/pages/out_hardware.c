// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a PMU counted, beside each metric of time, as Markdown.  See out.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/out.h"
#include "pages/wrap.h"
#include "stats/hardware.h"

struct page {
	FILE *f;
	const struct comparison *c;
	const struct hardware *h; /* of spec */
	size_t spec, shown; /* tables so far */
	double *v;
	double least; /* share of the time that an event was counted */
};

static double median(const struct page *p, size_t arm, const char *metric,
		     enum counted what)
{
	size_t n = hardware_values(p->c->data, p->h, arm, metric, what, p->v);

	return stats_median(p->v, n);
}

static void put(const struct page *p, double v)
{
	char num[TEXT_NUM];

	fprintf(p->f, " %s |", isfinite(v) ? text_num(num, v) : "-");
}

static void put_row(const struct page *p, size_t arm, const char *metric,
		    const char *per, double ns)
{
	double cycles = median(p, arm, metric, COUNTED_CYCLES);
	double insn = median(p, arm, metric, COUNTED_INSN);

	if (!isfinite(cycles) && !isfinite(insn))
		return;
	fprintf(p->f, "| %s | %s | ", metric ? metric : "(in groups)", per);
	text_md(p->f, p->c->data->arms[arm].shown);
	fputs(" |", p->f);
	put(p, ns);
	put(p, cycles);
	put(p, insn);
	put(p, insn / cycles);
	put(p, 100 * median(p, arm, metric, COUNTED_INSN_KERNEL) / insn);
	put(p, median(p, arm, metric, COUNTED_DTLB));
	put(p, median(p, arm, metric, COUNTED_LLC));
	fputc('\n', p->f);
}

/* The samples of any cell that has both rows and events; NULL: none. */
static const struct hardware *any(struct page *p)
{
	const struct hardware *found = NULL;

	for (size_t i = 0; i < p->c->data->n_values; i++) {
		const struct hardware *h = &p->h[i];

		if (!h->s || (isnan(h->counted[COUNTED_INSN]) &&
			      isnan(h->counted[COUNTED_CYCLES])))
			continue;
		p->least = fmin(p->least, h->share);
		if (!found)
			found = h;
	}
	return found;
}

static void put_metric(const struct page *p, const struct hardware *any,
		       const struct metric_decl *decl)
{
	const struct data *d = p->c->data;
	const struct row *rows = NULL;
	const char *per;

	hardware_work(any, decl, &per);
	for (size_t m = 0; decl && m < d->n_metrics; m++)
		if (d->metrics[m].spec == p->spec &&
		    !strcmp(d->metrics[m].name, decl->name))
			rows = &p->c->rows[m * d->n_arms];
	for (size_t arm = 0; arm < d->n_arms; arm++)
		if (!d->arms[arm].aa)
			put_row(p, arm, decl ? decl->name : NULL, per,
				rows ? rows[arm].median : NAN);
}

static void put_spec(struct page *p)
{
	const struct hardware *h = any(p);
	size_t i;

	if (!h)
		return;
	if (!p->shown++)
		fputs("\n## Hardware beside time\n\nFor each operation, median "
		      "over the seeds; user and kernel together. Time is that "
		      "of the metric. Events are counted over all that the "
		      "case does between its setup and its end, so what lies "
		      "between two measurements (looking at pages, filling "
		      "them anew) is in the events and not in the time.\n",
		      p->f);
	fprintf(p->f,
		"\n`%s`\n\n| metric | per | variant | ns | cycles | "
		"instructions | instructions a cycle | in the kernel, %% | "
		"dTLB load misses | LLC load misses |\n| --- | --- | --- | "
		"--: | --: | --: | --: | --: | --: | --: |\n",
		p->c->data->specs[p->spec]);
	for (i = 0; i < h->s->n_metrics; i++)
		if (hardware_metric(h->s, &h->s->metrics[i]))
			put_metric(p, h, &h->s->metrics[i]);
	if (!hardware_first(h->s))
		put_metric(p, h, NULL);
}

int out_hardware(FILE *f, const struct comparison *c, struct err *err)
{
	const struct data *d = c->data;
	struct page p = { .f = f, .c = c, .least = 100 };
	struct hardware *h;
	int ret = 0;

	if (strcmp(d->run->unit, MMVS_UNIT_NS))
		return 0;
	p.v = calloc(d->n_values + 1, sizeof(*p.v));
	if (!p.v)
		return err_set(err, -ENOMEM, "out of memory");
	for (p.spec = 0; p.spec < d->n_specs && !ret; p.spec++) {
		ret = hardware_load(d, p.spec, &h, err);
		if (ret)
			break;
		p.h = h;
		put_spec(&p);
		hardware_free(h, d->n_values);
	}
	if (p.shown && p.least < 100)
		fprintf(f,
			"\nThe PMU was shared: an event was counted in as "
			"little as %.0f %% of the time, and scaled.\n",
			p.least);
	free(p.v);
	return ret;
}
