// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser of samples.tsv.  See samples.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/parser.h"

/* The next line without its newline, NULL at the end of the file. */
static int next_line(struct parser *p, char **out)
{
	char *nl;

	*out = NULL;
	if (p->next == p->end)
		return 0;
	p->line++;
	nl = memchr(p->next, '\n', (size_t)(p->end - p->next));
	if (!nl)
		return fail(p, "truncated: no newline at the end of the file");
	if (nl - p->next > MMVS_MAX_LINE)
		return fail(p, "line longer than %d bytes", MMVS_MAX_LINE);
	if (memchr(p->next, '\0', (size_t)(nl - p->next)))
		return fail(p, "NUL byte");
	*nl = '\0';
	*out = p->next;
	p->next = nl + 1;
	return 0;
}

/* Cuts a line at its tabs; returns the number of fields, max + 1 if more. */
static size_t split(char *line, char **field, size_t max)
{
	size_t n = 0;
	char *tab;

	for (;;) {
		if (n == max)
			return max + 1;
		field[n++] = line;
		tab = strchr(line, '\t');
		if (!tab)
			return n;
		*tab = '\0';
		line = tab + 1;
	}
}

static int header_metric(struct parser *p, char *value)
{
	struct pending *m = &p->metric[p->n_metric];
	size_t n;

	if (p->n_metric == MMVS_MAX_METRICS)
		return fail(p, "more than %d metrics", MMVS_MAX_METRICS);
	n = split(value, m->field, METRIC_FIELDS);
	if (n != METRIC_FIELDS)
		return fail(p, "a metric has ten fields, this one has %s%zu",
			    n > METRIC_FIELDS ? "more: " : "", n + 1);
	m->line = p->line;
	p->n_metric++;
	return 0;
}

static int header_clocked(struct parser *p, char *value)
{
	if (p->n_clocked == MMVS_MAX_COLUMNS)
		return fail(p, "more than %d clocked columns",
			    MMVS_MAX_COLUMNS);
	p->clocked[p->n_clocked].line = p->line;
	p->clocked[p->n_clocked++].field[0] = value;
	return 0;
}

/* A line "# key<TAB>value"; keys that we do not know are metadata. */
static int header_line(struct parser *p, char *line)
{
	char *key = line + 2, *value;

	if (line[1] != ' ')
		return 0;
	value = strchr(key, '\t');
	if (!value)
		return 0;
	*value++ = '\0';
	if (!strcmp(key, MMVS_KEY_METRIC))
		return header_metric(p, value);
	if (!strcmp(key, MMVS_KEY_CLOCKED))
		return header_clocked(p, value);
	if (!strcmp(key, MMVS_KEY_CLOCK_COST)) {
		if (file_parse_number(value, &p->s->clock_cost) ||
		    p->s->clock_cost < 0)
			return fail(p, "clock_cost is not a number from 0 up");
	} else if (!strcmp(key, MMVS_KEY_ROWS)) {
		if (file_parse_number(value, &p->rows_said) || p->rows_said < 0)
			return fail(p, "rows is not a number from 0 up");
	} else if (!strcmp(key, MMVS_KEY_UNIT)) {
		if (p->unit && strcmp(value, p->unit))
			return fail(p, "unit is \"%.40s\", the run's is \"%s\"",
				    value, p->unit);
		if (!name_ok(value, NAME_UNIT))
			return fail(p, "unit is no name");
		strcpy(p->s->unit, value);
	} else if (!strcmp(key, MMVS_KEY_SPEC)) {
		if (p->spec && strcmp(value, p->spec))
			return fail(p, "spec is \"%.200s\", not \"%s\"", value,
				    p->spec);
	} else if (!strcmp(key, MMVS_KEY_SKIP) && !p->s->skip) {
		p->s->skip = text_clean(value, strlen(value));
		if (!p->s->skip)
			return err_set(p->err, -ENOMEM, "out of memory");
	}
	return 0;
}

static int parse_columns(struct parser *p, char *line)
{
	char *field[MMVS_MAX_COLUMNS];
	struct samples *s = p->s;
	size_t n, i;

	n = split(line, field, MMVS_MAX_COLUMNS);
	if (n > MMVS_MAX_COLUMNS)
		return fail(p, "more than %d columns", MMVS_MAX_COLUMNS);
	for (i = 0; i < n; i++) {
		if (!name_ok(field[i], NAME_COLUMN))
			return fail(p, "not a valid column name: \"%.80s\"",
				    field[i]);
		if (parser_find_column(s, field[i]) >= 0)
			return fail(p, "duplicate column %s", field[i]);
		strcpy(s->columns[s->n_columns++].name, field[i]);
	}
	return 0;
}

