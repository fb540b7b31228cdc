/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reclaim seen from outside: what was accounted, freed, dropped and swapped
 * between two looks at a memcg and a mapping.  The reclaim-* cases share it.
 */
#ifndef MMVS_RECLAIM_H
#define MMVS_RECLAIM_H

#include "kernel/mem.h"
#include "kernel/vmstat.h"
#include "run/bench.h"

#define RECLAIM_GROUP "run"

struct reclaim_view {
	struct vmstat_snapshot *stat; /* taken last, after the others */
	struct mem_where where;
};

/* What happened between two views, in pages. */
struct reclaim_delta {
	int64_t accounted; /* pgsteal_{anon,file} */
	int64_t lazyfreed; /* pglazyfreed: of these, dropped without swap */
	int64_t scanned; /* pgscan_{anon,file} */
	int64_t freed; /* fall of memory.current */
	int64_t dropped; /* of the mapping, neither present nor in swap */
	int64_t swapped; /* of the mapping, into swap */
};

/* The option "lru" alone, where there is one: 0, -errno or BENCH_SKIP. */
int reclaim_lru(struct bench_ctx *ctx);
/*
 * Map and fill what the options "map", "pages", "order" and "lru" ask for: the
 * setup of a case.  Each option but "map" and "pages" may be missing.
 */
int reclaim_setup(struct bench_ctx *ctx, struct mem_region *r);

int reclaim_look(const struct mem_region *r, struct reclaim_view *v);
struct reclaim_delta reclaim_between(const struct reclaim_view *a,
				     const struct reclaim_view *b);
void reclaim_view_free(struct reclaim_view *v);

/* One operation that reclaims, with its region markers around it. */
typedef int reclaim_op(void *arg);

/*
 * Time @op, which asks for @want pages, and write a row of RECLAIM_COLUMNS.
 * Returns what @op returned when that is 0 or -EAGAIN (a result, and
 * "refused"), else a failure that names @what.
 */
int reclaim_row(struct bench_ctx *ctx, const struct mem_region *r,
		struct reclaim_view *last, int64_t want, reclaim_op *op,
		void *arg, const char *what);

/*
 * The check of a case: what is absent reads as zeroes, what is not is intact,
 * and only memory that may be dropped has lost pages.
 */
int reclaim_check(struct bench_ctx *ctx, const struct mem_region *r);

#define RECLAIM_COLUMNS                                             \
	"round_index", "requested_pages", "accounted_pages",        \
		"lazyfreed_pages", "freed_pages", "dropped_pages",  \
		"swapped_pages", "resident_pages", "scanned_pages", \
		"refused_count", "cost_clock", "task_clock"

/* Metrics that hold for every case with RECLAIM_COLUMNS. */
#define RECLAIM_COST_METRICS                                         \
	{ "cost_per_freed",                                          \
	  "clock",                                                   \
	  "lower",                                                   \
	  "key",                                                     \
	  "sum",                                                     \
	  "cost_clock",                                              \
	  "freed_pages",                                             \
	  NULL,                                                      \
	  "cost per freed page, all requests" },                     \
		{ "task_per_freed",                                  \
		  "clock",                                           \
		  "lower",                                           \
		  "all",                                             \
		  "sum",                                             \
		  "task_clock",                                      \
		  "freed_pages",                                     \
		  NULL,                                              \
		  "CPU time of the task per freed page" },           \
	{                                                            \
		"scanned_per_freed", "ratio", "lower", "all", "sum", \
			"scanned_pages", "freed_pages", NULL,        \
			"pages scanned per freed page"               \
	}
#define RECLAIM_FIRST_METRICS                                                      \
	{ "overshoot",                                                             \
	  "ratio",                                                                 \
	  "one",                                                                   \
	  "key",                                                                   \
	  "first",                                                                 \
	  "dropped_pages",                                                         \
	  "requested_pages",                                                       \
	  NULL,                                                                    \
	  "dropped / requested, first request" },                                  \
		{ "accounted_ratio",                                               \
		  "ratio",                                                         \
		  "one",                                                           \
		  "key",                                                           \
		  "first",                                                         \
		  "accounted_pages",                                               \
		  "requested_pages",                                               \
		  NULL,                                                            \
		  "accounted / requested, first request" },                        \
		{ "freed_ratio",                                                   \
		  "ratio",                                                         \
		  "one",                                                           \
		  "key",                                                           \
		  "first",                                                         \
		  "freed_pages",                                                   \
		  "requested_pages",                                               \
		  NULL,                                                            \
		  "freed / requested, first request" },                            \
		{ "requested", "pages", "none",                                    \
		  "all",       "first", "requested_pages",                         \
		  NULL,	       NULL,	"first request: asked for" },              \
		{ "accounted", "pages", "none",                                    \
		  "all",       "first", "accounted_pages",                         \
		  NULL,	       NULL,	"first request: accounted as reclaimed" }, \
		{ "freed", "pages", "none",                                        \
		  "all",   "first", "freed_pages",                                 \
		  NULL,	   NULL,    "first request: fall of memory.current" },     \
		{ "dropped",                                                       \
		  "pages",                                                         \
		  "none",                                                          \
		  "all",                                                           \
		  "first",                                                         \
		  "dropped_pages",                                                 \
		  NULL,                                                            \
		  NULL,                                                            \
		  "first request: pages that read as zeroes now" },                \
		{ "swapped", "pages", "none",                                      \
		  "all",     "first", "swapped_pages",                             \
		  NULL,	     NULL,    "first request: pages written to swap" },    \
	{                                                                          \
		"refusals", "count", "lower", "all", "sum", "refused_count",       \
			NULL, NULL, "requests that ended with EAGAIN"              \
	}

#endif
