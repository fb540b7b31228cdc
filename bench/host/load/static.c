// SPDX-License-Identifier: GPL-2.0-only
/*
 * static/static.tsv of make stacks-check, as far as a decision goes by it.  See
 * criteria.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/criteria.h"
#include "load/file.h"

static const struct {
	const char *check;
	enum static_cost cost;
} checks[] = {
	{ "added", STATIC_LINES }, { "removed", STATIC_LINES },
	{ "files", STATIC_FILES }, { "architectures", STATIC_ARCHES },
	{ "text", STATIC_TEXT },   { "pageflags", STATIC_FLAGS },
};

/* "+34", "21 (+1), 11 left": the number it begins with; NaN: "-", or no number. */
static double leading_number(const char *s)
{
	char *end;
	double v;

	if (!*s || !strchr("+-0123456789", *s))
		return NAN;
	v = strtod(s, &end);
	return end == s || !isfinite(v) || fabs(v) > 1e12 ? NAN : v;
}

static void take_value(struct variant *v, const char *check, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		double *cost = &v->cost[checks[i].cost];

		if (strcmp(check, checks[i].check))
			continue;
		/* Lines are the sum of two checks. */
		*cost = isnan(*cost) ? leading_number(value)
				     : *cost + leading_number(value);
	}
}

static int parse_line(char *line, size_t n_line, const char *path,
		      struct run *run, struct err *err)
{
	char *field[N_STATIC_COLUMNS + 1];
	size_t n = 0, k;

	if (n_line == 1)
		return strcmp(line, STATIC_COLUMNS)
			       ? err_set(err, -EINVAL,
					 "%s:1: not the column names of static "
					 "checks",
					 path)
			       : 0;
	while (line && n <= N_STATIC_COLUMNS)
		field[n++] = strsep(&line, "\t");
	if (n != N_STATIC_COLUMNS)
		return err_set(err, -EINVAL,
			       "%s:%zu: %s columns than the %d named", path,
			       n_line, n > N_STATIC_COLUMNS ? "more" : "fewer",
			       N_STATIC_COLUMNS);
	if (!name_ok(field[STATIC_VARIANT], NAME_VARIANT))
		return err_set(err, -EINVAL,
			       "%s:%zu: not a valid variant: \"%.80s\"", path,
			       n_line, field[STATIC_VARIANT]);
	k = run_find_variant(run, field[STATIC_VARIANT]);
	if (k < run->n_variants) /* more stacks are looked at than measured */
		take_value(&run->variants[k], field[STATIC_CHECK],
			   field[STATIC_VALUE]);
	return 0;
}

int static_parse(char *buf, size_t len, const char *path, struct run *run,
		 struct err *err)
{
	char *line, *next;
	size_t n = 0;
	int ret = 0;

	if (strlen(buf) != len)
		return err_set(err, -EINVAL, "%s: NUL byte", path);
	for (line = buf; *line && !ret; line = next) {
		next = strchr(line, '\n');
		if (!next)
			return err_set(err, -EINVAL,
				       "%s: truncated: no newline at the end "
				       "of the file",
				       path);
		*next++ = '\0';
		ret = parse_line(line, ++n, path, run, err);
	}
	return ret;
}

int static_load(struct run *run, struct err *err)
{
	size_t i, k;

	for (i = 0; i < run->n_variants; i++)
		for (k = 0; k < N_STATIC_COSTS; k++)
			run->variants[i].cost[k] = NAN;
	return run_load_part(run, "static/static.tsv", STATIC_MAX_FILE,
			     static_parse, err);
}
