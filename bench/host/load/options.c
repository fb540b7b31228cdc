// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernels of a run: what they are, and the options in which they differ.
 * See run.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/json.h"
#include "load/run.h"

static int load_option(const struct json_src *src, const json_t *obj,
		       struct run *run)
{
	struct config_option *o = &run->options[run->n_options++];
	const json_t *values = json_object_get(obj, "values");
	size_t i;
	int ret;

	ret = json_get_name(src, obj, "option", NAME_COLUMN, &o->name);
	if (ret)
		return ret;
	o->values = calloc(run->n_variants, sizeof(*o->values));
	if (!o->values)
		return err_set(src->err, -ENOMEM, "%s: out of memory",
			       src->path);
	for (i = 0; i < run->n_variants && !ret; i++)
		ret = json_get_text(src, values, run->variants[i].name, true,
				    &o->values[i]);
	return ret;
}

int options_load(const struct json_src *src, const json_t *obj, struct run *run)
{
	json_t *arr, *j;
	size_t i;
	int ret;

	ret = json_get_array(src, obj, "config_differs", 0, RUN_MAX_OPTIONS,
			     &arr);
	if (ret || !arr || !json_array_size(arr))
		return ret;
	run->options = calloc(json_array_size(arr), sizeof(*run->options));
	if (!run->options)
		return err_set(src->err, -ENOMEM, "%s: out of memory",
			       src->path);
	json_array_foreach(arr, i, j)
	{
		ret = load_option(src, j, run);
		if (ret)
			return ret;
	}
	return 0;
}

void options_free(struct run *run)
{
	size_t i, k;

	for (i = 0; i < run->n_options; i++) {
		for (k = 0; run->options[i].values && k < run->n_variants; k++)
			free(run->options[i].values[k]);
		free(run->options[i].values);
		free(run->options[i].name);
	}
	free(run->options);
}

bool run_kernels_differ(const struct run *run)
{
	const struct variant *base = &run->variants[run->baseline], *v;
	size_t i;

	for (i = 0; i < run->n_variants; i++) {
		v = &run->variants[i];
		if (strcmp(v->kernel_version, base->kernel_version))
			return true;
		if (strcmp(v->base_commit, base->base_commit) && !*v->fork)
			return true;
	}
	return false;
}
