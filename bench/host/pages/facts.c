// SPDX-License-Identifier: GPL-2.0-only
/* See facts.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/conform.h"
#include "pages/facts.h"
#include "pages/parts.h"

#define FACT_MAX 160

static const char *recorded(const char *text)
{
	return *text ? text : "not recorded";
}

/* Nothing where there is no such number. */
static void put_number(FILE *f, const char *what, double v, const char *unit,
		       put_fact_fn put)
{
	char text[FACT_MAX], num[TEXT_NUM];

	if (!*text_num(num, v))
		return;
	snprintf(text, sizeof(text), "%s%s", num, unit);
	put(f, what, text);
}

static void put_clock(FILE *f, const struct run *run, put_fact_fn put)
{
	char text[FACT_MAX], look[PART_LOOK];

	snprintf(text, sizeof(text), "%s = %s", run->unit, part_unit(run));
	put(f, "unit of the clock", text);
	snprintf(text, sizeof(text), "%zu, and %zu for A/A%s", run->n_seeds,
		 run->n_aa_seeds, part_look(look, run));
	put(f, "seeds", text);
}

static void put_machine(FILE *f, const struct run *run, put_fact_fn put)
{
	size_t i;

	put(f, "QEMU", recorded(run->qemu));
	put_number(f, "VM CPUs", run->vm_cpus, "", put);
	put(f, "VM memory", recorded(run->vm_memory));
	put(f, "host CPU", recorded(run->host_cpu));
	put_number(f, "host cores", run->host_cores, "", put);
	put_number(f, "host memory", run->host_memory_mib, " MiB", put);
	put(f, "host system", recorded(run->host_os));
	put(f, "host kernel", recorded(run->host_kernel));
	for (i = 0; i < run->n_nodes; i++) {
		char what[80];

		snprintf(what, sizeof(what), "host node %s",
			 run->nodes[i].name);
		put(f, what, recorded(run->nodes[i].text));
	}
}

void facts_run(FILE *f, const struct run *run, put_fact_fn put)
{
	char mmvs[FACT_MAX];

	put(f, "run", recorded(run->name));
	put(f, "date", recorded(run->date));
	put(f, "family", recorded(run->family));
	put(f, "mode", recorded(run->mode));
	put(f, "accelerator that ran", recorded(run->accel));
	put_clock(f, run, put);
	put(f, "kernel", recorded(run->kernel_version));
	put(f, "kernel source", recorded(run->kernel_source));
	put(f, "base commit", recorded(run->kernel_commit));
	put(f, "toolchain", recorded(run->toolchain));
	put_machine(f, run, put);
	put(f, "initramfs sha256", recorded(run->initramfs_sha256));
	put(f, "mmbench sha256", recorded(run->mmbench_sha256));
	snprintf(mmvs, sizeof(mmvs), "%.80s%s", recorded(run->mmvs_commit),
		 run->mmvs_dirty ? ", with uncommitted changes" : "");
	put(f, "mmvs", mmvs);
}

static void put_known(FILE *f, const char *what, const char *text,
		      put_fact_fn put)
{
	if (*text)
		put(f, what, text);
}

int facts_variant(FILE *f, const struct run *run, size_t i, put_fact_fn put)
{
	const struct variant *v = &run->variants[i];
	char *text;
	size_t k;

	put_known(f, "title", v->title, put);
	put_known(f, "mechanism", v->mechanism, put);
	put_known(f, "expected", v->expect, put);
	if (strcmp(v->kernel_version, run->kernel_version))
		put_known(f, "kernel", v->kernel_version, put);
	if (strcmp(v->kernel_source, run->kernel_source))
		put_known(f, "kernel source", v->kernel_source, put);
	put(f, "commit", recorded(v->commit));
	put_known(f, "image sha256", v->image_sha256, put);
	put_known(f, "config sha256", v->config_sha256, put);
	for (k = 0; k < v->n_patches; k++)
		put_known(f, "patch", v->patches[k], put);
	if (!conform_judged(run))
		return 0;
	text = conform_text(v);
	if (!text)
		return -ENOMEM;
	put_known(f, "conformance", text, put);
	free(text);
	return 0;
}
