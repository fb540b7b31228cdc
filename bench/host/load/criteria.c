// SPDX-License-Identifier: GPL-2.0-only
/*
 * RUN/criteria, lines "NAME: SPEC:METRIC ...".  See criteria.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/criteria.h"
#include "load/file.h"

struct source {
	struct run *run;
	const char *path;
	size_t line;
	struct err *err;
};

#define fail(s, fmt, ...)                                                \
	err_set((s)->err, -EINVAL, "%s:%zu: " fmt, (s)->path, (s)->line, \
		##__VA_ARGS__)

/* Glob and text, each up to its end; a star may go on where it failed. */
static bool glob_match(const char *g, size_t glen, const char *s)
{
	size_t i = 0, star = glen;
	const char *from = s;

	while (*s) {
		if (i < glen && g[i] == '*') {
			star = i++;
			from = s;
		} else if (i < glen && g[i] == *s) {
			i++;
			s++;
		} else if (star < glen) {
			i = star + 1;
			s = ++from;
		} else {
			return false;
		}
	}
	while (i < glen && g[i] == '*')
		i++;
	return i == glen;
}

bool criteria_match(const char *glob, const char *spec, const char *metric)
{
	const char *colon = strchr(glob, ':');

	return colon && glob_match(glob, (size_t)(colon - glob), spec) &&
	       glob_match(colon + 1, strlen(colon + 1), metric);
}

/* Letters, digits, blanks and a few signs: it is a head in every table. */
static bool criterion_name_ok(const char *s)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .+-";
	size_t len = strlen(s);

	return len && len <= CRITERIA_MAX_NAME && strspn(s, ok) == len &&
	       s[0] != ' ' && s[len - 1] != ' ';
}

static bool glob_ok(const char *s)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "._+-@=,*[]:";
	const char *colon = strchr(s, ':');

	return colon && colon != s && colon[1] && !strchr(colon + 1, ':') &&
	       strlen(s) <= TEXT_MAX_SPEC + TEXT_MAX_FULL &&
	       strspn(s, ok) == strlen(s);
}

static int add_globs(const struct source *s, struct criterion *c, char *list)
{
	char *word, *save = NULL;

	for (word = strtok_r(list, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		if (!glob_ok(word))
			return fail(s, "not SPEC:METRIC: \"%.80s\"", word);
		if (c->n_globs == CRITERIA_MAX_GLOBS)
			return fail(s, "more than %d globs",
				    CRITERIA_MAX_GLOBS);
		c->globs[c->n_globs] = strdup(word);
		if (!c->globs[c->n_globs++])
			return err_set(s->err, -ENOMEM, "out of memory");
	}
	return c->n_globs
		       ? 0
		       : fail(s, "criterion \"%s\" names no metric", c->name);
}

static int parse_line(const struct source *s, char *line)
{
	struct run *run = s->run;
	struct criterion *c;
	char *colon = strchr(line, ':');
	size_t i;

	if (!colon)
		return fail(s, "not NAME: SPEC:METRIC ...");
	*colon = '\0';
	if (!criterion_name_ok(line))
		return fail(s, "not the name of a criterion: \"%.40s\"", line);
	for (i = 0; i < run->n_criteria; i++)
		if (!strcmp(run->criteria[i].name, line))
			return fail(s, "criterion \"%s\" is there twice", line);
	if (run->n_criteria == CRITERIA_MAX)
		return fail(s, "more than %d criteria", CRITERIA_MAX);
	c = reallocarray(run->criteria, run->n_criteria + 1, sizeof(*c));
	if (!c)
		return err_set(s->err, -ENOMEM, "out of memory");
	run->criteria = c;
	c += run->n_criteria++;
	*c = (struct criterion){
		.name = strdup(line),
		.globs = calloc(CRITERIA_MAX_GLOBS, sizeof(*c->globs)),
	};
	if (!c->name || !c->globs)
		return err_set(s->err, -ENOMEM, "out of memory");
	return add_globs(s, c, colon + 1);
}

int criteria_parse(char *buf, size_t len, const char *path, struct run *run,
		   struct err *err)
{
	struct source s = { .run = run, .path = path, .err = err };
	char *line, *next;
	int ret = 0;

	if (strlen(buf) != len)
		return err_set(err, -EINVAL, "%s: NUL byte", path);
	for (line = buf; *line && !ret; line = next) {
		s.line++;
		next = strchr(line, '\n');
		if (!next)
			return fail(&s, "truncated: no newline at the end of "
					"the file");
		*next++ = '\0';
		ret = parse_line(&s, line);
	}
	return ret;
}

int criteria_load(struct run *run, struct err *err)
{
	return run_load_part(run, "criteria", CRITERIA_MAX_FILE, criteria_parse,
			     err);
}

void criteria_free(struct run *run)
{
	size_t i, k;

	for (i = 0; i < run->n_criteria; i++) {
		for (k = 0; k < run->criteria[i].n_globs; k++)
			free(run->criteria[i].globs[k]);
		free(run->criteria[i].globs);
		free(run->criteria[i].name);
	}
	free(run->criteria);
	run->criteria = NULL;
	run->n_criteria = 0;
}
