// SPDX-License-Identifier: GPL-2.0-only
/*
 * cell.json, paths of cells, and the end of a struct run.  See run.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "load/criteria.h"
#include "load/file.h"
#include "load/json.h"
#include "load/run.h"

static void variant_free(struct variant *v)
{
	size_t i;

	for (i = 0; i < v->n_patches; i++)
		free(v->patches[i]);
	for (i = 0; i < v->n_properties; i++)
		free(v->properties[i].name);
	free(v->properties);
	free(v->patches);
	free(v->name);
	free(v->title);
	free(v->mechanism);
	free(v->expect);
	free(v->commit);
	free(v->kernel_version);
	free(v->kernel_source);
	free(v->base_commit);
	free(v->fork);
	free(v->image_sha256);
	free(v->config_sha256);
	free(v->guest_sha256);
}

void run_free(struct run *run)
{
	char *texts[] = {
		run->dir,
		run->name,
		run->date,
		run->mmvs_commit,
		run->command,
		run->family,
		run->mode,
		run->accel,
		run->unit,
		run->kernel_version,
		run->kernel_source,
		run->kernel_commit,
		run->qemu,
		run->toolchain,
		run->initramfs_sha256,
		run->host_cpu,
		run->mmbench_sha256,
		run->host_os,
		run->host_kernel,
		run->vm_memory,
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	options_free(run);
	nodes_free(run);
	criteria_free(run);
	for (i = 0; i < run->n_variants; i++)
		variant_free(&run->variants[i]);
	for (i = 0; i < run->n_specs; i++)
		free(run->specs[i]);
	free(run->variants);
	free(run->specs);
	free(run->seeds);
	free(run->aa_seeds);
	memset(run, 0, sizeof(*run));
}

char *cell_path(const struct run *run, const struct variant *v,
		const char *spec, long seed, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/cells/%s/%s/%ld/%s", run->dir, v->name, spec,
		     seed, file) < 0)
		return NULL;
	return path;
}

/* A member that says which cell this is must say what its folder says. */
static int must_equal(const struct json_src *src, const json_t *j,
		      const char *key, const char *want, bool needed)
{
	const char *s = json_string_value(json_object_get(j, key));

	if (!needed && (!s || !*s || !*want))
		return 0;
	if (s && !strcmp(s, want))
		return 0;
	return err_set(src->err, -EINVAL, "%s: \"%s\" is \"%.80s\", not \"%s\"",
		       src->path, key, s ? s : "", want);
}

/* mmbench alone, or, for whole commands, with what they need beside it. */
static int same_initramfs(const struct json_src *src, const json_t *j,
			  const struct run *run, const struct variant *v)
{
	static const char *const key = "initramfs_sha256";
	const char *s = json_string_value(json_object_get(j, key));

	if (s && *v->guest_sha256 && !strcmp(s, v->guest_sha256))
		return 0;
	return must_equal(src, j, key, run->initramfs_sha256, false);
}

static int check_identity(const struct json_src *src, const json_t *j,
			  const struct run *run, const struct variant *v,
			  const char *spec, long seed)
{
	const json_t *js = json_object_get(j, "seed");
	int ret;

	ret = must_equal(src, j, "variant", v->name, true);
	if (!ret)
		ret = must_equal(src, j, "spec", spec, true);
	if (!ret && (!json_is_integer(js) || json_integer_value(js) != seed))
		ret = err_set(src->err, -EINVAL, "%s: \"seed\" is not %ld",
			      src->path, seed);
	/* A cell that never booted may know no unit and no accelerator. */
	if (!ret)
		ret = must_equal(src, j, "unit", run->unit, false);
	if (!ret)
		ret = must_equal(src, j, "mode", run->mode, false);
	if (!ret)
		ret = must_equal(src, j, "accel", run->accel, false);
	/* Samples of another kernel or another benchmark are no samples. */
	if (!ret)
		ret = must_equal(src, j, "image_sha256", v->image_sha256,
				 false);
	if (!ret)
		ret = same_initramfs(src, j, run, v);
	return ret;
}

static int get_status(const struct json_src *src, const json_t *j,
		      enum cell_status *status, char **reason)
{
	const char *s = json_string_value(json_object_get(j, "status"));
	int ret;

	if (s && !strcmp(s, "ok")) {
		*status = CELL_OK;
		return 0;
	}
	if (s && !strcmp(s, "skip"))
		*status = CELL_SKIP;
	else if (s && !strcmp(s, "failed"))
		*status = CELL_FAILED;
	else
		return err_set(src->err, -EINVAL,
			       "%s: unknown \"status\": \"%.40s\"", src->path,
			       s ? s : "");
	ret = json_get_text(src, j, "reason", false, reason);
	if (ret || **reason)
		return ret;
	free(*reason);
	*reason = strdup("no reason given");
	return *reason ? 0 : err_set(src->err, -ENOMEM, "out of memory");
}

int cell_load(const char *path, const struct run *run, const struct variant *v,
	      const char *spec, long seed, enum cell_status *status,
	      char **reason, struct err *err)
{
	struct json_src src = { .path = path, .err = err };
	json_t *j = NULL;
	int ret;

	*reason = NULL;
	ret = file_read_json(path, MMVS_CELL_MAGIC, &j, err);
	if (ret == -ENOENT) {
		*status = CELL_ABSENT;
		*reason = strdup("no cell.json: not run, or not finished");
		return *reason ? 0 : err_set(err, -ENOMEM, "out of memory");
	}
	if (ret)
		return ret;
	ret = check_identity(&src, j, run, v, spec, seed);
	if (!ret)
		ret = get_status(&src, j, status, reason);
	json_decref(j);
	return ret;
}
