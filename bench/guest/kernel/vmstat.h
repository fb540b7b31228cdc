/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel counters around a measurement: /proc/vmstat and memory.stat. */
#ifndef MMVS_VMSTAT_H
#define MMVS_VMSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct vmstat_snapshot;

/* All counters now; @memcg (below /mmvs) may be NULL.  NULL: out of memory. */
struct vmstat_snapshot *vmstat_take(const char *memcg);
/*
 * By how much counter @name ("vmstat.pgscan_anon", "memcg.pgscan") rose; 0 when
 * the kernel has no such counter: vmstat_has() tells the two apart.
 */
int64_t vmstat_delta(const struct vmstat_snapshot *before,
		     const struct vmstat_snapshot *after, const char *name);
/* Entries into direct reclaim of all zones between the two: allocstall_*. */
int64_t vmstat_allocstall(const struct vmstat_snapshot *before,
			  const struct vmstat_snapshot *after);
bool vmstat_has(const struct vmstat_snapshot *s, const char *name);
/*
 * Fold the CPUs' own differences of page counters (workingset_*) into
 * /proc/vmstat; event counters (pgscan_*, pgsteal_*) are exact without.
 */
void vmstat_refresh(void);
/* counters.tsv: what exists in both snapshots, with the difference. */
void vmstat_write(FILE *out, const struct vmstat_snapshot *before,
		  const struct vmstat_snapshot *after);
void vmstat_free(struct vmstat_snapshot *s);

#endif
