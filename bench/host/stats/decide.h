/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which variant is better by which criterion, pair by pair, and which one another
 * makes unnecessary (Pareto).
 *
 * A criterion is a set of key metrics (load/criteria.h), conformance, or a static
 * cost.  Metrics say something about a pair when the difference is proven, or exact,
 * and matters (beyond delta): of a variant and the baseline as in the comparison, of
 * two others by the same statistics between these two, adjusted for the metrics of all
 * criteria and for the number of such pairs.
 */
#ifndef MMVS_DECIDE_H
#define MMVS_DECIDE_H

#include "stats/compare.h"

#define DECIDE_MAX_PAIRS \
	500 /* of more, only those with the baseline are looked at */

/* What the first of a pair is to the second by one criterion. */
enum relation {
	RELATION_SAME, /* no difference that matters */
	RELATION_BETTER, /* in a metric, and in none worse */
	RELATION_WORSE,
	RELATION_MIXED, /* better in one, worse in another */
	RELATION_OPEN, /* nothing proven, something may differ */
	RELATION_UNKNOWN, /* not measured, or not judged, on both sides */
};

enum aspect_kind {
	ASPECT_METRICS,
	ASPECT_CONFORM,
	ASPECT_STATIC,
};

/* A criterion of which this run knows something. */
struct aspect {
	enum aspect_kind kind;
	const char *name;
	size_t *metrics, n_metrics; /* indices into data; ASPECT_METRICS */
	enum static_cost cost; /* ASPECT_STATIC */
};

struct decision {
	const struct comparison *c;
	struct aspect
		*aspects; /* conformance, metrics as declared, static costs */
	size_t n_aspects;
	size_t n; /* variants: the arms but for A/A, which is last */
	size_t pairs; /* of variants that are no baseline */
	bool too_many; /* pairs: not looked at */
	size_t needed; /* seeds a side to prove anything in these pairs; 0: they are there */
	struct row *
		*pair; /* [a * n + b], a < b: a row a metric of the aspects */
	size_t *slot; /* of a metric in these rows */
	size_t n_slots;
	const char **absent; /* criteria of which nothing was measured */
	size_t n_absent;
};

/*
 * n_aspects is 0 where there is nothing to decide: two runs, a chain, one variant, or
 * no criterion that was measured.  -ENOMEM or -EINVAL with a message; free with
 * decide_free(), also after an error.
 */
int decide(const struct comparison *c, struct decision *d, struct err *err);
void decide_free(struct decision *d);

/* What variant a is to b.  *open, unless NULL: metrics without a proof either way. */
enum relation decide_relation(const struct decision *d, size_t aspect, size_t a,
			      size_t b, size_t *open);

/* The row of a metric for a against b, and whether it has to be read backwards. */
const struct row *decide_row(const struct decision *d, size_t metric, size_t a,
			     size_t b, bool *backwards);

/*
 * The row that stands for an aspect in the table: what is proven worse by the most,
 * else the least favourable estimate; NULL: nothing measured.  *better: how many of
 * its metrics are better.
 */
const struct row *decide_worst(const struct decision *d, size_t aspect,
			       size_t arm, size_t *better);

/*
 * Does a dominate b: better by a criterion at least, worse by none?  What is not
 * measured of either keeps it from that; a difference that is not proven neither
 * makes it so nor keeps it, but where the run has too few seeds to prove one.
 * @with_static: the costs of carrying it count.
 */
bool decide_dominates(const struct decision *d, size_t a, size_t b,
		      bool with_static);

/* Is there a variant that dominates this one? */
bool decide_dominated(const struct decision *d, size_t arm, bool with_static);

/* Properties that variant fails; NaN: not judged. */
double decide_failures(const struct decision *d, size_t arm);

const char *decide_static_name(enum static_cost cost);

#endif
