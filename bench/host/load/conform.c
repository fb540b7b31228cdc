// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform/matrix.tsv.  See conform.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "load/file.h"

struct matrix {
	struct run *run;
	const char *path;
	size_t line;
	struct err *err;
};

#define fail(m, fmt, ...)                                                \
	err_set((m)->err, -EINVAL, "%s:%zu: " fmt, (m)->path, (m)->line, \
		##__VA_ARGS__)

static struct property *find_property(const struct variant *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n_properties; i++)
		if (!strcmp(v->properties[i].name, name))
			return &v->properties[i];
	return NULL;
}

static int add_property(const struct matrix *m, struct variant *v,
			const char *name)
{
	struct property *p;

	if (v->n_properties == CONFORM_MAX_PROPERTIES)
		return fail(m, "more than %d properties of %s",
			    CONFORM_MAX_PROPERTIES, v->name);
	p = reallocarray(v->properties, v->n_properties + 1, sizeof(*p));
	if (!p)
		return err_set(m->err, -ENOMEM, "out of memory");
	v->properties = p;
	p += v->n_properties;
	*p = (struct property){ .name = strdup(name) };
	if (!p->name)
		return err_set(m->err, -ENOMEM, "out of memory");
	v->n_properties++;
	return 0;
}

static int parse_result(const struct matrix *m, char **field)
{
	bool fails = !strcmp(field[CONFORM_RESULT], "FAIL");
	bool passes = !strcmp(field[CONFORM_RESULT], "pass");
	struct property *p;
	struct variant *v;
	size_t k;
	int ret;

	if (!name_ok(field[CONFORM_PROPERTY], NAME_VARIANT))
		return fail(m, "not a valid property: \"%.80s\"",
			    field[CONFORM_PROPERTY]);
	if (!name_ok(field[CONFORM_VARIANT], NAME_VARIANT))
		return fail(m, "not a valid variant: \"%.80s\"",
			    field[CONFORM_VARIANT]);
	if (!fails && !passes && strcmp(field[CONFORM_RESULT], "skip"))
		return fail(m, "result is none of pass, FAIL, skip: \"%.40s\"",
			    field[CONFORM_RESULT]);
	k = run_find_variant(m->run, field[CONFORM_VARIANT]);
	if (k == m->run->n_variants)
		return 0; /* more variants are judged than measured */
	v = &m->run->variants[k];
	p = find_property(v, field[CONFORM_PROPERTY]);
	if (!p) {
		ret = add_property(m, v, field[CONFORM_PROPERTY]);
		if (ret)
			return ret;
		p = &v->properties[v->n_properties - 1];
	}
	p->fails |= fails;
	p->passes |= passes;
	return 0;
}

static int parse_line(const struct matrix *m, char *line)
{
	char *field[N_CONFORM_COLUMNS + 1];
	size_t n = 0;

	if (m->line == 1 && strcmp(line, CONFORM_COLUMNS))
		return fail(m, "not the column names of a matrix");
	if (m->line == 1)
		return 0;
	while (line && n <= N_CONFORM_COLUMNS)
		field[n++] = strsep(&line, "\t");
	if (n != N_CONFORM_COLUMNS)
		return fail(m, "%s columns than the %d named",
			    n > N_CONFORM_COLUMNS ? "more" : "fewer",
			    N_CONFORM_COLUMNS);
	return parse_result(m, field);
}

int conform_parse(char *buf, size_t len, const char *path, struct run *run,
		  struct err *err)
{
	struct matrix m = { .run = run, .path = path, .err = err };
	char *line, *next;
	int ret = 0;

	if (strlen(buf) != len)
		return err_set(err, -EINVAL, "%s: NUL byte", path);
	for (line = buf; *line && !ret; line = next) {
		m.line++;
		next = strchr(line, '\n');
		if (!next)
			return fail(&m, "truncated: no newline at the end of "
					"the file");
		*next++ = '\0';
		ret = parse_line(&m, line);
	}
	if (!m.line)
		return fail(&m, "truncated: no line of column names");
	return ret;
}

int conform_load(struct run *run, struct err *err)
{
	return run_load_part(run, "conform/matrix.tsv", CONFORM_MAX_FILE,
			     conform_parse, err);
}

bool conform_judged(const struct run *run)
{
	size_t i;

	for (i = 0; i < run->n_variants; i++)
		if (run->variants[i].n_properties)
			return true;
	return false;
}

const char *conform_mark(const struct variant *v)
{
	size_t i;

	for (i = 0; i < v->n_properties; i++)
		if (v->properties[i].fails)
			return CONFORM_MARK;
	return "";
}

char *conform_text(const struct variant *v)
{
	size_t size = 0, i, failed = 0, skipped = 0;
	const struct property *p;
	char *text = NULL;
	FILE *mem;

	if (!v->n_properties)
		return strdup("not judged");
	mem = open_memstream(&text, &size);
	if (!mem)
		return NULL;
	for (i = 0; i < v->n_properties; i++) {
		p = &v->properties[i];
		if (p->fails)
			fprintf(mem, "%s%s", failed++ ? ", " : "FAILS ",
				p->name);
		skipped += !p->fails && !p->passes;
	}
	fprintf(mem, "%s (%zu properties, %zu skipped)",
		failed ? "" : "no failure", v->n_properties, skipped);
	if (fclose(mem)) {
		free(text);
		return NULL;
	}
	return text;
}

char *conform_hint(const struct run *run)
{
	char *text;

	if (asprintf(&text,
		     "not judged in this run (make conform FAMILY=%s RUN=%s)",
		     *run->family ? run->family : "...",
		     *run->name ? run->name : "...") < 0)
		return NULL;
	return text;
}
