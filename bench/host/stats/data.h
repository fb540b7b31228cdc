/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All cells of one or two runs, reduced: metrics x arms x seeds.
 *
 * An arm is one side of comparisons: a variant under the seeds of the run, or
 * "A/A", the recorded baseline under seeds of its own.
 */
#ifndef MMVS_DATA_H
#define MMVS_DATA_H

#include "load/run.h"
#include "load/samples.h"
#include "stats/reduce.h"

#define DATA_MAX_METRICS 16384
#define DATA_MAX_VALUES (16UL << 20) /* metrics x seeds of all arms */
#define ARM_AA "A/A"

struct arm {
	char *label;
	char *shown; /* label, marked if the variant fails conformance */
	const struct run *run;
	const struct variant *variant;
	const long *seeds;
	size_t n_seeds;
	size_t offset; /* of its first seed in metric values */
	size_t base; /* the arm it is compared with; itself: a baseline */
	bool aa;
	size_t *blocks; /* several hosts: its seeds on each, in order; or NULL */
};

struct cell {
	size_t spec, arm;
	long seed;
	enum cell_status status;
	char *reason; /* NULL if CELL_OK */
};

/* One metric (and group) of one spec; values in the order arm, seed. */
struct metric {
	size_t spec;
	char *name, *unit, *desc, *how; /* how: reduce, column, per, by */
	enum better better;
	bool key;
	double *value; /* n_values; NaN: see status */
	unsigned char *status; /* enum value_status */
	size_t copies; /* hosts left out, as they have the values of another */
};

struct data {
	const struct run *run; /* describes the (first) run */
	const struct run *other; /* the second run, or NULL */
	char **specs; /* those compared, borrowed from run */
	size_t n_specs;
	struct arm *arms;
	size_t n_arms;
	size_t baseline; /* arm; the first one when two runs are compared */
	size_t n_blocks; /* hosts that were combined (hosts.h); 0: no */
	size_t n_values; /* seeds over all arms */
	struct cell *cells; /* n_specs x n_values */
	size_t n_cells;
	struct metric *metrics; /* by spec, then first appearance */
	size_t n_metrics, cap_metrics;
};

/*
 * Sets up the arms.  One run (other NULL): baseline (NULL: the recorded one)
 * first, the other variants as recorded, A/A last.  Two runs: each variant of
 * other after the variant of the same name in run, its baseline; specs that
 * both have.  -EINVAL: no such baseline, nothing in common, or runs of
 * different units.  Free with data_free(), also after an error.
 */
int data_init(struct data *d, const struct run *run, const struct run *other,
	      const char *baseline, struct err *err);

/* Each variant of one run is compared with the one before it. */
void data_chain(struct data *d);

/* Reads and reduces every cell. */
int data_load(struct data *d, struct err *err);
void data_free(struct data *d);

/*
 * The samples of one cell: NULL with *ret 0 if the cell is not CELL_OK (then
 * *status and *reason, to free, are set; CELL_DAMAGED is one that cannot be read or
 * is not this run's), NULL with *ret and a message after an error.
 */
struct samples *data_samples(const struct data *d, size_t spec, size_t arm,
			     size_t seed_index, enum cell_status *status,
			     char **reason, int *ret, struct err *err);

/* The values that arm has of metric m, into out (n_seeds); their number. */
size_t data_values(const struct data *d, size_t m, size_t arm, double *out);

/* Cells of a spec and arm with that status. */
size_t data_count(const struct data *d, size_t spec, size_t arm,
		  enum cell_status status);

#endif
