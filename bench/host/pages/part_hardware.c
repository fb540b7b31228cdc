// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a PMU counted for each operation, as rows of a table.  See part_hardware.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/part_hardware.h"

struct source {
	const struct comparison *c;
	const struct hardware *h; /* of spec */
	size_t spec;
	double *v;
	struct hardware_table *to;
};

static double median(const struct source *s, size_t arm, const char *metric,
		     enum counted what)
{
	size_t n = hardware_values(s->c->data, s->h, arm, metric, what, s->v);

	return stats_median(s->v, n);
}

static int add_row(const struct source *s, size_t arm,
		   const struct metric_decl *decl, const char *per, double ns)
{
	const char *metric = decl ? decl->name : NULL;
	double cycles = median(s, arm, metric, COUNTED_CYCLES);
	double insn = median(s, arm, metric, COUNTED_INSN);
	double kernel = median(s, arm, metric, COUNTED_INSN_KERNEL);
	struct hardware_row *row;

	if (!isfinite(cycles) && !isfinite(insn))
		return 0;
	row = reallocarray(s->to->rows, s->to->n + 1, sizeof(*row));
	if (!row)
		return -ENOMEM;
	s->to->rows = row;
	row += s->to->n;
	*row = (struct hardware_row){
		.metric = strdup(metric ? metric : "(in groups)"),
		.per = strdup(per),
		.arm = arm,
		.value = { ns, cycles, insn, insn / cycles, 100 * kernel / insn,
			   median(s, arm, metric, COUNTED_DTLB),
			   median(s, arm, metric, COUNTED_LLC) },
	};
	s->to->n++;
	return row->metric && row->per ? 0 : -ENOMEM;
}

/* The samples of any cell that has both rows and events; NULL: none. */
static const struct hardware *any(const struct source *s)
{
	const struct hardware *found = NULL;

	for (size_t i = 0; i < s->c->data->n_values; i++) {
		const struct hardware *h = &s->h[i];

		if (!h->s || (isnan(h->counted[COUNTED_INSN]) &&
			      isnan(h->counted[COUNTED_CYCLES])))
			continue;
		s->to->least = fmin(s->to->least, h->share);
		if (!found)
			found = h;
	}
	return found;
}

static int add_metric(const struct source *s, const struct hardware *any,
		      const struct metric_decl *decl)
{
	const struct data *d = s->c->data;
	const struct row *rows = NULL;
	const char *per;
	int ret = 0;

	hardware_work(any, decl, &per);
	for (size_t m = 0; decl && m < d->n_metrics; m++)
		if (d->metrics[m].spec == s->spec &&
		    !strcmp(d->metrics[m].name, decl->name))
			rows = &s->c->rows[m * d->n_arms];
	for (size_t arm = 0; arm < d->n_arms && !ret; arm++)
		if (!d->arms[arm].aa)
			ret = add_row(s, arm, decl, per,
				      rows ? rows[arm].median : NAN);
	return ret;
}

static int add_spec(const struct source *s)
{
	const struct hardware *h = any(s);
	int ret = 0;

	if (!h)
		return 0;
	for (size_t i = 0; i < h->s->n_metrics && !ret; i++)
		if (hardware_metric(h->s, &h->s->metrics[i]))
			ret = add_metric(s, h, &h->s->metrics[i]);
	if (!hardware_first(h->s) && !ret)
		ret = add_metric(s, h, NULL);
	return ret;
}

int hardware_table(const struct comparison *c, size_t spec,
		   struct hardware_table *table, struct err *err)
{
	const struct data *d = c->data;
	struct source s = { .c = c, .spec = spec, .to = table };
	struct hardware *h;
	int ret;

	*table = (struct hardware_table){ .least = 100 };
	if (strcmp(d->run->unit, MMVS_UNIT_NS))
		return 0;
	s.v = calloc(d->n_values + 1, sizeof(*s.v));
	if (!s.v)
		return err_set(err, -ENOMEM, "out of memory");
	ret = hardware_load(d, spec, &h, err);
	if (!ret) {
		s.h = h;
		if (add_spec(&s))
			ret = err_set(err, -ENOMEM, "out of memory");
		hardware_free(h, d->n_values);
	}
	free(s.v);
	return ret;
}

void hardware_table_free(struct hardware_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		free(table->rows[i].metric);
		free(table->rows[i].per);
	}
	free(table->rows);
}
