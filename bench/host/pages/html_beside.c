// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lies beside a case's samples: counters, profile, pictures.  See html.h.
 */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "pages/html.h"

#define COUNTERS_SHOWN 60
#define PICTURE_MAX (2UL << 20)
#define PICTURE_SUFFIXES 3

/* A counter's change, by arm: the median over seeds. */
struct counter {
	char *name;
	double *seed; /* n_arms x most seeds; NaN: none */
};

struct counters {
	struct counter *all;
	size_t n, seeds;
};

static struct counter *find_counter(struct counters *cs, const char *name,
				    size_t arms)
{
	struct counter *c;
	size_t i;

	for (i = 0; i < cs->n; i++)
		if (!strcmp(cs->all[i].name, name))
			return &cs->all[i];
	if (cs->n == 1000)
		return NULL;
	c = reallocarray(cs->all, cs->n + 1, sizeof(*c));
	if (!c)
		return NULL;
	cs->all = c;
	c += cs->n;
	c->name = strdup(name);
	c->seed = calloc(arms * cs->seeds, sizeof(*c->seed));
	if (!c->name || !c->seed) {
		free(c->name);
		free(c->seed);
		return NULL;
	}
	for (i = 0; i < arms * cs->seeds; i++)
		c->seed[i] = NAN;
	cs->n++;
	return c;
}

static int read_counters(struct html *h, struct counters *cs, size_t spec,
			 size_t arm, size_t seed)
{
	const struct arm *a = &h->d->arms[arm];
	struct counter *c;
	struct table t;
	double v;
	char *path;
	size_t i;
	int ret;

	path = cell_path(a->run, a->variant, h->d->specs[spec], a->seeds[seed],
			 "");
	if (!path)
		return -ENOMEM;
	ret = table_load(path, "counters.tsv", &t, NULL);
	free(path);
	for (i = 0; !ret && t.n_columns == 4 && i < table_rows(&t); i++) {
		if (file_parse_number(table_field(&t, i, 3), &v))
			continue;
		c = find_counter(cs, table_field(&t, i, 0), h->d->n_arms);
		if (c)
			c->seed[arm * cs->seeds + seed] = v;
	}
	table_free(&t);
	return ret;
}

static double counter_median(const struct counters *cs, const struct counter *c,
			     size_t arm)
{
	double v[RUN_MAX_SEEDS];
	size_t i, n = 0;

	for (i = 0; i < cs->seeds; i++)
		if (isfinite(c->seed[arm * cs->seeds + i]))
			v[n++] = c->seed[arm * cs->seeds + i];
	return stats_median(v, n);
}

/* How far the variants are apart, as a share; what moves nowhere is left out. */
static double spread(const struct html *h, const struct counters *cs,
		     const struct counter *c)
{
	double lo = INFINITY, hi = -INFINITY, v;
	size_t arm;

	for (arm = 0; arm < h->d->n_arms; arm++) {
		if (h->d->arms[arm].aa)
			continue;
		v = counter_median(cs, c, arm);
		if (isfinite(v)) {
			lo = fmin(lo, v);
			hi = fmax(hi, v);
		}
	}
	if (!(hi >= lo) || (hi == 0 && lo == 0))
		return -1;
	return (hi - lo) / fmax(fabs(hi), fabs(lo));
}

static void counter_row(struct html *h, const struct counters *cs,
			const struct counter *c)
{
	char num[TEXT_NUM];
	size_t arm;
	double v;

	fputs("<tr><th scope=row>", h->f);
	html_text(h->f, c->name);
	fputs("</th>", h->f);
	for (arm = 0; arm < h->d->n_arms; arm++) {
		v = counter_median(cs, c, arm);
		html_number(h->f, v, text_num(num, v));
	}
	html_number(h->f, spread(h, cs, c), text_upct(num, spread(h, cs, c)));
	fputs("</tr>\n", h->f);
}

/* The next in order of spread: below @last, or at it and later than @from. */
static size_t next_counter(const struct html *h, const struct counters *cs,
			   const bool *done)
{
	size_t i, best = cs->n;
	double most = 0, s;

	for (i = 0; i < cs->n; i++) {
		s = done[i] ? -1 : spread(h, cs, &cs->all[i]);
		if (s > most) {
			most = s;
			best = i;
		}
	}
	return best;
}

static int put_counters(struct html *h, const struct counters *cs)
{
	bool *done = calloc(cs->n + 1, sizeof(*done));
	size_t i, arm, n;

	if (!done)
		return -ENOMEM;
	i = next_counter(h, cs, done);
	if (i < cs->n) {
		fputs("<details><summary>Kernel counters that differ"
		      "</summary>\n<p>Change from before to after, median over "
		      "the seeds; those that differ most between variants "
		      "first.</p>\n",
		      h->f);
		html_table_begin(h->f, "Kernel counters", true);
		fputs("<thead><tr><th scope=col>counter</th>", h->f);
		for (arm = 0; arm < h->d->n_arms; arm++) {
			fputs("<th scope=col>", h->f);
			html_text(h->f, h->d->arms[arm].shown);
			fputs("</th>", h->f);
		}
		fputs("<th scope=col>apart</th></tr></thead><tbody>\n", h->f);
		for (n = 0; n < COUNTERS_SHOWN && i < cs->n; n++) {
			counter_row(h, cs, &cs->all[i]);
			done[i] = true;
			i = next_counter(h, cs, done);
		}
		fputs("</tbody>", h->f);
		html_table_end(h->f);
		fputs("</details>\n", h->f);
	}
	free(done);
	return 0;
}

