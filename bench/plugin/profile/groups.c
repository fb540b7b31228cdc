// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same difference by what functions are for: between releases they are
 * renamed, split and moved, and a table of functions says it all twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

#define NAME "%-36s"

int groups_load(struct groups *g, const char *path, char *why, size_t size)
{
	char *line = NULL, *field[2], *end;
	size_t room = 0, at = 0;
	FILE *f = fopen(path, "r");

	memset(g, 0, sizeof(*g));
	if (!f) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return -errno;
	}
	while (getline(&line, &room, f) > 0) {
		at++;
		end = line + strcspn(line, "\n");
		*end = '\0';
		if (*line == '#' || !*line)
			continue;
		if (g->nr == MAX_GROUPS || split(line, field, 2) != 2 ||
		    strlen(field[0]) >= sizeof(g->name[0]) ||
		    regcomp(&g->of[g->nr], field[1],
			    REG_EXTENDED | REG_NOSUB)) {
			snprintf(
				why, size,
				"%s:%zu: not \"name<TAB>regular expression\", or more than %d groups",
				path, at, MAX_GROUPS);
			free(line);
			fclose(f);
			groups_free(g);
			return -EINVAL;
		}
		strcpy(g->name[g->nr++], field[0]);
	}
	free(line);
	fclose(f);
	return 0;
}

void groups_free(struct groups *g)
{
	while (g->nr)
		regfree(&g->of[--g->nr]);
}

/* The first whose expression is found in @function; the last is all others. */
static size_t group_of(const struct groups *g, const char *function)
{
	size_t i;

	for (i = 0; i < g->nr; i++)
		if (!regexec(&g->of[i], function, 0, NULL, 0))
			break;
	return i;
}

void groups_table(FILE *out, const struct groups *g, const struct diff *d,
		  const char *name_a, const char *name_b)
{
	struct delta sum[MAX_GROUPS + 1] = { 0 };
	const struct delta *most[MAX_GROUPS + 1] = { 0 };
	size_t i, k;

	for (i = 0; i < d->nr; i++) {
		const struct delta *t = &d->delta[i];

		k = group_of(g, t->function);
		sum[k].insn[0] += t->insn[0];
		sum[k].insn[1] += t->insn[1];
		sum[k].diff += t->diff;
	}
	/* What explains most of a group: the largest in its direction. */
	for (i = 0; i < d->nr; i++) {
		const struct delta *t = &d->delta[i];

		k = group_of(g, t->function);
		if (!most[k] && t->diff * sum[k].diff > 0 && t->insn[0] > 0 &&
		    t->insn[1] > 0)
			most[k] = t;
	}
	fprintf(out, "region %s, per %s, by group\n", d->region, d->unit);
	fprintf(out, NAME " %12s %12s %12s  %s\n", "group", name_a, name_b,
		"difference", "most of it in one that both have");
	for (k = 0; k <= g->nr; k++) {
		const char *name = k < g->nr ? g->name[k] : "all others";

		fprintf(out, NAME " %12.2f %12.2f %+12.2f", name,
			sum[k].insn[0], sum[k].insn[1], sum[k].diff);
		if (most[k])
			fprintf(out, "  %s %+.2f", most[k]->function,
				most[k]->diff);
		fputc('\n', out);
	}
	fprintf(out, NAME " %12.2f %12.2f %+12.2f\n", "total", d->total[0],
		d->total[1], d->total[1] - d->total[0]);
}
