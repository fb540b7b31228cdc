/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMVS_HANDIN_H
#define MMVS_HANDIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The spec that this guest is to measure.  The boot up to here is the same for
 * every spec: QEMU may save the machine now and go on from there as often as
 * it likes (scripts/snapshot.sh).  @spec gets at most @size bytes with the
 * closing zero; @counted: the clock counts instructions.  0; -ENODEV without
 * QEMU's two devices; -E2BIG; -ETIME when the clock leapt too far; -errno.
 */
int handin_spec(char *spec, size_t size, bool counted);

#endif
