// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

static int by_size(const void *a, const void *b)
{
	const struct delta *x = a, *y = b;
	double d = fabs(y->diff) - fabs(x->diff);

	if (d > 0 || d < 0)
		return d > 0 ? 1 : -1;
	d = y->insn[0] - x->insn[0];
	if (d > 0 || d < 0)
		return d > 0 ? 1 : -1;
	return strcmp(x->function, y->function);
}

/* The rows of @region lie together: the first, and behind the last. */
static void range(const struct profile *p, const char *region, size_t *from,
		  size_t *to)
{
	for (*from = 0; *from < p->nr; (*from)++)
		if (!strcmp(p->row[*from].region, region))
			break;
	for (*to = *from; *to < p->nr; (*to)++)
		if (strcmp(p->row[*to].region, region))
			break;
}

static void take(struct diff *d, const struct row *row, int side)
{
	struct delta *t = &d->delta[d->nr];

	t->function = row->function;
	t->calls[side] = (double)row->calls / (double)d->ops[side];
	t->insn[side] = (double)row->insn / (double)d->ops[side];
	d->total[side] += t->insn[side];
}

struct diff *diff_make(const struct profile *a, const struct profile *b,
		       const struct ops *ops)
{
	const struct ops *other = profile_ops(b, ops->region);
	struct diff *d = calloc(1, sizeof(*d));
	size_t i, k, end_a, end_b;

	if (!d || !other) {
		free(d);
		return NULL;
	}
	d->region = ops->region;
	d->unit = ops->unit;
	d->with_calls = !*a->view;
	d->ops[0] = ops->count;
	d->ops[1] = other->count;
	range(a, ops->region, &i, &end_a);
	range(b, ops->region, &k, &end_b);
	d->delta = calloc(end_a - i + end_b - k + 1, sizeof(*d->delta));
	if (!d->delta) {
		free(d);
		return NULL;
	}
	while (i < end_a || k < end_b) {
		int c = i == end_a   ? 1
			: k == end_b ? -1
				     : strcmp(a->row[i].function,
					      b->row[k].function);

		if (c <= 0)
			take(d, &a->row[i++], 0);
		if (c >= 0)
			take(d, &b->row[k++], 1);
		d->delta[d->nr].diff =
			d->delta[d->nr].insn[1] - d->delta[d->nr].insn[0];
		d->nr++;
	}
	qsort(d->delta, d->nr, sizeof(*d->delta), by_size);
	return d;
}

void diff_free(struct diff *d)
{
	if (d)
		free(d->delta);
	free(d);
}

static void put_line(FILE *out, const char *name, const struct delta *t,
		     bool with_calls)
{
	fprintf(out, "%-36s", name);
	if (with_calls)
		fprintf(out, " %9.3f %9.3f", t->calls[0], t->calls[1]);
	else
		fprintf(out, " %9s %9s", "", "");
	fprintf(out, " %12.2f %12.2f %+12.2f\n", t->insn[0], t->insn[1],
		t->diff);
}

void diff_table(FILE *out, const struct diff *d, const char *name_a,
		const char *name_b, size_t top)
{
	struct delta rest = { 0 }, sum = { 0 };
	char name[64];

	fprintf(out,
		"region %s, per %s (A %s: %" PRIu64 ", B %s: %" PRIu64 ")\n",
		d->region, d->unit, name_a, d->ops[0], name_b, d->ops[1]);
	fprintf(out, "%-36s %9s %9s %12s %12s %12s\n", "function",
		d->with_calls ? "calls A" : "", d->with_calls ? "calls B" : "",
		"insn A", "insn B", "difference");
	for (size_t i = 0; i < d->nr; i++) {
		const struct delta *t = &d->delta[i];
		struct delta *into = i < top && t->diff != 0 ? NULL : &rest;

		sum.diff += t->diff;
		if (!into) {
			put_line(out, t->function, t, d->with_calls);
			continue;
		}
		rest.calls[0]++;
		rest.insn[0] += t->insn[0];
		rest.insn[1] += t->insn[1];
		rest.diff += t->diff;
	}
	if (rest.calls[0] > 0) {
		snprintf(name, sizeof(name), "(%.0f others)", rest.calls[0]);
		put_line(out, name, &rest, false);
	}
	sum.insn[0] = d->total[0];
	sum.insn[1] = d->total[1];
	put_line(out, "total", &sum, false);
}

void diff_explain(FILE *out, const struct diff *d)
{
	fprintf(out, "%s\t%s\t%.2f\t%.2f\t%+.2f", d->region, d->unit,
		d->total[0], d->total[1], d->total[1] - d->total[0]);
	for (size_t i = 0; i < 3 && i < d->nr && d->delta[i].diff != 0; i++)
		fprintf(out, "\t%s\t%+.2f", d->delta[i].function,
			d->delta[i].diff);
	fputc('\n', out);
}
