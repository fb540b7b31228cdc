// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

bool parse_count(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end && *value <= UINT64_MAX / 2;
}

size_t split(char *line, char **field, size_t max)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; p && n < max; n++) {
		field[n] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	return n;
}

static bool name_is_sound(const char *name)
{
	if (!*name || strlen(name) > MAX_NAME)
		return false;
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			return false;
	return true;
}

/* A file of ours, line by line; comments and the column line passed over. */
struct reader {
	FILE *f;
	char path[4096], *line;
	size_t nr;
	bool ended; /* "# end" was there */
	char error[256]; /* of a line "# error" */
};

static int open_file(struct reader *r, const char *dir, const char *name,
		     const char *magic, char *why, size_t size)
{
	*r = (struct reader){ .line = malloc(MAX_LINE) };
	snprintf(r->path, sizeof(r->path), "%s/%s", dir, name);
	r->f = fopen(r->path, "re");
	if (!r->f || !r->line) {
		snprintf(why, size, "%s: %s", r->path, strerror(errno));
		free(r->line);
		if (r->f)
			fclose(r->f);
		return -ENOENT;
	}
	if (fgets(r->line, MAX_LINE, r->f) &&
	    !strncmp(r->line, magic, strlen(magic)))
		return 0;
	snprintf(why, size, "%s: does not begin with '%s'", r->path, magic);
	fclose(r->f);
	free(r->line);
	return -EINVAL;
}

static char *next_row(struct reader *r)
{
	static const char error[] = "# error\t";

	while (r->nr <= MAX_ROWS && fgets(r->line, MAX_LINE, r->f)) {
		if (!strncmp(r->line, error, strlen(error)))
			snprintf(r->error, sizeof(r->error), "%.*s",
				 (int)strcspn(r->line + 8, "\n"), r->line + 8);
		r->ended |= !strcmp(r->line, "# end\n");
		if (r->line[0] != '#' && r->nr++)
			return r->line;
	}
	return NULL;
}

static void close_file(struct reader *r)
{
	fclose(r->f);
	free(r->line);
}

static int bad(const struct reader *r, char *why, size_t size)
{
	snprintf(why, size, "%s: row %zu is not sound", r->path, r->nr - 1);
	return -EINVAL;
}

const struct ops *profile_ops(const struct profile *p, const char *region)
{
	for (size_t i = 0; i < p->nr_ops; i++)
		if (!strcmp(p->ops[i].region, region))
			return &p->ops[i];
	return NULL;
}

static int load_operations(struct profile *p, char *why, size_t size)
{
	struct reader r;
	char *field[3];
	int err;

	err = open_file(&r, p->dir, "operations.tsv", "# mmvs-operations 1",
			why, size);
	if (err)
		return err;
	while (!err && next_row(&r)) {
		struct ops *o = &p->ops[p->nr_ops];

		if (p->nr_ops == MAX_REGIONS || split(r.line, field, 3) != 3 ||
		    !name_is_sound(field[0]) || !name_is_sound(field[2]) ||
		    !parse_count(field[1], &o->count) || !o->count ||
		    profile_ops(p, field[0])) {
			err = bad(&r, why, size);
			continue;
		}
		o->region = strdup(field[0]);
		o->unit = strdup(field[2]);
		p->nr_ops++;
	}
	close_file(&r);
	return err;
}

static int load_regions(struct profile *p, char *why, size_t size)
{
	struct reader r;
	char *field[32];
	size_t rows = 0;
	int err;

	err = open_file(&r, p->dir, "regions.tsv", "# mmvs-regions 1", why,
			size);
	if (err)
		return err;
	while (!err && next_row(&r)) {
		struct ops *o;
		uint64_t part[3];

		o = split(r.line, field, 32) < 8
			    ? NULL
			    : (struct ops *)profile_ops(p, field[0]);
		if (!o || o->total_insn || !parse_count(field[2], &part[0]) ||
		    !parse_count(field[3], &part[1]) ||
		    !parse_count(field[4], &part[2]))
			err = bad(&r, why, size);
		else
			o->total_insn = part[0] + part[1] + part[2];
		rows++;
	}
	if (!err && (r.error[0] || !r.ended || !rows)) {
		snprintf(why, size, "%s: %s", r.path,
			 r.error[0] ? r.error
			 : !r.ended ? "is cut off"
				    : "no region: the case has no marker");
		err = -EINVAL;
	}
	close_file(&r);
	return err;
}

