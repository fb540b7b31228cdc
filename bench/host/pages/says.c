// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the data says, a sentence at a time.  See decision.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/decision.h"
#include "pages/parts.h"
#include "pages/say.h"

#define SAY_FEW 12 /* variants, with whom the mail has a choice spelt out */
#define SAY_BRIEF 4 /* names of those that dominate another, in the mail */

static const char *shown(const struct decision *d, size_t arm)
{
	return d->c->data->arms[arm].shown;
}

/* ", " between the aspects of one clause; what stands before the first. */
static void next_item(struct say *s, const char *head)
{
	fputs(s->items++ ? ", " : head, s->f);
}

/* Properties that a keeps and b breaks. */
static void put_properties(struct say *s, size_t a, size_t b)
{
	const struct variant *va = s->d->c->data->arms[a].variant;
	const struct variant *vb = s->d->c->data->arms[b].variant;
	const char *sep = " (";
	size_t i, k;

	for (i = 0; i < va->n_properties; i++)
		for (k = 0; k < vb->n_properties; k++) {
			if (strcmp(va->properties[i].name,
				   vb->properties[k].name) ||
			    va->properties[i].fails || !vb->properties[k].fails)
				continue;
			fprintf(s->f, "%s%s", sep, va->properties[i].name);
			sep = ", ";
		}
	fputc(')', s->f);
}

/* The aspects, static costs apart, in which a is that to b, with their effects. */
static void put_clause(struct say *s, size_t a, size_t b, enum relation want,
		       const char *head, bool effects)
{
	const struct decision *d = s->d;
	const struct aspect *as;
	size_t i;

	s->items = 0;
	for (i = 0; i < d->n_aspects; i++) {
		as = &d->aspects[i];
		if (as->kind == ASPECT_STATIC ||
		    decide_relation(d, i, a, b, NULL) != want)
			continue;
		next_item(s, head);
		fputs(as->name, s->f);
		if (as->kind == ASPECT_METRICS)
			say_metrics(s, i, a, b, effects ? want : RELATION_SAME);
		else if (want == RELATION_BETTER)
			put_properties(s, a, b);
		else if (want == RELATION_WORSE)
			put_properties(s, b, a);
	}
}

/* "; carries lines changed 8 (0), files 1 (0)": what differs from b. */
static void put_costs(struct say *s, size_t a, size_t b, const char *head)
{
	const struct decision *d = s->d;
	char x[TEXT_NUM], y[TEXT_NUM];
	const struct aspect *as;
	size_t i;

	s->items = 0;
	for (i = 0; i < d->n_aspects; i++) {
		as = &d->aspects[i];
		if (as->kind != ASPECT_STATIC ||
		    decide_relation(d, i, a, b, NULL) == RELATION_SAME)
			continue;
		next_item(s, head);
		text_num(x, d->c->data->arms[a].variant->cost[as->cost]);
		text_num(y, d->c->data->arms[b].variant->cost[as->cost]);
		fprintf(s->f, "%s %s", as->name, *x ? x : "unknown");
		if (strcmp(y, "0"))
			fprintf(s->f, " against %s", *y ? y : "unknown");
	}
}

static void say_variant(struct say *s, size_t arm)
{
	size_t base = s->d->c->data->baseline;

	fprintf(s->f, "%s against %s", shown(s->d, arm), shown(s->d, base));
	put_clause(s, arm, base, RELATION_BETTER, ": better in ", true);
	if (!s->items)
		fputs(": better in nothing", s->f);
	put_clause(s, arm, base, RELATION_WORSE, "; worse in ", true);
	if (!s->items)
		fputs("; worse in nothing", s->f);
	put_clause(s, arm, base, RELATION_MIXED, "; both ways in ", false);
	put_clause(s, arm, base, RELATION_SAME, "; the same in ", false);
	put_clause(s, arm, base, RELATION_OPEN, "; not proven in ", false);
	put_clause(s, arm, base, RELATION_UNKNOWN, "; not comparable in ",
		   false);
	put_costs(s, arm, base, "; to carry: ");
	fputc('.', s->f);
}

