/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel has found out about itself, looked at as the guest ends. */
#ifndef MMVS_DEBUG_H
#define MMVS_DEBUG_H

/*
 * Scan for leaks, ask lockdep whether it is still on, read the kernel's log and
 * taint.  A finding is a line "mmbench: kernel: ..." on the console, by which
 * scripts/vm-run.sh fails the cell; what was looked at and clean is a line
 * "debug: ...".  A kernel without these options costs three open calls.
 */
void debug_report(void);

#endif
