// SPDX-License-Identifier: GPL-2.0-only
/*
 * From TAP to counts.  See tap.h.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/tap.h"

#define SKIP_MARK " # SKIP "
#define WHY_MARK "# why: "
#define PROPERTY_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* What is known of a property while its boot is read. */
struct open_row {
	const char *failed, *failed_why; /* the first failed test */
	const char *skipped, *skipped_why;
};

struct open_skip {
	const char *desc, *reason; /* of its first test */
};

struct boot {
	struct tap *tap;
	const struct tap_boot *of;
	size_t first_row, first_skip;
	struct open_row row[TAP_MAX_PROPERTIES];
	struct open_skip skip[TAP_MAX_REASONS];
	struct open_row *asks_why; /* NULL, or waits for its "# why:" */
	const char *path;
	struct err *err;
};

static int no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}

/* A zeroed element behind the n that *array has; NULL: no memory. */
static void *append(void **array, size_t n, size_t size)
{
	void *p = *array;

	if (!(n & (n - 1))) { /* 0, or a power of two: full */
		p = reallocarray(p, n ? 2 * n : 1, size);
		if (!p)
			return NULL;
		*array = p;
	}
	return memset((char *)p + n * size, 0, size);
}

static int find_row(struct boot *b, const char *property, size_t *at)
{
	struct tap *t = b->tap;
	struct tap_row *row;

	for (*at = b->first_row; *at < t->n_rows; ++*at)
		if (!strcmp(t->rows[*at].property, property))
			return 0;
	if (*at - b->first_row == TAP_MAX_PROPERTIES)
		return err_set(b->err, -EINVAL, "%s: more than %d properties",
			       b->path, TAP_MAX_PROPERTIES);
	row = append((void **)&t->rows, t->n_rows, sizeof(*row));
	if (!row)
		return no_memory(b->err);
	row->property = property;
	row->variant = b->of->variant;
	row->lru = b->of->lru;
	t->n_rows++;
	return 0;
}

static int add_skip(struct boot *b, const char *property, const char *desc,
		    const char *reason)
{
	struct tap *t = b->tap;
	struct tap_skip *skip;
	size_t i;

	for (i = b->first_skip; i < t->n_skips; i++) {
		if (strcmp(t->skips[i].property, property) ||
		    strcmp(b->skip[i - b->first_skip].reason, reason))
			continue;
		t->skips[i].skipped++;
		return 0;
	}
	if (i - b->first_skip == TAP_MAX_REASONS)
		return err_set(b->err, -EINVAL,
			       "%s: more than %d reasons for skipped tests",
			       b->path, TAP_MAX_REASONS);
	skip = append((void **)&t->skips, t->n_skips, sizeof(*skip));
	if (!skip)
		return no_memory(b->err);
	skip->property = property;
	skip->variant = b->of->variant;
	skip->lru = b->of->lru;
	skip->skipped = 1;
	t->n_skips++;
	b->skip[i - b->first_skip] = (struct open_skip){ desc, reason };
	return 0;
}

static int take_test(struct boot *b, bool fails, const char *property,
		     char *text)
{
	char *mark = strstr(text, SKIP_MARK);
	struct open_row *open;
	struct tap_row *row;
	size_t at;
	int ret;

	ret = find_row(b, property, &at);
	if (ret)
		return ret;
	row = &b->tap->rows[at];
	open = &b->row[at - b->first_row];
	if (mark)
		*mark = '\0';
	if (fails) {
		row->failed++;
		if (!open->failed) {
			open->failed = text;
			b->asks_why = open;
		}
		return 0;
	}
	if (!mark) {
		row->passed++;
		return 0;
	}
	mark += strlen(SKIP_MARK);
	if (!row->skipped++) {
		open->skipped = text;
		open->skipped_why = mark;
	}
	return add_skip(b, property, text, mark);
}

/* "not ok 3 - property: what it promises # SKIP why not"; all else is comment. */
static int take_line(struct boot *b, char *line)
{
	char *s = line, *property;
	bool fails;

	if (b->asks_why && !strncmp(line, WHY_MARK, strlen(WHY_MARK))) {
		b->asks_why->failed_why = line + strlen(WHY_MARK);
		b->asks_why = NULL;
		return 0;
	}
	fails = !strncmp(s, "not ", 4);
	s += fails ? 4 : 0;
	if (strncmp(s, "ok ", 3) || !isdigit((unsigned char)s[3]))
		return 0;
	s += 3 + strspn(s + 3, "0123456789");
	if (strncmp(s, " - ", 3))
		return 0;
	property = s + 3;
	s = property + strspn(property, PROPERTY_CHARS);
	if (s == property || strncmp(s, ": ", 2))
		return 0;
	*s = '\0';
	return take_test(b, fails, property, s + 2);
}