int html_counters(struct html *h, size_t spec)
{
	struct counters cs = { .seeds = 1 };
	size_t arm, s, i;
	int ret = 0;

	for (arm = 0; arm < h->d->n_arms; arm++)
		if (h->d->arms[arm].n_seeds > cs.seeds)
			cs.seeds = h->d->arms[arm].n_seeds;
	for (arm = 0; arm < h->d->n_arms && !ret; arm++)
		for (s = 0; s < h->d->arms[arm].n_seeds && !ret; s++)
			ret = read_counters(h, &cs, spec, arm, s);
	if (!ret)
		ret = put_counters(h, &cs);
	for (i = 0; i < cs.n; i++) {
		free(cs.all[i].name);
		free(cs.all[i].seed);
	}
	free(cs.all);
	return ret;
}

/* bars.tsv: a line a variant, a column a function; here the other way round. */
int html_profile(struct html *h, size_t spec)
{
	struct table t;
	size_t i, k;
	char *dir;
	int ret;

	if (asprintf(&dir, "%s/profile/diff/%s", h->d->run->dir,
		     h->d->specs[spec]) < 0)
		return -ENOMEM;
	ret = table_load(dir, "bars.tsv", &t, NULL);
	free(dir);
	if (ret || !table_rows(&t))
		goto out_free;
	fputs("<details><summary>Where the instructions are: profile by kernel "
	      "function</summary>\n<p>Instructions of each function for each "
	      "operation, counted in QEMU; the whole: ",
	      h->f);
	fputs("<a href=\"profile/diff/", h->f);
	html_path(h->f, h->d->specs[spec]);
	fputs("/\">profile/diff/</a>.</p>\n", h->f);
	html_table_begin(h->f, "Instructions by kernel function", true);
	fputs("<thead><tr><th scope=col>function</th>", h->f);
	for (i = 0; i < table_rows(&t); i++) {
		fputs("<th scope=col>", h->f);
		html_text(h->f, table_field(&t, i, 0));
		fputs("</th>", h->f);
	}
	fputs("</tr></thead><tbody>\n", h->f);
	for (k = 1; k < t.n_columns; k++) {
		fputs("<tr><th scope=row>", h->f);
		html_text(h->f, t.field[k]);
		fputs("</th>", h->f);
		for (i = 0; i < table_rows(&t); i++)
			html_number(h->f, strtod(table_field(&t, i, k), NULL),
				    table_field(&t, i, k));
		fputs("</tr>\n", h->f);
	}
	fputs("</tbody>", h->f);
	html_table_end(h->f);
	fputs("</details>\n", h->f);
out_free:
	table_free(&t);
	return ret;
}

static void put_base64(FILE *f, const char *s, size_t len)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)s;
	size_t i, k, left;
	unsigned int v;

	for (i = 0; i < len; i += 3) {
		left = len - i;
		v = (unsigned int)p[i] << 16 |
		    (left > 1 ? (unsigned int)p[i + 1] << 8 : 0) |
		    (left > 2 ? p[i + 2] : 0);
		for (k = 0; k < 4; k++)
			fputc(k > left ? '=' : digit[v >> (18 - 6 * k) & 63],
			      f);
	}
}

/* As an image, in which nothing runs and which loads nothing, whatever is in it. */
static int put_picture(struct html *h, const char *name, const char *what)
{
	struct err err;
	char *path, *buf;
	size_t len;
	int ret;

	if (asprintf(&path, "%s/plots/%s", h->d->run->dir, name) < 0)
		return -ENOMEM;
	ret = file_read(path, PICTURE_MAX, &buf, &len, &err);
	free(path);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	fputs("<figure><img loading=lazy alt=\"", h->f);
	html_textf(h->f, "Plot of %s; the tables have its figures", what);
	fputs("\" src=\"data:image/svg+xml;base64,", h->f);
	put_base64(h->f, buf, len);
	fputs("\"><figcaption><a href=\"plots/", h->f);
	html_path(h->f, name);
	fputs("\">plots/", h->f);
	html_text(h->f, name);
	fputs("</a></figcaption></figure>\n", h->f);
	free(buf);
	return 0;
}

/* What scripts/plot.sh has drawn of a spec. */
int html_picture(struct html *h, size_t spec)
{
	static const char *const suffix[PICTURE_SUFFIXES] = { ".svg",
							      "-read.svg",
							      "-write.svg" };
	char name[TEXT_MAX_SPEC + 20], *p;
	size_t i;
	int ret = 0;

	for (i = 0; i < PICTURE_SUFFIXES && !ret; i++) {
		snprintf(name, sizeof(name), "%.200s", h->d->specs[spec]);
		for (p = name; *p; p++)
			if (strchr("@,=", *p))
				*p = '-';
		strcat(name, suffix[i]);
		ret = put_picture(h, name, h->d->specs[spec]);
	}
	return ret;
}

/* What it has drawn of the whole run, where there is something to draw. */
int html_run_pictures(struct html *h)
{
	static const char *const name[][2] = {
		{ "versions.svg", "costs by kernel" },
		{ "steps.svg", "what each patch costs" },
		{ "munmap-shut-out.svg", "what munmap() shuts out" },
	};
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(name) / sizeof(name[0]) && !ret; i++)
		ret = put_picture(h, name[i][0], name[i][1]);
	return ret;
}
