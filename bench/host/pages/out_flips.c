// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which verdicts two runs do not share, as Markdown.  See out.h.
 */
#include <math.h>
#include <string.h>

#include "pages/out.h"
#include "pages/parts.h"
#include "pages/wrap.h"

/* A run with its own verdicts, each variant against the run's baseline. */
struct judged {
	struct data d;
	struct comparison c;
};

static int judge(const struct run *run, struct judged *j, struct err *err)
{
	double delta = isnan(run->delta_pct) ? 1 : run->delta_pct;
	double alpha = isnan(run->alpha) ? 0.05 : run->alpha;
	int ret;

	ret = data_init(&j->d, run, NULL, NULL, err);
	if (!ret)
		ret = data_load(&j->d, err);
	if (!ret)
		ret = compare_all(&j->d, delta / 100, alpha, &j->c, err);
	return ret;
}

static const struct row *find_row(const struct judged *j, const char *spec,
				  const char *metric, const char *arm)
{
	for (size_t i = 0; i < j->c.n_rows; i++) {
		const struct row *r = &j->c.rows[i];
		const struct metric *m = &j->d.metrics[r->metric];

		if (!strcmp(m->name, metric) &&
		    !strcmp(j->d.arms[r->arm].label, arm) &&
		    !strcmp(j->d.specs[m->spec], spec))
			return r;
	}
	return NULL;
}

/* A verdict that says something: what is not proven contradicts nothing. */
static bool says(enum verdict v)
{
	return verdict_differs(v) || v == VERDICT_SAME;
}

static void put_verdict(FILE *f, const struct row *r, const char *unit)
{
	char effect[PART_EFFECT];

	fprintf(f, " %s, %s |", verdict_name(r->verdict),
		part_effect(effect, r, unit));
}

static void put(FILE *f, const struct judged *a, const struct row *x,
		const struct row *y)
{
	const struct metric *m = &a->d.metrics[x->metric];

	fprintf(f, "| `%s` | `%s` | ", a->d.specs[m->spec], m->name);
	text_md(f, a->d.arms[x->arm].shown);
	fputs(" |", f);
	put_verdict(f, x, m->unit);
	put_verdict(f, y, m->unit);
	fputc('\n', f);
}

static void put_run(FILE *f, char which, const struct run *run)
{
	fprintf(f, "%c is ", which);
	text_md(f, run->name);
	fputs(which == 'A' ? ", " : ".", f);
}

static void put_flips(FILE *f, const struct judged *a, const struct judged *b)
{
	size_t i, shared = 0, flipped = 0, open = 0;

	fputs("\n## Verdicts that flip\n\nKey metrics, each variant against "
	      "the baseline of its own run: ",
	      f);
	put_run(f, 'A', a->d.run);
	put_run(f, 'B', b->d.run);
	fputs("\n\n", f);
	for (i = 0; i < a->c.n_rows; i++) {
		const struct row *x = &a->c.rows[i], *y;
		const struct metric *m = &a->d.metrics[x->metric];
		const struct arm *arm = &a->d.arms[x->arm];

		if (!m->key || arm->aa || arm->base == x->arm)
			continue;
		y = find_row(b, a->d.specs[m->spec], m->name, arm->label);
		if (!y)
			continue;
		if (!says(x->verdict) || !says(y->verdict)) {
			open++;
		} else if (x->verdict == y->verdict) {
			shared++;
		} else {
			if (!flipped++)
				fputs("| case | metric | variant | A | B |\n"
				      "| --- | --- | --- | --: | --: |\n",
				      f);
			put(f, a, x, y);
		}
	}
	fprintf(f,
		"%s%zu verdicts flip, %zu are the same in both, %zu are not "
		"proven in one of them.\n",
		flipped ? "\n" : "", flipped, shared, open);
}

int out_flips(FILE *f, const struct run *a, const struct run *b,
	      struct err *err)
{
	struct judged x = { 0 }, y = { 0 };
	int ret;

	ret = judge(a, &x, err);
	if (!ret)
		ret = judge(b, &y, err);
	if (!ret)
		put_flips(f, &x, &y);
	compare_free(&x.c);
	compare_free(&y.c);
	data_free(&x.d);
	data_free(&y.d);
	return ret;
}
