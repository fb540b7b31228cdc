/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A decision on planted data: variants a (the baseline), b, c; metrics x, y, a criterion
 * each.
 */
#ifndef MMVS_DECIDED_H
#define MMVS_DECIDED_H

#include "unit.h"

#include "stats/decide.h"

#define SEEDS 6
#define ARMS 3
#define METRICS 2

static const long seeds[SEEDS] = { 1, 2, 3, 4, 5, 6 };
static char *specs[] = { "case@a=1" };
static char *globs_x[] = { "case@*:x" };
static char *globs_y[] = { "*:y" };
static char *labels[ARMS] = { "a", "b", "c" };

/* All that a decision is made of. */
struct fixture {
	struct criterion criteria[2];
	struct variant variants[ARMS];
	struct property properties[ARMS][2];
	struct run run;
	struct arm arms[ARMS];
	struct cell cells[ARMS * SEEDS];
	double values[METRICS][ARMS * SEEDS];
	unsigned char status[METRICS][ARMS * SEEDS];
	struct metric metrics[METRICS];
	struct data data;
	struct comparison c;
	struct decision d;
};

static struct fixture f;

/* Every value 100 and a bit of noise, the same in all arms; nothing else known. */
static inline void prepare(void)
{
	size_t m, a, s;

	memset(&f, 0, sizeof(f));
	f.criteria[0] = (struct criterion){ "first", globs_x, 1 };
	f.criteria[1] = (struct criterion){ "second", globs_y, 1 };
	f.run = (struct run){ .dir = "r",
			      .criteria = f.criteria,
			      .n_criteria = 2,
			      .variants = f.variants,
			      .n_variants = ARMS,
			      .n_seeds = SEEDS };
	for (a = 0; a < ARMS; a++) {
		f.variants[a].name = labels[a];
		for (s = 0; s < N_STATIC_COSTS; s++)
			f.variants[a].cost[s] = NAN;
		f.arms[a] = (struct arm){ .label = labels[a],
					  .shown = labels[a],
					  .run = &f.run,
					  .variant = &f.variants[a],
					  .seeds = seeds,
					  .n_seeds = SEEDS,
					  .offset = a * SEEDS };
	}
	for (m = 0; m < METRICS; m++) {
		for (a = 0; a < ARMS; a++)
			for (s = 0; s < SEEDS; s++)
				f.values[m][a * SEEDS + s] =
					100 + 0.01 * (double)((s * 5 + m) % 6);
		f.metrics[m] = (struct metric){ .name = m ? "y" : "x",
						.unit = "insn",
						.desc = "",
						.how = "",
						.key = true,
						.better = BETTER_LOWER,
						.value = f.values[m],
						.status = f.status[m] };
	}
	f.data = (struct data){ .run = &f.run,
				.specs = specs,
				.n_specs = 1,
				.arms = f.arms,
				.n_arms = ARMS,
				.n_values = ARMS * SEEDS,
				.cells = f.cells,
				.n_cells = ARMS * SEEDS,
				.metrics = f.metrics,
				.n_metrics = METRICS };
}

/* Arm's values of a metric, times factor. */
static inline void scale(size_t metric, size_t arm, double factor)
{
	size_t s;

	for (s = 0; s < SEEDS; s++)
		f.values[metric][arm * SEEDS + s] *= factor;
}

static inline void run_decision(void)
{
	struct err err = { "" };

	if (compare_all(&f.data, 0.01, 0.05, &f.c, &err) ||
	    decide(&f.c, &f.d, &err))
		fail_msg("%s", err.msg);
}

static inline void done(void)
{
	decide_free(&f.d);
	compare_free(&f.c);
}

/* x of b is all over the place: on the whole lower, which nobody can prove. */
static inline void wild(size_t arm)
{
	static const double v[SEEDS] = { 40, 70, 55, 130, 101, 90 };

	memcpy(&f.values[0][arm * SEEDS], v, sizeof(v));
}

#endif
