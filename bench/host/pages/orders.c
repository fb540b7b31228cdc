// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for small folios and not for large ones: verdicts of specs that
 * differ in their option "order" alone, side by side.  See parts.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pages/parts.h"

#define OPTION "order="

/* The order in @spec, and the spec without it in @rest (its size); NULL: none. */
static const char *split_order(const char *spec, char *rest)
{
	const char *at = strchr(spec, '@'), *end;
	size_t head;

	while (at && strncmp(at + 1, OPTION, strlen(OPTION)))
		at = strchr(at + 1, ',');
	if (!at)
		return NULL;
	end = at + 1 + strcspn(at + 1, ",");
	head = (size_t)(at - spec);
	memcpy(rest, spec, head);
	/* "case@order=9,a=1" keeps its '@', the others a ',' */
	if (*at == '@' && *end)
		rest[head++] = '@', end++;
	strcpy(rest + head, end);
	return at + 1 + strlen(OPTION);
}

/* The same key metric of the spec that @rest names; n_metrics: not measured. */
static size_t find_metric(const struct data *d, const char *rest,
			  const struct metric *like)
{
	size_t i;

	for (i = 0; i < d->n_metrics; i++)
		if (d->metrics[i].key &&
		    !strcmp(d->specs[d->metrics[i].spec], rest) &&
		    !strcmp(d->metrics[i].name, like->name))
			break;
	return i;
}

static void put_effect(FILE *f, const struct row *r, const char *unit,
		       bool bold)
{
	char effect[PART_EFFECT];
	const char *mark = bold ? "**" : "";

	fprintf(f, " %s, %s%s%s |", part_effect(effect, r, unit), mark,
		verdict_name(r->verdict), mark);
}

static void put_rows(FILE *f, const struct comparison *c, size_t small,
		     size_t large, const char *order)
{
	const struct data *d = c->data;
	const struct metric *m = &d->metrics[large];
	size_t i;

	for (i = 0; i < d->n_arms; i++) {
		const struct row *a = &c->rows[small * d->n_arms + i];
		const struct row *b = &c->rows[large * d->n_arms + i];

		if (d->arms[i].aa || d->arms[i].base == i)
			continue;
		fprintf(f, "| `%s` | `%s` | `%s` |",
			d->specs[d->metrics[small].spec], m->name,
			d->arms[i].shown);
		put_effect(f, a, m->unit, false);
		fprintf(f, " %.*s |", (int)strcspn(order, ","), order);
		put_effect(f, b, m->unit, a->verdict != b->verdict);
		fputc('\n', f);
	}
}

int part_orders(FILE *f, const struct comparison *c)
{
	const struct data *d = c->data;
	bool head = false;
	size_t i;

	for (i = 0; i < d->n_metrics; i++) {
		const char *spec = d->specs[d->metrics[i].spec], *order;
		char *rest = malloc(strlen(spec) + 1);
		size_t small;

		if (!rest)
			return -ENOMEM;
		order = d->metrics[i].key ? split_order(spec, rest) : NULL;
		small = order ? find_metric(d, rest, &d->metrics[i])
			      : d->n_metrics;
		free(rest);
		if (small == d->n_metrics)
			continue;
		if (!head)
			fputs("\n## By folio order\n\nKey metrics that were "
			      "measured at order 0 and at a higher one; bold "
			      "where the verdict at order 0 does not hold.\n\n"
			      "| spec | metric | variant | order 0 | order | "
			      "there |\n| --- | --- | --- | --- | --: | --- "
			      "|\n",
			      f);
		head = true;
		put_rows(f, c, small, i, order);
	}
	return 0;
}
