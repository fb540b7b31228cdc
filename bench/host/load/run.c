// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.json.  See run.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "load/conform.h"
#include "load/criteria.h"
#include "load/file.h"
#include "load/json.h"
#include "load/run.h"

struct text_member {
	const char *key;
	char **to;
};

static int get_texts(const struct json_src *src, const json_t *obj,
		     const struct text_member *m, size_t n)
{
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		ret = json_get_text(src, obj, m[i].key, false, m[i].to);
		if (ret)
			return ret;
	}
	return 0;
}

static int no_memory(const struct json_src *src)
{
	return err_set(src->err, -ENOMEM, "%s: out of memory", src->path);
}

static int load_patches(const struct json_src *src, const json_t *obj,
			struct variant *v)
{
	json_t *arr, *j;
	size_t i;
	int ret;

	ret = json_get_array(src, obj, "patches", 0, RUN_MAX_PATCHES, &arr);
	if (ret || !arr || !json_array_size(arr))
		return ret;
	v->patches = calloc(json_array_size(arr), sizeof(*v->patches));
	if (!v->patches)
		return no_memory(src);
	json_array_foreach(arr, i, j)
	{
		if (!json_is_string(j))
			return err_set(src->err, -EINVAL,
				       "%s: a patch is not a string",
				       src->path);
		v->patches[i] =
			text_clean(json_string_value(j), json_string_length(j));
		if (!v->patches[i])
			return no_memory(src);
		v->n_patches++;
	}
	return 0;
}

static int load_variant(const struct json_src *src, const json_t *obj,
			struct run *run)
{
	struct variant *v = &run->variants[run->n_variants++];
	const struct text_member m[] = {
		{ "title", &v->title },
		{ "mechanism", &v->mechanism },
		{ "expect", &v->expect },
		{ "commit", &v->commit },
		{ "kernel_version", &v->kernel_version },
		{ "kernel_source", &v->kernel_source },
		{ "base_commit", &v->base_commit },
		{ "fork", &v->fork },
		{ "image_sha256", &v->image_sha256 },
		{ "config_sha256", &v->config_sha256 },
		{ "guest_sha256", &v->guest_sha256 },
	};
	size_t i;
	int ret;

	ret = json_get_name(src, obj, "name", NAME_VARIANT, &v->name);
	if (ret)
		return ret;
	for (i = 0; i + 1 < run->n_variants; i++)
		if (!strcmp(run->variants[i].name, v->name))
			return err_set(src->err, -EINVAL,
				       "%s: variant %s is listed twice",
				       src->path, v->name);
	ret = get_texts(src, obj, m, sizeof(m) / sizeof(m[0]));
	return ret ? ret : load_patches(src, obj, v);
}

static int load_variants(const struct json_src *src, const json_t *obj,
			 struct run *run)
{
	char *baseline = NULL;
	json_t *arr, *j;
	size_t i;
	int ret;

	ret = json_get_array(src, obj, "variants", 1, RUN_MAX_VARIANTS, &arr);
	if (ret)
		return ret;
	run->variants = calloc(json_array_size(arr), sizeof(*run->variants));
	if (!run->variants)
		return no_memory(src);
	json_array_foreach(arr, i, j)
	{
		ret = load_variant(src, j, run);
		if (ret)
			return ret;
	}
	ret = json_get_name(src, obj, "baseline", NAME_VARIANT, &baseline);
	if (ret)
		return ret;
	for (i = 0; i < run->n_variants; i++)
		if (!strcmp(run->variants[i].name, baseline))
			break;
	if (i == run->n_variants)
		ret = err_set(src->err, -EINVAL,
			      "%s: baseline %s is not among the variants",
			      src->path, baseline);
	run->baseline = i;
	free(baseline);
	return ret;
}

static int load_specs(const struct json_src *src, const json_t *obj,
		      struct run *run)
{
	json_t *arr, *j;
	const char *s;
	size_t i, k;
	int ret;