static int grow_rows(struct parser *p)
{
	struct samples *s = p->s;
	size_t cap = p->rows_cap ? 2 * p->rows_cap : 256;
	double *rows;

	if (s->n_rows < p->rows_cap)
		return 0;
	rows = realloc(s->rows, cap * s->n_columns * sizeof(*rows));
	if (!rows)
		return err_set(p->err, -ENOMEM, "%s: out of memory", p->path);
	s->rows = rows;
	p->rows_cap = cap;
	return 0;
}

static int parse_row(struct parser *p, char *line)
{
	char *field[MMVS_MAX_COLUMNS];
	struct samples *s = p->s;
	size_t n, i;
	double *row;
	int ret;

	if (s->n_rows == MMVS_MAX_ROWS)
		return fail(p, "more than %lu rows", MMVS_MAX_ROWS);
	ret = grow_rows(p);
	if (ret)
		return ret;
	n = split(line, field, s->n_columns);
	if (n != s->n_columns)
		return fail(p, "row has %s columns than the %zu named",
			    n > s->n_columns ? "more" : "fewer", s->n_columns);
	row = s->rows + s->n_rows * s->n_columns;
	for (i = 0; i < n; i++) {
		if (file_parse_number(field[i], &row[i]))
			return fail(p, "column %s: not a number: \"%.40s\"",
				    s->columns[i].name, field[i]);
		if (s->columns[i].clocked)
			row[i] = fmax(row[i] - s->clock_cost, 0);
	}
	s->n_rows++;
	return 0;
}

static int parse_header(struct parser *p)
{
	size_t line_of_columns;
	char *line;
	int ret;

	ret = next_line(p, &line);
	if (ret)
		return ret;
	if (!line || strcmp(line, "# " MMVS_SAMPLES_MAGIC))
		return fail(p, "line 1 is not \"# %s\"", MMVS_SAMPLES_MAGIC);
	do {
		ret = next_line(p, &line);
		if (!ret && line && line[0] == '#')
			ret = header_line(p, line);
		if (ret)
			return ret;
	} while (line && line[0] == '#');
	if (!line && p->s->skip)
		return 0; /* nothing was measured: no columns needed */
	if (!line)
		return fail(p, "truncated: no line of column names");
	if (!p->s->unit[0])
		return fail(p, "no unit line in the header");
	ret = parse_columns(p, line);
	/* Messages about header lines name those lines. */
	line_of_columns = p->line;
	if (!ret)
		ret = parser_resolve_clocked(p);
	if (!ret)
		ret = parser_resolve_metrics(p);
	if (!ret)
		p->line = line_of_columns;
	return ret;
}

static int parse_rows(struct parser *p)
{
	char *line;
	int ret;

	for (;;) {
		ret = next_line(p, &line);
		if (ret)
			return ret;
		if (!line)
			break;
		if (p->s->skip)
			return fail(p, "rows in a file that says skip");
		ret = parse_row(p, line);
		if (ret)
			return ret;
	}
	if (!isnan(p->rows_said) && p->rows_said != (double)p->s->n_rows)
		return fail(p, "truncated: %zu rows, the header says %.0f",
			    p->s->n_rows, p->rows_said);
	return 0;
}

struct samples *samples_parse(char *buf, size_t len, const char *path,
			      const char *unit, const char *spec, int *ret,
			      struct err *err)
{
	struct parser *p = calloc(1, sizeof(*p));
	struct samples *s = calloc(1, sizeof(*s));

	if (!p || !s) {
		*ret = err_set(err, -ENOMEM, "%s: out of memory", path);
		goto out_free;
	}
	s->clock_cost = NAN;
	*p = (struct parser){
		.s = s,
		.path = path,
		.unit = unit,
		.spec = spec,
		.err = err,
		.next = buf,
		.end = buf + len,
		.rows_said = NAN,
	};
	*ret = parse_header(p);
	if (!*ret)
		*ret = parse_rows(p);
	if (!*ret) {
		free(p);
		return s;
	}
out_free:
	free(p);
	samples_free(s);
	return NULL;
}

struct samples *samples_load(const char *path, const char *unit,
			     const char *spec, int *ret, struct err *err)
{
	struct samples *s;
	size_t len;
	char *buf;

	*ret = file_read(path, MMVS_MAX_FILE, &buf, &len, err);
	if (*ret)
		return NULL;
	s = samples_parse(buf, len, path, unit, spec, ret, err);
	free(buf);
	return s;
}

void samples_free(struct samples *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->n_metrics; i++)
		free(s->metrics[i].desc);
	free(s->skip);
	free(s->rows);
	free(s);
}
