/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What perf events counted in one cell (perf.* of counters.tsv), hostile as the rest:
 * over all of the case's run(), not only what lies between two reads of the clock.
 */
#ifndef MMVS_COUNTERS_H
#define MMVS_COUNTERS_H

enum counted {
	COUNTED_CYCLES, /* these four: user and kernel together */
	COUNTED_INSN,
	COUNTED_DTLB,
	COUNTED_LLC,
	COUNTED_INSN_KERNEL,
	COUNTED_TASK_CLOCK, /* where the clock counts instructions, these */
	COUNTED_FAULTS,
	N_COUNTED,
};

/*
 * Reads dir/counters.tsv.  NaN: not counted, or only of user or kernel where both are
 * meant.  *share: the least percent of the time that the PMU counted an event in, 100
 * if it was not shared.  0 or -ENOMEM; no file, or a broken one: NaN throughout.
 */
int counters_load(const char *dir, double v[N_COUNTED], double *share);

#endif
