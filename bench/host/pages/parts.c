// SPDX-License-Identifier: GPL-2.0-only
/*
 * Effects, noise floor and limits, in words.  See parts.h.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "load/conform.h"
#include "pages/parts.h"
#include "pages/wrap.h"

const char *part_better(enum better better)
{
	switch (better) {
	case BETTER_LOWER:
		return "lower is better";
	case BETTER_HIGHER:
		return "higher is better";
	case BETTER_ONE:
		return "nearer to 1 is better";
	case BETTER_NONE:
		break;
	}
	return "neither way is better";
}

const char *part_unit(const struct run *run)
{
	if (!strcmp(run->unit, MMVS_UNIT_INSN))
		return "guest instructions executed";
	return "nanoseconds";
}

const char *part_look(char buf[PART_LOOK], const struct run *run)
{
	buf[0] = '\0';
	if (!isnan(run->look) && !isnan(run->looks))
		snprintf(buf, PART_LOOK, ", look %g of at most %g", run->look,
			 run->looks);
	return buf;
}

const char *part_effect(char buf[PART_EFFECT], const struct row *row,
			const char *unit)
{
	char v[TEXT_NUM], lo[TEXT_NUM], hi[TEXT_NUM], name[80] = "";

	if (!isnan(row->ratio)) {
		text_pct(v, row->ratio);
		text_pct(lo, row->ratio_ci.lo);
		text_pct(hi, row->ratio_ci.hi);
	} else {
		text_num(v, row->diff);
		text_num(lo, row->diff_ci.lo);
		text_num(hi, row->diff_ci.hi);
		snprintf(name, sizeof(name), " %s", unit);
	}
	if (row->exact)
		snprintf(buf, PART_EFFECT, "%s%s (exact)", v, name);
	else if (*lo)
		snprintf(buf, PART_EFFECT, "%s%s [%s, %s]", v, name, lo, hi);
	else
		snprintf(buf, PART_EFFECT, "%s%s (no interval)", v, name);
	return buf;
}

int part_mark(FILE *f, const struct data *d, int width, const char *before)
{
	size_t i;

	for (i = 0; i < d->n_arms; i++) {
		if (d->arms[i].aa || !*conform_mark(d->arms[i].variant))
			continue;
		fputs(before, f);
		return text_wrapf(f, width, CONFORM_MARK " ", "  ",
				  "behind a name: fails conformance "
				  "(make conform has the matrix).");
	}
	return 0;
}

static int put_alarms(FILE *f, const struct comparison *c, size_t alarms,
		      int width, const char *q)
{
	const struct data *d = c->data;
	char effect[PART_EFFECT], expected[TEXT_NUM];
	const struct row *r;
	size_t i, tests = 0;
	int ret;

	for (i = 0; i < c->n_rows; i++)
		tests += d->arms[c->rows[i].arm].aa && !isnan(c->rows[i].p);
	text_num(expected, c->alpha * (double)tests);
	if ((double)alarms > c->alpha * (double)tests)
		ret = text_wrapf(
			f, width, "", "",
			"WARNING: A/A DIFFERS. The baseline differs from "
			"itself in %zu metrics; this run is NOT TRUSTWORTHY "
			"for them (chance alone makes about %s of %zu tests "
			"at alpha %g differ):",
			alarms, expected, tests, c->alpha);
	else
		ret = text_wrapf(
			f, width, "", "",
			"The baseline differs from itself in %zu of %zu "
			"metrics, no more than chance makes (about %s at alpha "
			"%g). Nothing should rest on these alone:",
			alarms, tests, expected, c->alpha);
	for (i = 0; i < c->n_rows && !ret; i++) {
		r = &c->rows[i];
		if (d->arms[r->arm].aa && verdict_differs(r->verdict))
			ret = text_wrapf(
				f, width, "- ", "  ", "%s%s%s of %s%s%s: %s %s",
				q, d->metrics[r->metric].name, q, q,
				d->specs[d->metrics[r->metric].spec], q,
				part_effect(effect, r,
					    d->metrics[r->metric].unit),
				verdict_name(r->verdict));
	}
	return ret;
}

static int put_levels(FILE *f, const struct comparison *c,
		      const struct noise *n, const char *which, int width,
		      const char *q)
{
	char a[TEXT_NUM], b[TEXT_NUM];
	const struct metric *m;
	int ret;

	if (!n->n)
		return text_wrapf(f, width, "", "", "%s metrics: no A/A ratio.",
				  which);
	m = &c->data->metrics[c->rows[n->floor_row].metric];
	ret = text_wrapf(f, width, "", "",
			 "%s metrics: noise floor %s (largest |ratio - 1| of "
			 "A/A, %s%s%s of %s%s%s).",
			 which, text_upct(a, n->floor), q, m->name, q, q,
			 c->data->specs[m->spec], q);
	if (ret)
		return ret;
	if (n->n_interval) {
		m = &c->data->metrics[c->rows[n->visible_row].metric];
		ret = text_wrapf(f, width, "", "",
				 "Smallest visible effect %s (largest half "
				 "width of its interval, %s%s%s of %s%s%s); "
				 "the intervals reach %s from 1.",
				 text_upct(a, n->visible), q, m->name, q, q,
				 c->data->specs[m->spec], q,
				 text_upct(b, n->bound));
	}
	if (!ret && n->n_interval < n->n)
		ret = text_wrapf(f, width, "", "",
				 "%zu of %zu have no interval: the smallest "
				 "visible effect is not known for them.",
				 n->n - n->n_interval, n->n);
	if (!ret && n->n_no_ratio)
		ret = text_wrapf(f, width, "", "",
				 "Without a ratio (baseline 0), so not in "
				 "these figures: %zu.",
				 n->n_no_ratio);
	return ret;
}

int part_noise(FILE *f, const struct comparison *c, int width,
	       const char *quote)
{
	const struct data *d = c->data;
	const struct arm *aa = &d->arms[d->n_arms - 1];
	struct noise key, all;
	int ret;

	if (!aa->aa)
		return text_wrapf(f, width, "", "",
				  "No A/A cells in this comparison: its noise "
				  "floor and the smallest effect it could have "
				  "seen are not known.");
	compare_noise(c, true, &key);
	compare_noise(c, false, &all);
	ret = text_wrapf(f, width, "", "",
			 "A/A compares %s%s%s with itself under %zu other "
			 "seeds.",
			 quote, aa->variant->name, quote, aa->n_seeds);
	if (!ret)
		ret = put_levels(f, c, &key, "Key", width, quote);
	if (!ret && all.alarms)
		ret = put_alarms(f, c, all.alarms, width, quote);
	else if (!ret)
		ret = text_wrapf(f, width, "", "",
				 "No metric of %zu differs from itself.",
				 all.n + all.n_no_ratio);
	return ret;
}