/* b is dominated by a, all told or but for what a costs to carry. */
static void say_dominated(struct say *s, size_t a, size_t b, bool with_static)
{
	fprintf(s->f, "%s is dominated by %s%s: that one is", shown(s->d, b),
		shown(s->d, a),
		with_static ? "" : ", static cost left out of account");
	/* In the mail the table beside it has them. */
	put_clause(s, a, b, RELATION_BETTER, " better in ", !s->brief);
	if (!s->items)
		put_costs(s, a, b, " cheaper to carry: ");
	fputs(" and worse in nothing", s->f);
	put_clause(s, a, b, RELATION_OPEN, "; not proven either way in ",
		   false);
	if (!with_static && !s->brief)
		put_costs(s, a, b, "; its price: ");
	fputc('.', s->f);
}

/* Does a have to say that it dominates b?  Not if a is dominated itself. */
static bool dominates(const struct decision *d, size_t a, size_t b, bool whole)
{
	return a != b && decide_dominates(d, a, b, whole) &&
	       !decide_dominated(d, a, whole);
}

/* The mail has room for one sentence about each that is dominated. */
static int say_dominators(struct say *s, size_t b, bool whole, size_t n)
{
	const struct decision *d = s->d;
	int ret = say_begin(s);
	size_t a;

	if (ret)
		return ret;
	fprintf(s->f, "%s is dominated", shown(d, b));
	s->items = 0;
	for (a = 0; a < d->n; a++) {
		if (!dominates(d, a, b, whole) || s->items == SAY_BRIEF)
			continue;
		next_item(s, " by ");
		fputs(shown(d, a), s->f);
	}
	if (n > SAY_BRIEF)
		fprintf(s->f, " and %zu more", n - SAY_BRIEF);
	fprintf(s->f, "%s: better in something, worse in nothing.",
		whole ? "" : ", static cost left out of account");
	return say_end(s);
}

/* Where there are many, the mail names them and leaves the rest to the report. */
static int say_dominated_many(struct say *s)
{
	const struct decision *d = s->d;
	int ret = say_begin(s);

	if (ret)
		return ret;
	s->items = 0;
	for (size_t b = 0; b < d->n; b++)
		if (decide_dominated(d, b, true)) {
			next_item(s, "Dominated (report.md says by which): ");
			fputs(shown(d, b), s->f);
		}
	fputc('.', s->f);
	return say_end(s);
}

static int say_domination(struct say *s)
{
	const struct decision *d = s->d;
	size_t a, b, n = 0;
	bool whole;
	int ret = 0;

	for (b = 0; b < d->n; b++)
		n += decide_dominated(d, b, true);
	if (s->brief && n > SAY_BRIEF)
		return say_dominated_many(s);

	for (b = 0; b < d->n; b++) {
		whole = decide_dominated(d, b, true);
		for (a = n = 0; a < d->n; a++)
			n += dominates(d, a, b, whole);
		if (s->brief && n > 1)
			ret = say_dominators(s, b, whole, n);
		for (a = 0; a < d->n && !ret; a++) {
			if (!dominates(d, a, b, whole) || (s->brief && n > 1))
				continue;
			ret = say_begin(s);
			if (ret)
				return ret;
			say_dominated(s, a, b, whole);
			ret = say_end(s);
		}
		if (ret)
			return ret;
	}
	return ret;
}

/* "Nothing dominates A, B (static cost left out of account: B)." */
static void say_front(struct say *s)
{
	const struct decision *d = s->d;
	size_t i, some = 0, n = 0;

	for (i = 0; i < d->n; i++)
		n += !decide_dominated(d, i, true);
	if (s->brief && n == d->n)
		fprintf(s->f, "Nothing dominates any of the %zu", n);
	s->items = 0;
	for (i = 0; i < d->n && !(s->brief && n == d->n); i++)
		if (!decide_dominated(d, i, true)) {
			next_item(s, "Nothing dominates ");
			fputs(shown(d, i), s->f);
		}
	for (i = 0; i < d->n; i++)
		some += !decide_dominated(d, i, false);
	s->items = 0;
	for (i = 0; i < d->n && some != n; i++)
		if (!decide_dominated(d, i, false)) {
			next_item(s, "; static cost left out of account: ");
			fputs(shown(d, i), s->f);
		}
	fputc('.', s->f);
}

