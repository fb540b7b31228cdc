// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cells of two runs are the same case.  See bridge.h.
 *
 * Two runs of one family in guests have the same specs and variants.  On the kernel
 * that runs, variants are mapping types, and the guest's specs name those.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/bridge.h"

#define MAP "map="
#define NO_MAP "-"

static bool is_native(const struct run *run)
{
	return !strcmp(run->mode, "native");
}

/* Are the variants of the run mapping types, which its specs then do not name? */
static bool has_maps(const struct run *run)
{
	return is_native(run) && strcmp(run->variants[0].name, "running") != 0;
}

/* "case@map=X,a=b" is "case@a=b" and "X". */
static void split(const char *spec, char *rest, char *map)
{
	const char *at = strchr(spec, '@'), *option, *end;
	char *to = rest;
	bool first = true;

	strcpy(map, NO_MAP);
	if (!at) {
		strcpy(rest, spec);
		return;
	}
	to = mempcpy(to, spec, (size_t)(at - spec));
	for (option = at + 1; *option; option = *end ? end + 1 : end) {
		end = strchrnul(option, ',');
		if (!strncmp(option, MAP, strlen(MAP))) {
			option += strlen(MAP);
			*(char *)mempcpy(map, option, (size_t)(end - option)) =
				'\0';
			continue;
		}
		*to++ = first ? '@' : ',';
		first = false;
		to = mempcpy(to, option, (size_t)(end - option));
	}
	*to = '\0';
}

static void name(const struct bridge *b, enum bridge_side side, size_t spec,
		 char *rest, char *map)
{
	const struct data *d = &b->d[side];

	if (is_native(b->d[BRIDGE_TIME].run) && !has_maps(d->run))
		split(d->specs[spec], rest, map);
	else
		snprintf(rest, TEXT_MAX_SPEC + 1, "%s", d->specs[spec]);
}

static const char *label(const struct bridge *b, enum bridge_side side,
			 size_t arm, const char *map)
{
	const struct data *d = &b->d[side];

	if (is_native(b->d[BRIDGE_TIME].run) && !has_maps(d->run))
		return map;
	return d->arms[arm].label;
}

/* Of a kernel that runs there is but one: it is compared with the baseline. */
static bool meant(const struct bridge *b, enum bridge_side side, size_t arm)
{
	if (b->d[side].arms[arm].aa)
		return false;
	return side == BRIDGE_TIME || !is_native(b->d[BRIDGE_TIME].run) ||
	       arm == b->d[side].baseline;
}

static int add(struct bridge *b, const struct bridge_item *like,
	       struct err *err)
{
	struct bridge_item *item;
	size_t i;

	if (b->n_items == BRIDGE_MAX_ITEMS)
		return err_set(err, -EINVAL, "more than %d cases in common",
			       BRIDGE_MAX_ITEMS);
	item = reallocarray(b->items, b->n_items + 1, sizeof(*item));
	if (!item)
		return err_set(err, -ENOMEM, "out of memory");
	b->items = item;
	item += b->n_items;
	*item = *like;
	item->order = b->n_items;
	item->group = b->n_items;
	item->base = !strcmp(
		item->label,
		b->d[BRIDGE_TIME].arms[b->d[BRIDGE_TIME].baseline].label);
	for (i = 0; i < b->n_items; i++)
		if (!strcmp(b->items[i].rest, item->rest)) {
			item->group = b->items[i].group;
			break;
		}
	b->n_items++;
	return 0;
}

/* The arms of two specs that are one case but for mapping types. */
static int match_arms(struct bridge *b, struct bridge_item *like,
		      char map[N_BRIDGE_SIDES][TEXT_MAX_SPEC + 1],
		      struct err *err)
{
	size_t a, t;
	int ret;

	for (t = 0; t < b->d[BRIDGE_TIME].n_arms; t++) {
		const char *of_time =
			label(b, BRIDGE_TIME, t, map[BRIDGE_TIME]);

		if (!meant(b, BRIDGE_TIME, t))
			continue;
		for (a = 0; a < b->d[BRIDGE_INSN].n_arms; a++) {
			if (!meant(b, BRIDGE_INSN, a) ||
			    strcmp(label(b, BRIDGE_INSN, a, map[BRIDGE_INSN]),
				   of_time) != 0)
				continue;
			like->arm[BRIDGE_TIME] = t;
			like->arm[BRIDGE_INSN] = a;
			snprintf(like->label, sizeof(like->label), "%s",
				 of_time);
			ret = add(b, like, err);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int by_case(const void *x, const void *y)
{
	const struct bridge_item *a = x, *b = y;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->base != b->base)
		return a->base ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

int bridge_match(struct bridge *b, struct err *err)
{
	char map[N_BRIDGE_SIDES][TEXT_MAX_SPEC + 1] = { "", "" };
	char rest[TEXT_MAX_SPEC + 1];
	size_t t, a;
	int ret;

	for (t = 0; t < b->d[BRIDGE_TIME].n_specs; t++) {
		struct bridge_item like = { 0 };

		name(b, BRIDGE_TIME, t, like.rest, map[BRIDGE_TIME]);
		like.spec[BRIDGE_TIME] = t;
		for (a = 0; a < b->d[BRIDGE_INSN].n_specs; a++) {
			name(b, BRIDGE_INSN, a, rest, map[BRIDGE_INSN]);
			if (strcmp(rest, like.rest) != 0)
				continue;
			like.spec[BRIDGE_INSN] = a;
			ret = match_arms(b, &like, map, err);
			if (ret)
				return ret;
		}
	}
	if (!b->n_items)
		return err_set(err, -EINVAL, "%s and %s have no case in common",
			       b->d[BRIDGE_INSN].run->dir,
			       b->d[BRIDGE_TIME].run->dir);
	qsort(b->items, b->n_items, sizeof(*b->items), by_case);
	return 0;
}
