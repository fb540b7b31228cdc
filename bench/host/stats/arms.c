// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is compared with what.  See data.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "stats/data.h"

/* label is taken over; NULL means that there was no memory for it. */
static int add_arm(struct data *d, char *label, const struct run *run,
		   const struct variant *v, bool aa, size_t base,
		   struct err *err)
{
	struct arm *arm = &d->arms[d->n_arms];
	char *shown;

	if (!label ||
	    asprintf(&shown, "%s%s", label, aa ? "" : conform_mark(v)) < 0) {
		free(label);
		return err_set(err, -ENOMEM, "out of memory");
	}
	*arm = (struct arm){
		.label = label,
		.shown = shown,
		.run = run,
		.variant = v,
		.seeds = aa ? run->aa_seeds : run->seeds,
		.n_seeds = aa ? run->n_aa_seeds : run->n_seeds,
		.offset = d->n_values,
		.base = base,
		.aa = aa,
	};
	d->n_values += arm->n_seeds;
	d->n_arms++;
	return 0;
}

static int arms_of_one(struct data *d, const char *baseline, struct err *err)
{
	const struct run *run = d->run;
	size_t base = run->baseline, i, aa_base = 0;
	int ret;

	if (baseline) {
		base = run_find_variant(run, baseline);
		if (base == run->n_variants)
			return err_set(err, -EINVAL,
				       "%s: no variant \"%.80s\" to be the "
				       "baseline",
				       run->dir, baseline);
	}
	ret = add_arm(d, strdup(run->variants[base].name), run,
		      &run->variants[base], false, 0, err);
	for (i = 0; i < run->n_variants && !ret; i++) {
		/* A/A cells belong to the baseline that the run recorded. */
		if (i == run->baseline && i != base)
			aa_base = d->n_arms;
		if (i != base)
			ret = add_arm(d, strdup(run->variants[i].name), run,
				      &run->variants[i], false, 0, err);
	}
	if (!ret && run->n_aa_seeds)
		ret = add_arm(d, strdup(ARM_AA), run,
			      &run->variants[run->baseline], true, aa_base,
			      err);
	return ret;
}

static char *label_in(const struct run *run, const struct variant *v,
		      char which)
{
	char *label;

	/* Two runs may bear one name: say which of the two as well. */
	if (asprintf(&label, "%s(%c:%s)", v->name, which,
		     *run->name ? run->name : "unnamed") < 0)
		return NULL;
	return label;
}

static int arms_of_two(struct data *d, struct err *err)
{
	const struct run *a = d->run, *b = d->other;
	size_t i, k;
	int ret;

	if (strcmp(a->unit, b->unit))
		return err_set(err, -EINVAL,
			       "%s is in %s, %s is in %s: units are not "
			       "compared with each other",
			       a->dir, a->unit, b->dir, b->unit);
	for (i = 0; i < a->n_variants; i++) {
		k = run_find_variant(b, a->variants[i].name);
		if (k == b->n_variants)
			continue;
		ret = add_arm(d, label_in(a, &a->variants[i], 'A'), a,
			      &a->variants[i], false, d->n_arms, err);
		if (!ret)
			ret = add_arm(d, label_in(b, &b->variants[k], 'B'), b,
				      &b->variants[k], false, d->n_arms - 1,
				      err);
		if (ret)
			return ret;
	}
	if (!d->n_arms)
		return err_set(err, -EINVAL,
			       "%s and %s have no variant in common", a->dir,
			       b->dir);
	return 0;
}

static bool has_spec(const struct run *run, const char *spec)
{
	size_t i;

	for (i = 0; i < run->n_specs; i++)
		if (!strcmp(run->specs[i], spec))
			return true;
	return false;
}

int data_init(struct data *d, const struct run *run, const struct run *other,
	      const char *baseline, struct err *err)
{
	size_t i;

	d->run = run;
	d->other = other;
	d->arms = calloc(2 * RUN_MAX_VARIANTS + 1, sizeof(*d->arms));
	d->specs = calloc(run->n_specs, sizeof(*d->specs));
	if (!d->arms || !d->specs)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < run->n_specs; i++)
		if (!other || has_spec(other, run->specs[i]))
			d->specs[d->n_specs++] = run->specs[i];
	if (!d->n_specs)
		return err_set(err, -EINVAL, "%s and %s have no spec in common",
			       run->dir, other->dir);
	return other ? arms_of_two(d, err) : arms_of_one(d, baseline, err);
}

void data_chain(struct data *d)
{
	size_t i;

	for (i = 1; i < d->n_arms; i++)
		if (!d->arms[i].aa)
			d->arms[i].base = i - 1;
}

void data_free(struct data *d)
{
	size_t i;

	for (i = 0; i < d->n_arms; i++) {
		free(d->arms[i].label);
		free(d->arms[i].shown);
		free(d->arms[i].blocks);
	}
	for (i = 0; i < d->n_cells; i++)
		free(d->cells[i].reason);
	for (i = 0; i < d->n_metrics; i++) {
		free(d->metrics[i].name);
		free(d->metrics[i].unit);
		free(d->metrics[i].desc);
		free(d->metrics[i].how);
		free(d->metrics[i].value);
		free(d->metrics[i].status);
	}
	free(d->arms);
	free(d->cells);
	free(d->metrics);
	free(d->specs);
	memset(d, 0, sizeof(*d));
}