	ret = json_get_array(src, obj, "specs", 1, RUN_MAX_SPECS, &arr);
	if (ret)
		return ret;
	run->specs = calloc(json_array_size(arr), sizeof(*run->specs));
	if (!run->specs)
		return no_memory(src);
	json_array_foreach(arr, i, j)
	{
		s = json_string_value(j);
		if (!s || !name_ok(s, NAME_SPEC))
			return err_set(src->err, -EINVAL,
				       "%s: not a valid spec: \"%.80s\"",
				       src->path, s ? s : "");
		for (k = 0; k < i; k++)
			if (!strcmp(run->specs[k], s))
				return err_set(src->err, -EINVAL,
					       "%s: spec %s is listed twice",
					       src->path, s);
		run->specs[i] = strdup(s);
		if (!run->specs[i])
			return no_memory(src);
		run->n_specs++;
	}
	return 0;
}

/* A seed may stand once only, in seeds or in aa_seeds. */
static bool seed_known(const struct run *run, long seed)
{
	size_t i;

	for (i = 0; i < run->n_seeds; i++)
		if (run->seeds[i] == seed)
			return true;
	for (i = 0; i < run->n_aa_seeds; i++)
		if (run->aa_seeds[i] == seed)
			return true;
	return false;
}

static int load_seeds(const struct json_src *src, const json_t *obj,
		      struct run *run, bool aa)
{
	long **seeds = aa ? &run->aa_seeds : &run->seeds;
	size_t *n = aa ? &run->n_aa_seeds : &run->n_seeds, i;
	const char *key = aa ? "aa_seeds" : "seeds";
	json_t *arr, *j;
	json_int_t seed;
	int ret;

	ret = json_get_array(src, obj, key, aa ? 0 : 1, RUN_MAX_SEEDS, &arr);
	if (ret || !arr || !json_array_size(arr))
		return ret;
	*seeds = calloc(json_array_size(arr), sizeof(**seeds));
	if (!*seeds)
		return no_memory(src);
	json_array_foreach(arr, i, j)
	{
		seed = json_integer_value(j);
		if (!json_is_integer(j) || seed < 0 || seed > 1L << 53)
			return err_set(src->err, -EINVAL,
				       "%s: \"%s\" holds something that is not "
				       "a seed",
				       src->path, key);
		if (seed_known(run, (long)seed))
			return err_set(src->err, -EINVAL,
				       "%s: seed %ld is listed twice",
				       src->path, (long)seed);
		(*seeds)[(*n)++] = (long)seed;
	}
	return 0;
}

static int load_about(const struct json_src *src, const json_t *j,
		      struct run *r)
{
	const json_t *kernel = json_object_get(j, "kernel");
	const json_t *host = json_object_get(j, "host");
	const json_t *vm = json_object_get(j, "vm");
	const struct text_member top[] = {
		{ "name", &r->name },
		{ "date", &r->date },
		{ "mmvs_commit", &r->mmvs_commit },
		{ "command", &r->command },
		{ "family", &r->family },
		{ "mode", &r->mode },
		{ "accel", &r->accel },
		{ "initramfs_sha256", &r->initramfs_sha256 },
		{ "mmbench_sha256", &r->mmbench_sha256 },
		{ "qemu", &r->qemu },
		{ "toolchain", &r->toolchain },
	}, k[] = {
		{ "version", &r->kernel_version },
		{ "source", &r->kernel_source },
		{ "base_commit", &r->kernel_commit },
	}, h[] = {
		{ "cpu", &r->host_cpu },
		{ "os", &r->host_os },
		{ "kernel", &r->host_kernel },
	}, v[] = {
		{ "memory", &r->vm_memory },
	};
	int ret;

