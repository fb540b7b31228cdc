/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf_event_open(2) around a measurement: where there is a PMU, cycles,
 * instructions, dTLB and cache misses, user and kernel apart; where there is
 * none, the kernel's software events and the tracepoints of vmscan.
 */
#ifndef MMVS_PERF_H
#define MMVS_PERF_H

#include <stdbool.h>
#include <stdio.h>

#define PERF_AUTO "auto"
#define PERF_ON "on"
#define PERF_OFF "off"

bool perf_is_mode(const char *word);
/*
 * Open what there is and say which kind: "hardware", "software" (then with the
 * tracepoints, if they may be read) or "none"; @why has the reason for less than
 * hardware.  @mode PERF_OFF, or PERF_AUTO while instructions are counted, opens
 * nothing: "off".  Counters start with perf_start() and stop with perf_stop().
 */
const char *perf_open(const char *mode, const char **why);
void perf_start(void);
void perf_stop(void);
/*
 * Lines of counters.tsv: "perf.<event>", scaled to the whole time if the PMU was
 * shared, and then "perf_running_pct.<event>" too: the share it really counted.
 * Hardware and software events are those of this process and its children, the
 * tracepoints those of the machine (kswapd is nobody's child).
 */
void perf_write(FILE *counters);

#endif
