// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hosts' data as one, with a block a host.  See hosts.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/hosts.h"

static int no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}

static size_t find_arm(const struct data *d, const char *label)
{
	size_t i;

	for (i = 0; i < d->n_arms; i++)
		if (!strcmp(d->arms[i].label, label))
			return i;
	return HOSTS_NONE;
}

static size_t find_spec(const struct data *d, const char *spec)
{
	size_t i;

	for (i = 0; i < d->n_specs; i++)
		if (!strcmp(d->specs[i], spec))
			return i;
	return HOSTS_NONE;
}

static size_t find_metric(const struct data *d, size_t spec, const char *name)
{
	size_t i;

	for (i = 0; i < d->n_metrics; i++)
		if (d->metrics[i].spec == spec &&
		    !strcmp(d->metrics[i].name, name))
			return i;
	return HOSTS_NONE;
}

/* The arms of a host that no host before it has; A/A in a round of its own, the last. */
static int add_arms(struct hosts *h, const struct host *host, bool aa,
		    struct err *err)
{
	const struct arm *from;
	struct arm *to;
	size_t i, base;

	for (i = 0; i < host->d.n_arms; i++) {
		from = &host->d.arms[i];
		if (from->aa != aa ||
		    find_arm(&h->d, from->label) != HOSTS_NONE)
			continue;
		base = from->base == i
			       ? h->d.n_arms
			       : find_arm(&h->d,
					  host->d.arms[from->base].label);
		to = &h->d.arms[h->d.n_arms++];
		*to = (struct arm){
			.label = strdup(from->label),
			.shown = strdup(from->shown),
			.run = from->run,
			.variant = from->variant,
			.aa = aa,
			.blocks = calloc(h->n, sizeof(*to->blocks)),
			.base = base,
		};
		if (!to->label || !to->shown || !to->blocks)
			return no_memory(err);
	}
	return 0;
}

/* How many seeds an arm has, and where they go. */
static void place_arms(struct hosts *h)
{
	const struct host *host;
	struct arm *arm;
	size_t a, i;

	for (a = 0; a < h->d.n_arms; a++) {
		arm = &h->d.arms[a];
		arm->offset = h->d.n_values;
		for (i = 0; i < h->n; i++) {
			host = &h->host[i];
			host->arm[a] = find_arm(&host->d, arm->label);
			if (host->arm[a] != HOSTS_NONE)
				arm->blocks[i] =
					host->d.arms[host->arm[a]].n_seeds;
			arm->n_seeds += arm->blocks[i];
		}
		h->d.n_values += arm->n_seeds;
	}
}

static int join_arms(struct hosts *h, struct err *err)
{
	size_t i, n = 0;
	int ret = 0;

	for (i = 0; i < h->n; i++)
		n += h->host[i].d.n_arms;
	h->d.arms = calloc(n + 1, sizeof(*h->d.arms));
	if (!h->d.arms)
		return no_memory(err);
	for (i = 0; i < h->n && !ret; i++)
		ret = add_arms(h, &h->host[i], false, err);
	for (i = 0; i < h->n && !ret; i++)
		ret = add_arms(h, &h->host[i], true, err);
	for (i = 0; i < h->n && !ret; i++) {
		h->host[i].arm = calloc(h->d.n_arms + 1, sizeof(size_t));
		if (!h->host[i].arm)
			ret = no_memory(err);
	}
	if (!ret)
		place_arms(h);
	return ret;
}

static int join_specs(struct hosts *h, struct err *err)
{
	size_t i, k, n = 0;

	for (i = 0; i < h->n; i++)
		n += h->host[i].d.n_specs;
	h->d.specs = calloc(n + 1, sizeof(*h->d.specs));
	if (!h->d.specs)
		return no_memory(err);
	for (i = 0; i < h->n; i++)
		for (k = 0; k < h->host[i].d.n_specs; k++) {
			char *spec = h->host[i].d.specs[k];

			if (find_spec(&h->d, spec) == HOSTS_NONE)
				h->d.specs[h->d.n_specs++] = spec;
		}
	return 0;
}

static int add_metric(struct hosts *h, const struct metric *from, size_t spec,
		      struct err *err)
{
	struct metric *m = &h->d.metrics[h->d.n_metrics];
	size_t i;

