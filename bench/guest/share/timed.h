/* SPDX-License-Identifier: GPL-2.0-only */
/* One operation between two clock reads, and the metrics of many of them. */
#ifndef MMVS_TIMED_H
#define MMVS_TIMED_H

#include "run/clock.h"
#include "run/marker.h"

/* @cost: raw, one clock cost is in it.  @id: a constant REGION_*. */
#define TIMED(id, cost, operation)             \
	do {                                   \
		uint64_t start_ = clock_now(); \
		region_begin(id);              \
		operation;                     \
		region_end(id);                \
		(cost) = clock_now() - start_; \
	} while (0)

/* The distribution of a clocked column; its median is the case's headline. */
#define LATENCY_METRICS(name, column, what)                                   \
	METRIC(name "_p50", "clock", "lower", "key", "p50", column, NULL,     \
	       NULL, what ", median"),                                        \
		METRIC(name "_p90", "clock", "lower", "all", "p90", column,   \
		       NULL, NULL, what ", 90th percentile"),                 \
		METRIC(name "_p99", "clock", "lower", "all", "p99", column,   \
		       NULL, NULL, what ", 99th percentile"),                 \
		METRIC(name "_p999", "clock", "lower", "all", "p999", column, \
		       NULL, NULL, what ", 99.9th percentile"),               \
		METRIC(name "_max", "clock", "lower", "all", "max", column,   \
		       NULL, NULL, what ", worst")

#endif
