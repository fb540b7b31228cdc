// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tab-separated files that only a page shows.  See table.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/table.h"

/* The text again, cleaned line by line and field by field: nothing grows in it. */
static char *clean(char *buf, size_t len)
{
	char *out = malloc(len + 2), *to = out, *line, *field, *text;

	if (!out)
		return NULL;
	for (line = strsep(&buf, "\n"); line; line = strsep(&buf, "\n")) {
		if (line[strspn(line, "\t \r")] == '\0')
			continue;
		for (field = strsep(&line, "\t"); field;
		     field = strsep(&line, "\t")) {
			text = text_clean(field, strlen(field));
			if (!text) {
				free(out);
				return NULL;
			}
			to = stpcpy(to, text);
			free(text);
			*to++ = line ? '\t' : '\n';
		}
	}
	*to = '\0';
	return out;
}

static size_t count(const char *s, char c, const char *end)
{
	size_t n = 0;

	for (; s < end; s++)
		n += *s == c;
	return n;
}

static int fail(struct table *t, struct err *why, const char *path,
		const char *what)
{
	table_free(t);
	if (why)
		err_set(why, -EINVAL, "%s: %s", path, what);
	return 0;
}

/* t->buf is cut into fields. */
static int split(struct table *t, const char *path, struct err *why)
{
	char *line = t->buf, *next, *field;
	size_t i;

	while (*line == '#' && strchr(line, '\n'))
		line = strchr(line, '\n') + 1;
	if (!*line)
		return fail(t, why, path, "empty");
	t->n_columns = count(line, '\t', strchr(line, '\n')) + 1;
	i = count(line, '\n', line + strlen(line));
	if (t->n_columns > TABLE_MAX_COLUMNS || i > TABLE_MAX_ROWS)
		return fail(t, why, path, "too large");
	t->field = calloc(i * t->n_columns + 1, sizeof(*t->field));
	if (!t->field)
		return -ENOMEM;
	for (; (next = strchr(line, '\n')); line = next) {
		*next++ = '\0';
		for (i = 0; (field = strsep(&line, "\t")); i++)
			if (i < t->n_columns)
				t->field[t->n_rows * t->n_columns + i] = field;
		if (i != t->n_columns)
			return fail(t, why, path,
				    "a line without as many columns as the "
				    "first");
		t->n_rows++;
	}
	return 0;
}

int table_load(const char *dir, const char *name, struct table *t,
	       struct err *why)
{
	struct err err = { "" };
	char *path, *buf;
	size_t len;
	int ret;

	memset(t, 0, sizeof(*t));
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	ret = file_read(path, TABLE_MAX_FILE, &buf, &len, &err);
	if (ret) {
		if (why)
			*why = err;
		free(path);
		return ret == -ENOMEM ? ret : 0;
	}
	if (strlen(buf) != len) {
		ret = fail(t, why, path, "NUL byte");
	} else {
		t->buf = clean(buf, len);
		ret = t->buf ? split(t, path, why) : -ENOMEM;
	}
	if (ret)
		table_free(t);
	free(buf);
	free(path);
	return ret;
}

void table_free(struct table *t)
{
	free(t->field);
	free(t->buf);
	memset(t, 0, sizeof(*t));
}

size_t table_rows(const struct table *t)
{
	return t->n_rows ? t->n_rows - 1 : 0;
}

const char *table_field(const struct table *t, size_t row, size_t column)
{
	if (row >= table_rows(t) || column >= t->n_columns)
		return "";
	return t->field[(row + 1) * t->n_columns + column];
}

size_t table_column(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if (!strcmp(t->field[i], name))
			break;
	return i;
}

bool table_has(const struct table *t, const char *names)
{
	size_t i, len;

	for (i = 0; i < t->n_columns; i++) {
		len = strcspn(names, "\t");
		if (strlen(t->field[i]) != len ||
		    strncmp(t->field[i], names, len))
			return false;
		names += len;
		if (i + 1 < t->n_columns && *names++ != '\t')
			return false;
	}
	return t->n_columns && !*names;
}