	if ((h->d.n_metrics + 1) * h->d.n_values > DATA_MAX_VALUES)
		return err_set(err, -EINVAL,
			       "%s and the other hosts: more than %lu values; "
			       "combine fewer",
			       h->host[0].run.dir, DATA_MAX_VALUES);
	h->d.n_metrics++;
	*m = (struct metric){
		.spec = spec,
		.name = strdup(from->name),
		.unit = strdup(from->unit),
		.desc = strdup(from->desc),
		.how = strdup(from->how),
		.better = from->better,
		.key = from->key,
		.value = calloc(h->d.n_values, sizeof(*m->value)),
		.status = calloc(h->d.n_values, sizeof(*m->status)),
	};
	if (!m->name || !m->unit || !m->desc || !m->how || !m->value ||
	    !m->status)
		return no_memory(err);
	for (i = 0; i < h->d.n_values; i++)
		m->value[i] = NAN;
	return 0;
}

static bool same_metric(const struct metric *a, const struct metric *b)
{
	return !strcmp(a->unit, b->unit) && !strcmp(a->how, b->how) &&
	       a->better == b->better && a->key == b->key;
}

/* The values of a host's metric @k, into those of all, @m. */
static void copy_values(struct hosts *h, size_t host, size_t k, size_t m)
{
	const struct host *from = &h->host[host];
	const struct metric *in = &from->d.metrics[k];
	struct metric *out = &h->d.metrics[m];
	const struct arm *a, *b;
	size_t arm, i, at;

	from->metric[m] = k;
	for (arm = 0; arm < h->d.n_arms; arm++) {
		if (from->arm[arm] == HOSTS_NONE)
			continue;
		a = &from->d.arms[from->arm[arm]];
		b = &h->d.arms[arm];
		at = b->offset;
		for (i = 0; i < host; i++)
			at += b->blocks[i];
		for (i = 0; i < a->n_seeds; i++) {
			out->value[at + i] = in->value[a->offset + i];
			out->status[at + i] = in->status[a->offset + i];
		}
	}
}

static int join_metric(struct hosts *h, size_t host, size_t k, struct err *err)
{
	const struct data *d = &h->host[host].d;
	const struct metric *from = &d->metrics[k];
	size_t spec = find_spec(&h->d, d->specs[from->spec]);
	size_t m = find_metric(&h->d, spec, from->name);
	int ret = 0;

	if (m == HOSTS_NONE) {
		m = h->d.n_metrics;
		ret = add_metric(h, from, spec, err);
	} else if (!same_metric(from, &h->d.metrics[m])) {
		ret = err_set(err, -EINVAL,
			      "%s: metric %s of %s is not defined as on the "
			      "hosts before it; measure again with the same "
			      "mmvs",
			      d->run->dir, from->name, d->specs[from->spec]);
	}
	if (!ret)
		copy_values(h, host, k, m);
	return ret;
}

static int join_metrics(struct hosts *h, struct err *err)
{
	size_t i, k, n = 0;

	for (i = 0; i < h->n; i++)
		n += h->host[i].d.n_metrics;
	h->d.metrics = calloc(n + 1, sizeof(*h->d.metrics));
	if (!h->d.metrics)
		return no_memory(err);
	for (i = 0; i < h->n; i++) {
		h->host[i].metric = calloc(n + 1, sizeof(size_t));
		if (!h->host[i].metric)
			return no_memory(err);
		for (k = 0; k < n; k++)
			h->host[i].metric[k] = HOSTS_NONE;
	}
	for (i = 0; i < h->n; i++)
		for (k = 0; k < h->host[i].d.n_metrics; k++) {
			int ret = join_metric(h, i, k, err);

			if (ret)
				return ret;
		}
	return 0;
}

/*
 * A count that the seed decides, not the machine, is the same on every host: it counts
 * once, as it was measured once.
 */
static void drop_copies(struct hosts *h, size_t m)
{
	struct metric *metric = &h->d.metrics[m];
	size_t a, b, arm, at, n, i;

	for (b = 1; b < h->n; b++) {
		for (a = n = 0; a < b && !n; a++)
			if (!hosts_same_values(h, a, b, m, &n))
				n = 0;
		if (!n)
			continue;
		metric->copies++;
		for (arm = 0; arm < h->d.n_arms; arm++) {
			at = h->d.arms[arm].offset;
			for (i = 0; i < b; i++)
				at += h->d.arms[arm].blocks[i];
			for (i = 0; i < h->d.arms[arm].blocks[b]; i++)
				metric->value[at + i] = NAN;
		}
	}
}

int hosts_join(struct hosts *h, struct err *err)
{
	int ret;

	h->d.run = &h->host[0].run;
	h->d.n_blocks = h->n;
	ret = join_arms(h, err);
	if (!ret)
		ret = join_specs(h, err);
	if (!ret)
		ret = join_metrics(h, err);
	for (size_t m = 0; m < h->d.n_metrics && !ret; m++)
		drop_copies(h, m);
	return ret;
}
