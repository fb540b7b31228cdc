/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fell into a sample besides the operation, where time is measured: a task
 * switch, a move to another CPU, steal, the first rows of a cold start.  A row that
 * was hit is marked and kept.
 *
 * A switch is seen without a system call: the kernel clears rseq_cs of a thread
 * that it has taken off the CPU.  An interrupt that switches to no other task is
 * not seen.  Steal has the ticks of /proc/stat: all rows of the 10 ms in which it
 * rose are marked.  Rows reach from the end of the row before to their own.
 */
#ifndef MMVS_HITS_H
#define MMVS_HITS_H

#include <stdint.h>
#include <stdio.h>

#include "run/bench.h"

enum {
	HIT_SWITCH = 1,
	HIT_STEAL = 2,
	HIT_WARMUP = 4,
	HIT_MOVE = 8,
};

/* Before run(): nothing happens where instructions are counted. */
void hits_start(const struct bench_ctx *ctx);
/* Row @row of the thread that has started has been measured: what hit it? */
void hits_row(const struct bench_ctx *ctx, size_t row);
void hits_stop(struct bench_ctx *ctx);

/* The header's lines; then whether rows have the columns "hit" and "clean". */
void hits_header(FILE *out, const struct bench_ctx *ctx);
bool hits_known(void);
unsigned int hits_of(size_t row);

#endif
