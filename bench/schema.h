/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest writes and the host reads: names, units and limits.
 *
 * bench/guest (mmbench) writes these files, scripts/vm-run.sh carries them
 * out of the guest untouched, bench/host (mmcompare) parses them as hostile
 * input.  results/README.md describes every field; change both together.
 */
#ifndef MMVS_SCHEMA_H
#define MMVS_SCHEMA_H

#define MMVS_SAMPLES_MAGIC "mmvs-samples 1"
#define MMVS_COUNTERS_MAGIC "mmvs-counters 1"
#define MMVS_CELL_MAGIC "mmvs-cell 1"
#define MMVS_RUN_MAGIC "mmvs-run 1"
#define MMVS_COMPARE_MAGIC "mmvs-compare 2"

/* Keys of the "# key<TAB>value" lines that head samples.tsv. */
#define MMVS_KEY_CASE "case"
#define MMVS_KEY_SPEC "spec"
#define MMVS_KEY_UNIT "unit"
#define MMVS_KEY_SKIP "skip"
#define MMVS_KEY_CLOCK_COST "clock_cost"
#define MMVS_KEY_CLOCKED "clocked"
#define MMVS_KEY_ROWS "rows"
#define MMVS_KEY_METRIC "metric"

/* Units of the clock: guest instructions (icount) or nanoseconds. */
#define MMVS_UNIT_INSN "insn"
#define MMVS_UNIT_NS "ns"

/* Which way a metric is better; "one" means nearer to 1. */
#define MMVS_BETTER_LOWER "lower"
#define MMVS_BETTER_HIGHER "higher"
#define MMVS_BETTER_ONE "one"
#define MMVS_BETTER_NONE "none"

/* Rank of a metric: shown in the mail and the terminal table, or not. */
#define MMVS_RANK_KEY "key"
#define MMVS_RANK_ALL "all"

/* Limits that a reader enforces before it allocates. */
#define MMVS_MAX_FILE (64UL << 20)
#define MMVS_MAX_LINE 4096
#define MMVS_MAX_COLUMNS 32
#define MMVS_MAX_METRICS 64
#define MMVS_MAX_NAME 64
#define MMVS_MAX_ROWS (1UL << 20)

#endif