	r->mmvs_dirty = json_is_true(json_object_get(j, "mmvs_dirty"));
	ret = get_texts(src, j, top, sizeof(top) / sizeof(top[0]));
	if (!ret)
		ret = get_texts(src, kernel, k, sizeof(k) / sizeof(k[0]));
	if (!ret)
		ret = get_texts(src, host, h, sizeof(h) / sizeof(h[0]));
	if (!ret)
		ret = get_texts(src, vm, v, sizeof(v) / sizeof(v[0]));
	if (!ret)
		ret = json_get_number(src, host, "cores", 1, 1e6,
				      &r->host_cores);
	if (!ret)
		ret = json_get_number(src, host, "memory_mib", 1, 1e12,
				      &r->host_memory_mib);
	if (!ret && host)
		ret = nodes_load(src, host, r);
	if (!ret)
		ret = json_get_number(src, vm, "cpus", 1, 1e6, &r->vm_cpus);
	return ret;
}

static int load_members(const struct json_src *src, const json_t *j,
			struct run *run)
{
	int ret;

	ret = load_about(src, j, run);
	if (!ret)
		ret = json_get_name(src, j, "unit", NAME_UNIT, &run->unit);
	if (!ret && strcmp(run->unit, MMVS_UNIT_INSN) &&
	    strcmp(run->unit, MMVS_UNIT_NS))
		ret = err_set(src->err, -EINVAL, "%s: unknown unit \"%s\"",
			      src->path, run->unit);
	if (!ret)
		ret = json_get_number(src, j, "delta_pct", 0, 100,
				      &run->delta_pct);
	if (!ret)
		ret = json_get_number(src, j, "alpha", 1e-9, 0.5, &run->alpha);
	if (!ret)
		ret = json_get_number(src, j, "look", 1, RUN_MAX_SEEDS,
				      &run->look);
	if (!ret)
		ret = json_get_number(src, j, "looks", 1, RUN_MAX_SEEDS,
				      &run->looks);
	if (!ret)
		ret = load_variants(src, j, run);
	if (!ret)
		ret = options_load(src, j, run);
	if (!ret)
		ret = load_specs(src, j, run);
	if (!ret)
		ret = load_seeds(src, j, run, false);
	if (!ret)
		ret = load_seeds(src, j, run, true);
	if (ret)
		return ret;
	if (run->n_specs * (run->n_variants * run->n_seeds + run->n_aa_seeds) >
	    RUN_MAX_CELLS)
		return err_set(src->err, -EINVAL, "%s: more than %d cells",
			       src->path, RUN_MAX_CELLS);
	return 0;
}

size_t run_find_variant(const struct run *run, const char *name)
{
	size_t i;

	for (i = 0; i < run->n_variants; i++)
		if (!strcmp(run->variants[i].name, name))
			break;
	return i;
}

int run_load(const char *dir, struct run *run, struct err *err)
{
	struct json_src src = { .err = err };
	json_t *j = NULL;
	char *path;
	int ret;

	run->dir = strdup(dir);
	if (!run->dir || asprintf(&path, "%s/run.json", dir) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	src.path = path;
	ret = file_read_json(path, MMVS_RUN_MAGIC, &j, err);
	if (!ret)
		ret = load_members(&src, j, run);
	if (!ret)
		ret = conform_load(run, err);
	if (!ret)
		ret = static_load(run, err);
	if (!ret)
		ret = criteria_load(run, err);
	json_decref(j);
	free(path);
	return ret;
}

int run_load_part(struct run *run, const char *name, size_t max,
		  int (*parse)(char *buf, size_t len, const char *path,
			       struct run *run, struct err *err),
		  struct err *err)
{
	size_t len;
	char *path, *buf;
	int ret;

	if (asprintf(&path, "%s/%s", run->dir, name) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	ret = file_read(path, max, &buf, &len, err);
	if (!ret) {
		ret = parse(buf, len, path, run, err);
		free(buf);
	} else if (ret == -ENOENT) {
		ret = 0;
	}
	free(path);
	return ret;
}
