/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases that measure many operations between two clock reads: prepare, run a
 * batch, look at what it did, again and again.  A row is a round; the first
 * round (new slabs, new page tables) is run and thrown away.
 */
#ifndef MMVS_BATCH_H
#define MMVS_BATCH_H

#include "run/bench.h"

#define BATCH_OPTION                              \
	{                                         \
		.key = "rounds", .fallback = "8", \
		.help = "batches, a row each",    \
	}

/* @name: cost of one unit.  The faults are getrusage()'s, beside the clock. */
#define BATCH_METRICS(name, what)                                     \
	METRIC(name, "clock", "lower", "key", "sum", "cost_clock",    \
	       "unit_count", NULL, what),                             \
		METRIC(name "_faults", "ratio", "none", "all", "sum", \
		       "fault_count", "unit_count", NULL,             \
		       what ": page faults")

/* A round. */
struct batch {
	size_t units; /* operations in it; verify() may correct it */
	size_t faults; /* that this thread took in it, for verify() */
	bool warm; /* it counts: what it needs has been touched */
};

struct batch_ops {
	/* The option that says how many; NULL: verify() does. */
	const char *units;
	int (*prepare)(struct bench_ctx *ctx, struct batch *b); /* or NULL */
	int (*op)(struct bench_ctx *ctx, struct batch *b); /* measured */
	/* Prove that the batch did what it is said to do, and undo it. */
	int (*verify)(struct bench_ctx *ctx, struct batch *b);
};

size_t batch_rows(struct bench_ctx *ctx);
int batch_run(struct bench_ctx *ctx);

/* In a declaration: BATCH_CASE(.units = "pages", .op = op, .verify = verify) */
#define BATCH_CASE(...)                                                    \
	.columns = BENCH_WORDS("round_index", "cost_clock", "unit_count",  \
			       "fault_count"),                             \
	.clocked = "cost_clock", .max_rows = batch_rows, .run = batch_run, \
	.kind = &(const struct batch_ops)                                  \
	{                                                                  \
		__VA_ARGS__                                                \
	}

#endif
