/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a benchmark case is made of.
 *
 * A case is one file in cases/: a struct bench_case registered with
 * BENCH_CASE(), found through a linker section.  setup() builds the premise,
 * run() measures and hands over rows, check() proves afterwards that the
 * premise held, teardown() undoes.  All return 0, -errno, or BENCH_SKIP after
 * bench_skip() has said why.
 *
 * run/ takes in a command line and a case, found by its section, not by name.
 * Out go samples.tsv and counters.tsv, or the reason why there are none.
 * It includes kernel/ alone; what a case measures is no business of its.
 *
 * cases/ takes in the options of one cell and what the rooms below offer.
 * Out goes one struct bench_case a file, and through it rows.
 * It includes every room; nothing includes it.
 */
#ifndef MMVS_BENCH_H
#define MMVS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../schema.h"
#include "kernel/array.h"

#define BENCH_SKIP 77 /* positive: not an errno; also the exit code */
#define BENCH_MAX_OPTIONS 8
/* The first word that init says to its child, which execs the same program. */
#define BENCH_CHILD "--unit="

/*
 * One option of a case.  @choices: "a|b|c", or NULL for a number; a choice in
 * parentheses stands for any text, which setup() judges.
 */
struct bench_option {
	const char *key;
	const char *fallback;
	const char *choices;
	const char *help;
};

/* How rows become one value a cell: the "metric" lines of samples.tsv. */
struct bench_metric {
	const char *name;
	const char *unit; /* "clock" becomes the unit of the clock */
	const char *better; /* MMVS_BETTER_* */
	const char *rank; /* MMVS_RANK_* */
	const char *reduce; /* see results/README.md */
	const char *column;
	const char *per; /* NULL: none */
	const char *by; /* NULL: none */
	const char *desc;
};

struct bench_ctx;

struct bench_case {
	const char *name;
	const char *desc;
	/*
	 * Option settings that are measured, "map=droppable,share=25": in
	 * every run (CASES=quick), and only in one of everything (CASES=full).
	 */
	const char *const *cells;
	const char *const *full_cells;
	const struct bench_option *options;
	/* Column names; a suffix _clock becomes the unit of the clock. */
	const char *const *columns;
	/* Columns that contain one clock cost each, "a_clock,b_clock". */
	const char *clocked;
	const struct bench_metric *metrics;
	bool needs_memcg;
	/* What a run() of share/ is told by the cases that have it in common. */
	const void *kind;
	/* An upper bound, so that no row allocates while measuring. */
	size_t (*max_rows)(struct bench_ctx *ctx);
	int (*setup)(struct bench_ctx *ctx);
	int (*run)(struct bench_ctx *ctx);
	int (*check)(struct bench_ctx *ctx);
	void (*teardown)(struct bench_ctx *ctx);
	/* Optional: header lines of its own in samples.tsv, "# key\tvalue". */
	void (*header)(const struct bench_ctx *ctx, FILE *out);
};

#define BENCH_OPTIONS(...) ((const struct bench_option[]){ __VA_ARGS__, { 0 } })
/* A struct bench_metric in a macro, where braces would part its arguments. */
#define METRIC(...)         \
	{                   \
		__VA_ARGS__ \
	}
#define BENCH_METRICS(...) ((const struct bench_metric[]){ __VA_ARGS__, { 0 } })
#define BENCH_WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* BENCH_CASE(its_name) = { ... }; */
#define BENCH_CASE(sym)                                               \
	static const struct bench_case sym;                           \
	static const struct bench_case *const sym##_entry             \
		__attribute__((used, section("bench_cases"))) = &sym; \
	static const struct bench_case sym

extern const struct bench_case *const __start_bench_cases[];
extern const struct bench_case *const __stop_bench_cases[];

#define for_each_case(c)                                              \
	for (const struct bench_case *const *c = __start_bench_cases; \
	     c < __stop_bench_cases; c++)

struct bench_ctx {
	const struct bench_case *bc;
	char spec[256]; /* the case with its options, as it was asked for */
	const char *value[BENCH_MAX_OPTIONS]; /* by index into bc->options */
	const char *unit; /* MMVS_UNIT_* */
	const char *perf; /* PERF_* */
	const char *perf_kind, *perf_why; /* what perf_open() said */
	uint64_t clock_cost; /* in unit */
	int64_t *rows; /* row major, nr_columns wide */
	size_t nr_rows, cap_rows, nr_columns;
	bool overflow; /* a row did not fit */
	char why[256]; /* the reason of a skip or a failure */
	void *priv; /* the case's own */
};

/* runner.c: parse @argv ("CASE[@k=v,...]" then "--k=v"...) into @ctx. */
int bench_parse(struct bench_ctx *ctx, int argc, char **argv);
/* Run a parsed case; write samples and counters.  0, -errno or BENCH_SKIP. */
int bench_run(struct bench_ctx *ctx, FILE *samples, FILE *counters);
/*
 * measure.c: [--unit=ns|insn] [--counters=FILE] [--perf=auto|on|off] and a spec, as
 * bench_parse() takes it.  The exit code: 0, 1, 2, BENCH_SKIP; -EINVAL: not of this form.
 */
int bench_main(int argc, char **argv);
/* list.c */
void bench_list(FILE *out);
/* The specs of a set, "quick" or "full", one a line; -EINVAL: no such set. */
int bench_list_cells(FILE *out, const char *set);

/* For cases: one row, an array literal with a value for each column. */
#define bench_row(ctx, ...) \
	bench_row_of(ctx, (__VA_ARGS__), sizeof(__VA_ARGS__) / sizeof(int64_t))
void bench_row_of(struct bench_ctx *ctx, const int64_t *values, size_t n);
const char *bench_opt(const struct bench_ctx *ctx, const char *key);
/* A number option; parse errors were refused by bench_parse(). */
uint64_t bench_opt_u64(const struct bench_ctx *ctx, const char *key);
/* Say why this cannot be measured here; returns BENCH_SKIP. */
int bench_skip(struct bench_ctx *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Say what went wrong; returns @err (-errno). */
int bench_fail(struct bench_ctx *ctx, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* init.c: mounts, swap, cgroup v2; never returns. */
void init_main(void) __attribute__((noreturn));

#endif
