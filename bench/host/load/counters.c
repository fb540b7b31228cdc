// SPDX-License-Identifier: GPL-2.0-only
/*
 * perf.* of counters.tsv.  See counters.h.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "load/counters.h"
#include "load/file.h"
#include "load/table.h"

#define RUNNING "perf_running_pct."

static const struct {
	enum counted what;
	const char *parts[2];
} sums[] = {
	{ COUNTED_CYCLES, { "perf.cycles:u", "perf.cycles:k" } },
	{ COUNTED_INSN, { "perf.instructions:u", "perf.instructions:k" } },
	{ COUNTED_DTLB,
	  { "perf.dTLB-load-misses:u", "perf.dTLB-load-misses:k" } },
	{ COUNTED_LLC, { "perf.LLC-load-misses:u", "perf.LLC-load-misses:k" } },
	{ COUNTED_INSN_KERNEL, { "perf.instructions:k" } },
	{ COUNTED_TASK_CLOCK, { "perf.task-clock" } },
	{ COUNTED_FAULTS, { "perf.page-faults" } },
};

/* How far the counter rose; NaN: it is not there, or no number. */
static double delta(const struct table *t, const char *name)
{
	size_t row;
	double v;

	for (row = 0; row < table_rows(t); row++)
		if (!strcmp(table_field(t, row, 0), name))
			return file_parse_number(table_field(t, row, 3), &v) ||
					       v < 0
				       ? NAN
				       : v;
	return NAN;
}

static double least_share(const struct table *t)
{
	double least = 100, v;
	size_t row;

	for (row = 0; row < table_rows(t); row++)
		if (!strncmp(table_field(t, row, 0), RUNNING,
			     strlen(RUNNING)) &&
		    !file_parse_number(table_field(t, row, 3), &v))
			least = fmin(least, v);
	return least;
}

int counters_load(const char *dir, double v[N_COUNTED], double *share)
{
	struct table t;
	size_t i;
	int ret;

	ret = table_load(dir, "counters.tsv", &t, NULL);
	if (ret)
		return ret;
	for (i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		double *sum = &v[sums[i].what];

		*sum = t.n_columns == 4 ? delta(&t, sums[i].parts[0]) : NAN;
		if (sums[i].parts[1])
			*sum += delta(&t, sums[i].parts[1]);
	}
	*share = t.n_columns == 4 ? least_share(&t) : 100;
	table_free(&t);
	return 0;
}
