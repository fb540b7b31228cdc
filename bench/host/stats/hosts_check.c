// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which runs are not combined, and why.  See hosts.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stats/hosts.h"

#define SHOWN 12 /* digits of a hash */

static int say(struct hosts *h, char *text, struct err *err)
{
	char **said = text ? reallocarray(h->said, h->n_said + 1, sizeof(*said))
			   : NULL;

	if (!said) {
		free(text);
		return err_set(err, -ENOMEM, "out of memory");
	}
	h->said = said;
	h->said[h->n_said++] = text;
	return 0;
}

/* The same folder under two names, or a copy of it. */
static int check_twice(const struct run *a, const struct run *b,
		       struct err *err)
{
	struct stat x, y;

	if (stat(a->dir, &x) || stat(b->dir, &y))
		return err_set(err, -errno, "%s or %s: %s", a->dir, b->dir,
			       strerror(errno));
	if (x.st_dev != y.st_dev || x.st_ino != y.st_ino)
		return 0;
	return err_set(err, -EINVAL,
		       "%s and %s are the same run: each host is one block, "
		       "name each once",
		       a->dir, b->dir);
}

/* What served as mmbench; runs without the one have the other. */
static const char *bench(const struct run *r)
{
	return *r->mmbench_sha256 ? r->mmbench_sha256 : r->initramfs_sha256;
}

static int check_pair(const struct run *a, const struct run *b, struct err *err)
{
	const char *x = a->variants[a->baseline].name;
	const char *y = b->variants[b->baseline].name;

	if (strcmp(a->unit, b->unit))
		return err_set(err, -EINVAL,
			       "%s/run.json is in %s, %s/run.json in %s: units "
			       "are not combined; name runs of one MODE=",
			       a->dir, a->unit, b->dir, b->unit);
	if (strcmp(a->mode, b->mode))
		return err_set(err, -EINVAL,
			       "%s/run.json has mode %s, %s/run.json %s: name "
			       "runs of one MODE=",
			       a->dir, a->mode, b->dir, b->mode);
	if (strcmp(x, y))
		return err_set(err, -EINVAL,
			       "%s/run.json has the baseline %s, %s/run.json "
			       "%s: measure one again with BASELINE=%s",
			       a->dir, x, b->dir, y, x);
	if (strcmp(bench(a), bench(b)))
		return err_set(err, -EINVAL,
			       "%s/run.json has mmbench %.*s, %s/run.json "
			       "%.*s: not the same benchmark; measure again "
			       "with the same checkout and compiler",
			       a->dir, SHOWN, bench(a), b->dir, SHOWN,
			       bench(b));
	return check_twice(a, b, err);
}

/*
 * Kernels of MODE=metal are configured for their machine: another image of the same
 * source is said, not refused.
 */
static int check_image(struct hosts *h, const struct run *a,
		       const struct variant *x, const struct run *b,
		       const struct variant *y, struct err *err)
{
	char *text = NULL;

	if (!strcmp(x->image_sha256, y->image_sha256))
		return 0;
	if (strcmp(a->mode, "metal") || !*x->commit ||
	    strcmp(x->commit, y->commit))
		return err_set(
			err, -EINVAL,
			"%s/run.json has the kernel %.*s for %s, "
			"%s/run.json %.*s: not the same code; measure both "
			"with the same kernel",
			a->dir, SHOWN,
			*x->image_sha256 ? x->image_sha256 : "(no hash)",
			x->name, b->dir, SHOWN,
			*y->image_sha256 ? y->image_sha256 : "(no hash)");
	if (asprintf(&text,
		     "%s is another image on %s and %s, of the same source "
		     "%.*s: kernels of MODE=metal are configured for their "
		     "machine",
		     x->name, a->dir, b->dir, SHOWN, x->commit) < 0)
		text = NULL;
	return say(h, text, err);
}

static int check_images(struct hosts *h, const struct run *a,
			const struct run *b, struct err *err)
{
	size_t i, k, shared = 0;
	int ret = 0;

	for (i = 0; i < a->n_variants; i++)
		for (k = 0; k < b->n_variants && !ret; k++) {
			if (strcmp(a->variants[i].name, b->variants[k].name))
				continue;
			shared++;
			ret = check_image(h, a, &a->variants[i], b,
					  &b->variants[k], err);
		}
	if (!ret && shared < 2)
		ret = err_set(err, -EINVAL,
			      "%s/run.json and %s/run.json share no variant "
			      "beside the baseline: measure both with the same "
			      "VARIANTS=",
			      a->dir, b->dir);
	return ret;
}

int hosts_check(struct hosts *h, struct err *err)
{
	const struct run *a, *b;
	size_t i, k;
	int ret = 0;

	for (i = 0; i < h->n; i++)
		for (k = 0; k < i && !ret; k++) {
			a = &h->host[k].run;
			b = &h->host[i].run;
			ret = check_pair(a, b, err);
			if (!ret && !strcmp(h->host[k].name, h->host[i].name))
				ret = err_set(err, -EINVAL,
					      "%s and %s have one name: rename "
					      "one of the folders",
					      a->dir, b->dir);
			/* Whoever differs differs from the first. */
			if (!ret && !k)
				ret = check_images(h, a, b, err);
		}
	return ret;
}

/* Counts the values that both hosts have of an arm; false: one differs. */
static bool same_values(const struct hosts *h, size_t a, size_t b, size_t arm,
			size_t metric, size_t *n)
{
	const struct host *x = &h->host[a], *y = &h->host[b];
	const struct arm *p, *q;
	const double *v, *w;
	size_t i;

	if (x->arm[arm] == HOSTS_NONE || y->arm[arm] == HOSTS_NONE ||
	    x->metric[metric] == HOSTS_NONE || y->metric[metric] == HOSTS_NONE)
		return true;
	p = &x->d.arms[x->arm[arm]];
	q = &y->d.arms[y->arm[arm]];
	v = x->d.metrics[x->metric[metric]].value + p->offset;
	w = y->d.metrics[y->metric[metric]].value + q->offset;
	for (i = 0; i < p->n_seeds && i < q->n_seeds; i++) {
		if (!isfinite(v[i]) || !isfinite(w[i]))
			continue;
		++*n;
		if (v[i] != w[i])
			return false;
	}
	return true;
}

bool hosts_same_values(const struct hosts *h, size_t a, size_t b, size_t metric,
		       size_t *n)
{
	size_t arm;

	for (arm = 0; arm < h->d.n_arms; arm++)
		if (!same_values(h, a, b, arm, metric, n))
			return false;
	return true;
}

static bool same_samples(const struct hosts *h, size_t a, size_t b)
{
	size_t m, n = 0;

	for (m = 0; m < h->d.n_metrics; m++)
		if (!hosts_same_values(h, a, b, m, &n))
			return false;
	return n > 0;
}

int hosts_check_values(const struct hosts *h, struct err *err)
{
	size_t i, k;

	for (i = 0; i < h->n; i++)
		for (k = 0; k < i; k++)
			if (same_samples(h, k, i))
				return err_set(
					err, -EINVAL,
					"%s and %s have the same value in "
					"every cell: a copy of one run, or "
					"instructions, which no machine "
					"changes; name runs in time, one a "
					"host",
					h->host[k].run.dir, h->host[i].run.dir);
	return 0;
}