/* "A: B (and 2 more)" as printable ASCII; B may be NULL, n is of all. */
static char *say(const char *a, const char *b, unsigned int n)
{
	char *text, *c;
	int ret;

	if (n > 1)
		ret = asprintf(&text, "%s%s%s (and %u more)", a, b ? ": " : "",
			       b ? b : "", n - 1);
	else
		ret = asprintf(&text, "%s%s%s", a, b ? ": " : "", b ? b : "");
	if (ret < 0)
		return NULL;
	for (c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return text;
}

/* The boot is read: its reasons, and of how many tests. */
static int close_boot(struct boot *b)
{
	struct tap *t = b->tap;
	size_t i, at;
	int ret;

	for (i = b->first_row; i < t->n_rows; i++) {
		struct tap_row *row = &t->rows[i];
		const struct open_row *open = &b->row[i - b->first_row];

		if (row->failed)
			row->why = say(open->failed, open->failed_why,
				       row->failed);
		else if (row->skipped)
			row->why = say(open->skipped, open->skipped_why,
				       row->skipped);
		else
			row->why = strdup("");
		if (!row->why)
			return no_memory(b->err);
	}
	for (i = b->first_skip; i < t->n_skips; i++) {
		struct tap_skip *skip = &t->skips[i];
		const struct open_skip *open = &b->skip[i - b->first_skip];

		ret = find_row(b, skip->property, &at);
		if (ret)
			return ret;
		skip->asked = t->rows[at].passed + t->rows[at].failed +
			      t->rows[at].skipped;
		skip->why = skip->skipped > 1
				    ? say(open->reason, NULL, 1)
				    : say(open->desc, open->reason, 1);
		if (!skip->why)
			return no_memory(b->err);
	}
	return 0;
}

static int read_boot(const char *dir, struct tap *tap, size_t at,
		     struct boot *b, struct err *err)
{
	char *path, *line, *rest;
	size_t len;
	int ret;

	if (asprintf(&path, "%s/%s", dir, tap->boots[at].file) < 0)
		return no_memory(err);
	memset(b, 0, sizeof(*b));
	b->tap = tap;
	b->of = &tap->boots[at];
	b->first_row = tap->n_rows;
	b->first_skip = tap->n_skips;
	b->path = path;
	b->err = err;
	ret = file_read(path, TAP_MAX_FILE, &tap->texts[at], &len, err);
	if (!ret && strlen(tap->texts[at]) != len)
		ret = err_set(err, -EINVAL, "%s: NUL byte", path);
	if (ret == -ENOENT || (!ret && !len))
		ret = err_set(err, -ENOENT, "%s: no TAP there", path);
	rest = ret ? NULL : tap->texts[at];
	while (!ret && (line = strsep(&rest, "\n")))
		ret = take_line(b, line);
	if (!ret)
		ret = close_boot(b);
	free(path);
	return ret;
}

static int take_column(struct tap *tap, char *line, const char *path,
		       struct err *err)
{
	struct tap_boot *boot;

	if (tap->n_boots == TAP_MAX_BOOTS)
		return err_set(err, -EINVAL, "%s: more than %d boots", path,
			       TAP_MAX_BOOTS);
	boot = append((void **)&tap->boots, tap->n_boots, sizeof(*boot));
	if (!boot)
		return no_memory(err);
	tap->n_boots++;
	boot->variant = strsep(&line, "\t");
	boot->lru = line ? strsep(&line, "\t") : "";
	boot->file = line ? strsep(&line, "\t") : "";
	if (!name_ok(boot->variant, NAME_VARIANT) ||
	    !name_ok(boot->lru, NAME_VARIANT) ||
	    !name_ok(boot->file, NAME_FILE))
		return err_set(err, -EINVAL,
			       "%s:%zu: not a variant, an LRU and a TAP file",
			       path, tap->n_boots);
	return 0;
}

static int load_columns(const char *dir, struct tap *tap, struct err *err)
{
	char *path, *rest, *line;
	size_t len;
	int ret;

	if (asprintf(&path, "%s/columns.tsv", dir) < 0)
		return no_memory(err);
	ret = file_read(path, TAP_MAX_FILE, &tap->columns, &len, err);
	if (!ret && strlen(tap->columns) != len)
		ret = err_set(err, -EINVAL, "%s: NUL byte", path);
	if (ret == -ENOENT || (!ret && !len))
		ret = err_set(err, -ENOENT,
			      "%s: no conformance run there; 'make conform' "
			      "makes one",
			      path);
	rest = ret ? NULL : tap->columns;
	while (!ret && (line = strsep(&rest, "\n")))
		if (*line)
			ret = take_column(tap, line, path, err);
	free(path);
	return ret;
}

int tap_load(const char *dir, struct tap *tap, struct err *err)
{
	struct boot *b;
	size_t i;
	int ret;

	ret = load_columns(dir, tap, err);
	if (ret)
		return ret;
	tap->texts = calloc(tap->n_boots + 1, sizeof(*tap->texts));
	b = malloc(sizeof(*b));
	if (!tap->texts || !b) {
		free(b);
		return no_memory(err);
	}
	for (i = 0; !ret && i < tap->n_boots; i++)
		ret = read_boot(dir, tap, i, b, err);
	free(b);
	return ret;
}

void tap_free(struct tap *tap)
{
	size_t i;

	for (i = 0; i < tap->n_rows; i++)
		free(tap->rows[i].why);
	for (i = 0; i < tap->n_skips; i++)
		free(tap->skips[i].why);
	for (i = 0; tap->texts && i < tap->n_boots; i++)
		free(tap->texts[i]);
	free(tap->texts);
	free(tap->columns);
	free(tap->boots);
	free(tap->rows);
	free(tap->skips);
	memset(tap, 0, sizeof(*tap));
}

const char *tap_result(const struct tap_row *row)
{
	return row->failed ? "FAIL" : row->passed ? "pass" : "skip";
}
