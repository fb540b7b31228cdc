// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an effect and its p value to a word.  See compare.h.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stats/compare.h"
#include "stats/note.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_BASELINE] = "baseline",
		[VERDICT_BETTER] = "better",
		[VERDICT_WORSE] = "worse",
		[VERDICT_DIFFERENT] = "different",
		[VERDICT_SAME] = "same",
		[VERDICT_NOT_PROVEN] = "not proven",
		[VERDICT_MISSING] = "missing",
	};

	return names[verdict];
}

bool verdict_differs(enum verdict verdict)
{
	return verdict == VERDICT_BETTER || verdict == VERDICT_WORSE ||
	       verdict == VERDICT_DIFFERENT;
}

void note_add(struct row *row, const char *fmt, ...)
{
	size_t len = strlen(row->note);
	va_list ap;

	if (len && len + 3 < sizeof(row->note)) {
		strcpy(row->note + len, "; ");
		len += 2;
	}
	va_start(ap, fmt);
	vsnprintf(row->note + len, sizeof(row->note) - len, fmt, ap);
	va_end(ap);
}

/* How far a value is from 1, the same for twice and for half. */
static double from_one(double v)
{
	return v > 0 ? fabs(log(v)) : INFINITY;
}

static enum verdict nearer_one(struct row *row)
{
	double d = from_one(row->median), base = from_one(row->base_median);

	if (d == base || fabs(d - base) < 1e-12) {
		note_add(row, "as far from 1 as the baseline");
		return VERDICT_NOT_PROVEN;
	}
	return d < base ? VERDICT_BETTER : VERDICT_WORSE;
}

static enum verdict direction(struct row *row, enum better better, bool rises)
{
	switch (better) {
	case BETTER_LOWER:
		return rises ? VERDICT_WORSE : VERDICT_BETTER;
	case BETTER_HIGHER:
		return rises ? VERDICT_BETTER : VERDICT_WORSE;
	case BETTER_ONE:
		return nearer_one(row);
	case BETTER_NONE:
		break;
	}
	return VERDICT_DIFFERENT;
}

/* Can a rank test of so many seeds prove anything among so many variants? */
static bool enough_seeds(const struct row *row, double alpha, size_t variants)
{
	double p =
		row->blocks ? row->least_p : stats_least_p(row->n, row->base_n);

	/* The tiny factor is stats_needed()'s. */
	return p * (double)variants <= alpha * (1 + 1e-9);
}

static void note_power(struct row *row, double alpha, size_t variants)
{
	size_t needed = stats_needed(variants, alpha);
	bool untested = row->n < STATS_MIN_N || row->base_n < STATS_MIN_N;

	if (row->blocks && !enough_seeds(row, alpha, variants))
		note_add(row,
			 "too few seeds and hosts for significance among %zu "
			 "variants",
			 variants);
	else if (untested && row->tested)
		note_add(row, "no interval and no test: %zu seeds needed",
			 needed);
	else if (!enough_seeds(row, alpha, variants))
		note_add(row,
			 "too few seeds for significance among %zu "
			 "variant%s: %zu needed",
			 variants, variants == 1 ? "" : "s", needed);
}

void compare_verdict(struct row *row, enum better better, double delta,
		     double alpha, size_t variants)
{
	double lo = row->ratio_ci.lo - 1, hi = row->ratio_ci.hi - 1;
	double p = isnan(row->p_adj) ? row->p : row->p_adj;
	bool by_diff = isnan(lo) || isnan(hi);

	if (!row->n || !row->base_n) {
		row->verdict = VERDICT_MISSING;
		return;
	}
	variants = variants ? variants : 1;
	if (row->exact)
		note_add(row, "exact");
	if (row->tested || row->diff != 0)
		note_power(row, alpha, variants);
	if (row->approx)
		note_add(row, "p by normal approximation");
	if (isnan(row->ratio))
		note_add(row, "no ratio: a value is not above 0");
	if (by_diff) {
		lo = row->diff_ci.lo;
		hi = row->diff_ci.hi;
		delta *= fabs(row->base_median);
	}
	row->verdict = VERDICT_NOT_PROVEN;
	if (isnan(lo) || isnan(hi))
		return;
	/* Who has seen two seeds has not seen that a third does not vary. */
	row->proven = (row->exact ? enough_seeds(row, alpha, variants)
				  : p <= alpha) &&
		      (lo > 0 || hi < 0);
	if (lo >= -delta && hi <= delta)
		row->verdict = VERDICT_SAME;
	else if (row->proven)
		row->verdict = direction(row, better, lo > 0);
}

const char *verdict_text(char buf[VERDICT_TEXT], const struct row *row,
			 const char *unit)
{
	char diff[TEXT_NUM], pct[TEXT_NUM] = "";

	snprintf(buf, VERDICT_TEXT, "%s", verdict_name(row->verdict));
	if (row->verdict != VERDICT_SAME || !row->proven)
		return buf;
	text_num(diff, row->diff);
	if (!isnan(row->ratio))
		text_pct(pct, row->ratio);
	snprintf(buf, VERDICT_TEXT, "same, %s%s %.40s%s%s%s",
		 row->diff > 0 ? "+" : "", diff, unit, *pct ? " (" : "", pct,
		 *pct ? ")" : "");
	return buf;
}
