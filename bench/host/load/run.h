/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.json: what was run; cell.json: how one boot of it ended.
 *
 * Strings are cleaned (text_clean()), never NULL; "" means not recorded.
 * Names are checked (name_ok()): they are safe as path components.
 */
#ifndef MMVS_RUN_H
#define MMVS_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "load/text.h"

#define RUN_MAX_VARIANTS 64
#define RUN_MAX_SPECS 1024
#define RUN_MAX_SEEDS 1000
#define RUN_MAX_CELLS 100000
#define RUN_MAX_PATCHES 256
#define RUN_MAX_OPTIONS 10000
#define RUN_MAX_NODES 1024

/* A promise, over all boots that judged it; neither: skipped as a whole. */
struct property {
	char *name;
	bool fails, passes;
};

/* What a stack costs to carry (static/static.tsv); NaN: not looked at. */
enum static_cost {
	STATIC_LINES, /* added and removed */
	STATIC_FILES,
	STATIC_ARCHES,
	STATIC_TEXT, /* bytes, against the base */
	STATIC_FLAGS, /* page flag bits that are taken */
	N_STATIC_COSTS,
};

/* Criterion of the decision: which metrics of which specs, by glob. */
struct criterion {
	char *name;
	char **globs; /* SPEC:METRIC */
	size_t n_globs;
};

struct variant {
	char *name, *title, *mechanism, *expect, *commit;
	char *kernel_version, *kernel_source, *base_commit;
	char *fork; /* where a ref left the baseline's history, or "" */
	char *image_sha256, *config_sha256;
	char *guest_sha256; /* the initramfs of whole commands, or "" */
	char **patches;
	size_t n_patches;
	struct property *properties; /* of conformance; none: not judged */
	size_t n_properties;
	double cost[N_STATIC_COSTS];
};

/* A configuration option that the kernels do not have alike. */
struct config_option {
	char *name;
	char **values; /* by variant: "y", "n", a value, or OPTION_ABSENT */
};

#define OPTION_ABSENT "absent" /* this kernel does not know the option */

/* A NUMA node of the machine that measured: "0", and what is known of it. */
struct host_node {
	char *name, *text;
};

struct run {
	char *dir; /* as given on the command line */
	char *name, *date, *mmvs_commit, *command, *family;
	char *mode, *accel, *unit; /* unit is "insn" or "ns" */
	char *kernel_version, *kernel_source, *kernel_commit;
	char *initramfs_sha256, *mmbench_sha256, *qemu, *toolchain;
	char *host_cpu, *host_os, *host_kernel, *vm_memory;
	double host_cores, host_memory_mib, vm_cpus; /* NaN: not recorded */
	struct host_node *nodes; /* of the host; none: not recorded */
	size_t n_nodes;
	double delta_pct, alpha; /* NaN: not recorded */
	double look, looks; /* of SEEDS=auto: which, of at most; NaN: none */
	bool mmvs_dirty;
	struct variant *variants;
	size_t n_variants;
	size_t baseline; /* index into variants */
	struct config_option *options;
	size_t n_options;
	char **specs;
	size_t n_specs;
	long *seeds, *aa_seeds;
	size_t n_seeds, n_aa_seeds;
	struct criterion *criteria; /* of its family, in its order */
	size_t n_criteria;
};

enum cell_status {
	CELL_OK,
	CELL_SKIP,
	CELL_FAILED,
	CELL_ABSENT, /* no cell.json */
	CELL_DAMAGED, /* not what it should be: left out, and said */
};

/*
 * Reads dir/run.json into a zeroed struct, what conformance (conform.h) and the
 * static checks say of its variants, and the criteria (criteria.h); free with run_free(), also after an error.  0,
 * -ENOENT, -EINVAL or another -errno, with a message.
 */
int run_load(const char *dir, struct run *run, struct err *err);
void run_free(struct run *run);

/*
 * Reads a cell.json and checks that it is this cell of this run: variant,
 * spec, seed, mode, unit, image and initramfs.  *reason (a string to free) is
 * set unless the status is CELL_OK or an error is returned.
 */
int cell_load(const char *path, const struct run *run, const struct variant *v,
	      const char *spec, long seed, enum cell_status *status,
	      char **reason, struct err *err);

/* Reads "config_differs" of run.json; part of run_load().  As run_load(). */
struct json_src;
struct json_t;
int options_load(const struct json_src *src, const struct json_t *obj,
		 struct run *run);
void options_free(struct run *run);

/* nodes.c, the same for "nodes" of run.json's "host". */
int nodes_load(const struct json_src *src, const struct json_t *host,
	       struct run *run);
void nodes_free(struct run *run);

/* The index of the variant of that name; n_variants: there is none. */
size_t run_find_variant(const struct run *run, const char *name);

/*
 * Are variants of different kernels compared?  Other releases, or commits
 * without a known past in common; a stack of patches is not.
 */
bool run_kernels_differ(const struct run *run);

/* The file of a cell; a string to free, NULL if out of memory. */
char *cell_path(const struct run *run, const struct variant *v,
		const char *spec, long seed, const char *file);

/*
 * A file of the run's folder that need not be there: read whole (at most @max bytes)
 * and parsed into @run.  0, also without it; the errors of file_read() and @parse.
 */
int run_load_part(struct run *run, const char *name, size_t max,
		  int (*parse)(char *buf, size_t len, const char *path,
			       struct run *run, struct err *err),
		  struct err *err);

#endif