/* What decides between two that nothing dominates. */
static void say_choice(struct say *s, size_t a, size_t b)
{
	fprintf(s->f, "Between %s and %s", shown(s->d, a), shown(s->d, b));
	put_clause(s, a, b, RELATION_BETTER, ": for the first ", true);
	if (!s->items)
		fputs(": for the first nothing measured", s->f);
	put_clause(s, b, a, RELATION_BETTER, "; for the second ", true);
	if (!s->items)
		fputs("; for the second nothing measured", s->f);
	put_clause(s, a, b, RELATION_MIXED, "; both ways in ", false);
	put_clause(s, a, b, RELATION_OPEN, "; not proven in ", false);
	put_clause(s, a, b, RELATION_UNKNOWN, "; not comparable in ", false);
	put_costs(s, a, b, "; to carry the first: ");
	fputc('.', s->f);
}

static int say_choices(struct say *s, size_t most)
{
	const struct decision *d = s->d;
	size_t base = d->c->data->baseline, a, b;
	int ret = 0;

	for (a = 0; a < d->n && !ret; a++)
		for (b = a + 1; b < d->n && !ret; b++) {
			if (a == base || b == base ||
			    decide_dominated(d, a, false) ||
			    decide_dominated(d, b, false) || !most)
				continue;
			most--;
			ret = say_begin(s);
			if (ret)
				return ret;
			say_choice(s, a, b);
			ret = say_end(s);
		}
	return ret;
}

static int say_absent(struct say *s)
{
	const struct decision *d = s->d;
	size_t i;
	int ret;

	if (!d->n_absent && !d->too_many && !d->needed)
		return 0;
	ret = say_begin(s);
	if (ret)
		return ret;
	for (i = 0; i < d->n_absent; i++)
		fprintf(s->f, "%s%s",
			i ? ", " : "Not known in this run: ", d->absent[i]);
	if (d->n_absent)
		fputc('.', s->f);
	if (d->too_many)
		fprintf(s->f,
			"%s%zu pairs of variants are too many: only those with "
			"the baseline were compared.",
			d->n_absent ? " " : "", d->pairs);
	else if (d->needed)
		fprintf(s->f,
			"%sToo few seeds to prove a difference between two "
			"that are no baseline: for %zu such pair%s it takes "
			"%zu a side.",
			d->n_absent ? " " : "", d->pairs,
			d->pairs == 1 ? "" : "s", d->needed);
	return say_end(s);
}

int says_make(const struct decision *d, bool brief, struct says *out)
{
	struct say s = { .d = d, .brief = brief, .out = out };
	size_t i;
	int ret = 0;

	memset(out, 0, sizeof(*out));
	/* The mail has its table for that. */
	for (i = 0; i < d->n && !ret && !brief; i++) {
		if (i == d->c->data->baseline)
			continue;
		ret = say_begin(&s);
		if (ret)
			break;
		say_variant(&s, i);
		ret = say_end(&s);
	}
	if (!ret)
		ret = say_domination(&s);
	if (!ret)
		ret = say_begin(&s);
	if (!ret) {
		say_front(&s);
		ret = say_end(&s);
	}
	if (!ret)
		ret = say_choices(&s, !brief ? 10 : d->n <= SAY_FEW);
	if (!ret)
		ret = say_absent(&s);
	return ret;
}

void says_free(struct says *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->all[i].text);
		free(s->all[i].metrics);
	}
	free(s->all);
	memset(s, 0, sizeof(*s));
}
