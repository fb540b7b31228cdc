/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a PMU counted, beside each metric of time: the rows of a table that report and
 * page print each in its own way.
 */
#ifndef MMVS_PART_HARDWARE_H
#define MMVS_PART_HARDWARE_H

#include "load/text.h"
#include "stats/compare.h"
#include "stats/hardware.h"

#define N_HARDWARE 7
#define HARDWARE_HEADS                                          \
	"ns", "cycles", "instructions", "instructions a cycle", \
		"in the kernel, %", "dTLB load misses", "LLC load misses"
#define HARDWARE_SAYS                                                            \
	"For each operation, median over the seeds; user and kernel together. "  \
	"Time is that of the metric. Events are counted over all that the case " \
	"does between its setup and its end, so what lies between two "          \
	"measurements (looking at pages, filling them anew) is in the events "   \
	"and not in the time."

struct hardware_row {
	char *metric, *per; /* "(in groups)": the PMU knows none */
	size_t arm;
	double value[N_HARDWARE]; /* as HARDWARE_HEADS; NaN: not counted */
};

struct hardware_table {
	struct hardware_row *rows;
	size_t n;
	double least; /* share of the time that an event was counted, percent */
};

/*
 * Of a spec: no rows where no event was counted or the unit is not time; free with
 * hardware_table_free(), also after an error.  0 or -errno, with a message.
 */
int hardware_table(const struct comparison *c, size_t spec,
		   struct hardware_table *table, struct err *err);
void hardware_table_free(struct hardware_table *table);

#endif