static int by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int d = strcmp(x->region, y->region);

	return d ? d : strcmp(x->function, y->function);
}

/* Rows of one function become one. */
static void merge(struct profile *p)
{
	size_t n = 0;

	qsort(p->row, p->nr, sizeof(*p->row), by_key);
	for (size_t i = 0; i < p->nr; i++) {
		if (n && !by_key(&p->row[n - 1], &p->row[i])) {
			p->row[n - 1].calls += p->row[i].calls;
			p->row[n - 1].insn += p->row[i].insn;
			free((char *)p->row[i].function);
		} else {
			p->row[n++] = p->row[i];
		}
	}
	p->nr = n;
}

/* Fields from the fourth on are counts. */
static bool counts_are_sound(char **field, size_t nr)
{
	uint64_t value;

	for (size_t i = 3; i < nr; i++)
		if (!parse_count(field[i], &value))
			return false;
	return nr >= 6;
}

/* Room for one more row; its fields are not set. */
static struct row *next_free(struct profile *p, size_t *room)
{
	size_t more = *room ? 2 * *room : 1024;
	struct row *row;

	if (p->nr == MAX_ROWS)
		return NULL;
	if (p->nr == *room) {
		row = reallocarray(p->row, more, sizeof(*row));
		if (!row)
			return NULL;
		p->row = row;
		*room = more;
	}
	return &p->row[p->nr];
}

/* region function space incl_insn calls self_insn ... */
static int load_functions(struct profile *p, char *why, size_t size)
{
	struct reader r;
	char *field[32], name[64];
	size_t room = 0;
	int err;

	snprintf(name, sizeof(name), "functions%s.tsv", p->view);
	err = open_file(&r, p->dir, name, "# mmvs-functions 1", why, size);
	if (err)
		return err;
	while (!err && next_row(&r)) {
		struct row *row = next_free(p, &room);
		const struct ops *o;

		if (!row ||
		    !counts_are_sound(field, split(r.line, field, 32)) ||
		    !name_is_sound(field[1]) ||
		    !parse_count(field[4], &row->calls) ||
		    !parse_count(field[5], &row->insn) ||
		    !(o = profile_ops(p, field[0]))) {
			err = bad(&r, why, size);
			continue;
		}
		row->region = o->region;
		row->function = strdup(!strcmp(field[2], "irq") ? INTERRUPTS
								: field[1]);
		p->nr++;
	}
	close_file(&r);
	return err;
}

static int check_sums(const struct profile *p, char *why, size_t size)
{
	for (size_t i = 0; i < p->nr_ops; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < p->nr; k++)
			if (p->row[k].region == p->ops[i].region)
				sum += p->row[k].insn;
		if (sum == p->ops[i].total_insn)
			continue;
		snprintf(
			why, size,
			"%s: region %s has %llu instructions, its functions %llu",
			p->dir, p->ops[i].region,
			(unsigned long long)p->ops[i].total_insn,
			(unsigned long long)sum);
		return -EINVAL;
	}
	return 0;
}

int profile_load(struct profile *p, const char *dir, const char *view,
		 char *why, size_t size)
{
	int err;

	*p = (struct profile){ .dir = dir, .view = view };
	snprintf(why, size, "%s: no memory", dir);
	err = load_operations(p, why, size);
	if (!err)
		err = load_regions(p, why, size);
	if (!err)
		err = load_functions(p, why, size);
	if (!err)
		err = check_sums(p, why, size);
	if (!err)
		merge(p);
	return err;
}

void profile_free(struct profile *p)
{
	for (size_t i = 0; i < p->nr; i++)
		free((char *)p->row[i].function);
	for (size_t i = 0; i < p->nr_ops; i++) {
		free((char *)p->ops[i].region);
		free((char *)p->ops[i].unit);
	}
	free(p->row);
}
