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
#include "share/case_map.h"

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
 * Map and fill case_region as the options "map", "pages", "order" and "lru" ask for:
 * the setup of a case.  Each option but "map" and "pages" may be missing.
 */
int reclaim_setup(struct bench_ctx *ctx);

int reclaim_look(const struct mem_region *r, struct reclaim_view *v);
struct reclaim_delta reclaim_between(const struct reclaim_view *a,
				     const struct reclaim_view *b);
void reclaim_view_free(struct reclaim_view *v);

/*
 * A case that asks for pages of case_region until none is there: how.  How much at
 * a time is @chunk, or else the options "request", in pages, or "share", in percent.
 */
struct reclaim_ops {
	const char *what; /* names it in an error */
	uint64_t chunk; /* pages; 0: as the options say */
	size_t rounds; /* at most; 0: as many as the chunks are */
	/*
	 * Ask for @want pages, @round counts from 0; its region markers around it.
	 * 0 or -errno; -EAGAIN is a result, "refused", and ends the run.
	 */
	int (*ask)(uint64_t want, size_t round);
	/* Look at each round, beside the clock, or NULL.  -EAGAIN: enough. */
	int (*after)(struct bench_ctx *ctx, const struct mem_where *before,
		     const struct mem_where *now);
};

int reclaim_run(struct bench_ctx *ctx);
size_t reclaim_rows(struct bench_ctx *ctx);
/*
 * The check of a case: what is absent of case_region reads as zeroes, what is not is
 * intact, and only memory that may be dropped has lost pages.
 */
int reclaim_check(struct bench_ctx *ctx);

/* In a declaration; setup() and the rest stand beside it. */
#define RECLAIM_CASE(...)                                             \
	.columns = BENCH_WORDS(RECLAIM_COLUMNS), .needs_memcg = true, \
	.max_rows = reclaim_rows, .run = reclaim_run,                 \
	.kind = &(const struct reclaim_ops)                           \
	{                                                             \
		__VA_ARGS__                                           \
	}

#define RECLAIM_COLUMNS                                             \
	"round_index", "requested_pages", "accounted_pages",        \
		"lazyfreed_pages", "freed_pages", "dropped_pages",  \
		"swapped_pages", "resident_pages", "scanned_pages", \
		"refused_count", "cost_clock", "task_clock"

/* Metrics that hold for every case with RECLAIM_COLUMNS. */
#define RECLAIM_COST_METRICS                                                   \
	METRIC("cost_per_freed", "clock", "lower", "key", "sum", "cost_clock", \
	       "freed_pages", NULL, "cost per freed page, all requests"),      \
		METRIC("task_per_freed", "clock", "lower", "all", "sum",       \
		       "task_clock", "freed_pages", NULL,                      \
		       "CPU time of the task per freed page"),                 \
		METRIC("scanned_per_freed", "ratio", "lower", "all", "sum",    \
		       "scanned_pages", "freed_pages", NULL,                   \
		       "pages scanned per freed page")
/* Of the first request; @rank is that of what is accounted and freed. */
#define RECLAIM_RATIO_METRICS(rank)                                            \
	METRIC("overshoot", "ratio", "one", "key", "first", "dropped_pages",   \
	       "requested_pages", NULL, "dropped / requested, first request"), \
		METRIC("accounted_ratio", "ratio", "one", rank, "first",       \
		       "accounted_pages", "requested_pages", NULL,             \
		       "accounted / requested, first request"),                \
		METRIC("freed_ratio", "ratio", "one", rank, "first",           \
		       "freed_pages", "requested_pages", NULL,                 \
		       "freed / requested, first request")
#define RECLAIM_FIRST_METRICS                                           \
	RECLAIM_RATIO_METRICS("key"),                                   \
		METRIC("requested", "pages", "none", "all", "first",    \
		       "requested_pages", NULL, NULL,                   \
		       "first request: asked for"),                     \
		METRIC("accounted", "pages", "none", "all", "first",    \
		       "accounted_pages", NULL, NULL,                   \
		       "first request: accounted as reclaimed"),        \
		METRIC("freed", "pages", "none", "all", "first",        \
		       "freed_pages", NULL, NULL,                       \
		       "first request: fall of memory.current"),        \
		METRIC("dropped", "pages", "none", "all", "first",      \
		       "dropped_pages", NULL, NULL,                     \
		       "first request: pages that read as zeroes now"), \
		METRIC("swapped", "pages", "none", "all", "first",      \
		       "swapped_pages", NULL, NULL,                     \
		       "first request: pages written to swap"),         \
		METRIC("refusals", "count", "lower", "all", "sum",      \
		       "refused_count", NULL, NULL,                     \
		       "requests that ended with EAGAIN")

#endif
