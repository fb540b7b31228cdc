// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hosts by themselves and together.  See hosts.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/hosts.h"
#include "stats/note.h"

#define NAMES 160 /* room for the hosts of one kind in a note */

/* The last part of a path: it becomes a cell of tables. */
static char *host_name(const char *dir, struct err *err)
{
	size_t len = strlen(dir), begin;
	char *name;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	for (begin = len; begin && dir[begin - 1] != '/';)
		begin--;
	name = strndup(dir + begin, len - begin);
	if (!name) {
		err_set(err, -ENOMEM, "out of memory");
	} else if (!name_ok(name, NAME_SPEC)) {
		err_set(err, -EINVAL,
			"%s: the folder's name stands for the host: name it "
			"with letters, digits and . _ @ = , + -",
			dir);
		free(name);
		name = NULL;
	}
	return name;
}

static int load_host(struct host *host, const char *dir, const char *baseline,
		     struct err *err)
{
	int ret;

	host->name = host_name(dir, err);
	if (!host->name)
		return -EINVAL;
	ret = run_load(dir, &host->run, err);
	return ret ? ret : data_init(&host->d, &host->run, NULL, baseline, err);
}

int hosts_load(struct hosts *h, char **dirs, size_t n, const char *baseline,
	       struct err *err)
{
	size_t i;
	int ret = 0;

	if (n < 2 || n > HOSTS_MAX)
		return err_set(err, -EINVAL,
			       "%zu runs: 2 to %d hosts can be combined", n,
			       HOSTS_MAX);
	h->host = calloc(n, sizeof(*h->host));
	if (!h->host)
		return err_set(err, -ENOMEM, "out of memory");
	h->n = n;
	for (i = 0; i < n && !ret; i++)
		ret = load_host(&h->host[i], dirs[i], baseline, err);
	if (!ret)
		ret = hosts_check(h, err);
	for (i = 0; i < n && !ret; i++)
		ret = data_load(&h->host[i].d, err);
	if (!ret)
		ret = hosts_join(h, err);
	return ret ? ret : hosts_check_values(h, err);
}

const struct row *hosts_row(const struct hosts *h, size_t host,
			    const struct row *row)
{
	const struct host *x = &h->host[host];
	size_t m = x->metric[row->metric], a = x->arm[row->arm];

	return m == HOSTS_NONE || a == HOSTS_NONE
		       ? NULL
		       : &x->c.rows[m * x->d.n_arms + a];
}

/* The hosts of a kind, "a, b"; "..." for those that have no room. */
static void add_name(char names[NAMES], const char *name)
{
	size_t len = strlen(names);

	if (len + strlen(name) + 8 < NAMES)
		sprintf(names + len, "%s%s", len ? ", " : "", name);
	else if (!strstr(names, "..."))
		strcat(names, ", ...");
}

/* Which way a difference goes that a host has proven: 1, -1; 0: none that matters. */
static int direction(const struct row *r)
{
	if (r->verdict == VERDICT_BETTER)
		return 1;
	if (r->verdict == VERDICT_WORSE)
		return -1;
	if (r->verdict != VERDICT_DIFFERENT)
		return 0;
	return r->diff > 0 ? 1 : -1;
}

/* Hosts that prove opposite things: no joint verdict. */
static bool note_split(const struct hosts *h, struct row *row)
{
	char up[NAMES] = "", down[NAMES] = "";
	bool ranked = h->d.metrics[row->metric].better != BETTER_NONE;
	size_t i;
	int way;

	for (i = 0; i < h->n; i++) {
		const struct row *own = hosts_row(h, i, row);

		way = own ? direction(own) : 0;
		if (way)
			add_name(way > 0 ? up : down, h->host[i].name);
	}
	if (!*up || !*down)
		return false;
	row->verdict = VERDICT_NOT_PROVEN;
	row->proven = false;
	note_add(row, "%s on %s, %s on %s", ranked ? "better" : "higher", up,
		 ranked ? "worse" : "lower", down);
	return true;
}

/* Intervals of two hosts that have no point in common: the effects differ in size. */
static void note_size(const struct hosts *h, struct row *row)
{
	const struct row *least = NULL, *most = NULL, *own;
	size_t i, low = 0, high = 0;
	char a[TEXT_NUM], b[TEXT_NUM];

	for (i = 0; i < h->n; i++) {
		own = hosts_row(h, i, row);
		if (!own || isnan(own->ratio_ci.lo) || isnan(own->ratio_ci.hi))
			continue;
		if (!least || own->ratio_ci.hi < least->ratio_ci.hi) {
			least = own;
			low = i;
		}
		if (!most || own->ratio_ci.lo > most->ratio_ci.lo) {
			most = own;
			high = i;
		}
	}
	if (least && most->ratio_ci.lo > least->ratio_ci.hi)
		note_add(row, "hosts differ in size: %s on %s, %s on %s",
			 text_pct(a, least->ratio), h->host[low].name,
			 text_pct(b, most->ratio), h->host[high].name);
}

int hosts_compare(struct hosts *h, double delta, double alpha, struct err *err)
{
	const struct arm *arm;
	size_t i;
	int ret = 0;

	for (i = 0; i < h->n && !ret; i++)
		ret = compare_all(&h->host[i].d, delta, alpha, &h->host[i].c,
				  err);
	if (!ret)
		ret = compare_all(&h->d, delta, alpha, &h->c, err);
	if (ret)
		return ret;
	h->split = calloc(h->c.n_rows + 1, sizeof(*h->split));
	if (!h->split)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < h->c.n_rows; i++) {
		arm = &h->d.arms[h->c.rows[i].arm];
		if (arm->aa || arm->base == h->c.rows[i].arm)
			continue;
		h->split[i] = note_split(h, &h->c.rows[i]);
		if (!h->split[i])
			note_size(h, &h->c.rows[i]);
	}
	return 0;
}

void hosts_free(struct hosts *h)
{
	size_t i;

	compare_free(&h->c);
	data_free(&h->d);
	for (i = 0; i < h->n; i++) {
		compare_free(&h->host[i].c);
		data_free(&h->host[i].d);
		run_free(&h->host[i].run);
		free(h->host[i].metric);
		free(h->host[i].arm);
		free(h->host[i].name);
	}
	for (i = 0; i < h->n_said; i++)
		free(h->said[i]);
	free(h->said);
	free(h->split);
	free(h->host);
	memset(h, 0, sizeof(*h));
}
