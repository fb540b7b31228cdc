/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel counters around a measurement: /proc/vmstat and memory.stat. */
#ifndef MMVS_VMSTAT_H
#define MMVS_VMSTAT_H

#include <stdio.h>

struct vmstat_snapshot;

/* All counters now; @memcg (below /mmvs) may be NULL.  NULL: out of memory. */
struct vmstat_snapshot *vmstat_take(const char *memcg);
/* counters.tsv: what exists in both snapshots, with the difference. */
void vmstat_write(FILE *out, const struct vmstat_snapshot *before,
		  const struct vmstat_snapshot *after);
void vmstat_free(struct vmstat_snapshot *s);

#endif
