/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts: every metric, every arm, against the arm's baseline.  The
 * statistical sample is a seed (one value a cell), never an iteration.
 */
#ifndef MMVS_COMPARE_H
#define MMVS_COMPARE_H

#include "stats/data.h"
#include "stats/stats.h"

#define COMPARE_NOTE 320

enum verdict {
	VERDICT_BASELINE,
	VERDICT_BETTER,
	VERDICT_WORSE,
	VERDICT_DIFFERENT,
	VERDICT_SAME,
	VERDICT_NOT_PROVEN,
	VERDICT_MISSING,
};

#define N_VERDICTS (VERDICT_MISSING + 1)

/* NaN in any double: not defined; note says why. */
struct row {
	size_t metric, arm;
	size_t n, base_n;
	double median, base_median;
	struct interval ci; /* of the median; below 6 seeds their range */
	double ratio; /* Hodges and Lehmann's; all values above 0 only */
	struct interval ratio_ci;
	double diff; /* the same as a difference */
	struct interval diff_ci;
	double p; /* of a rank test, alone */
	double p_adj; /* of maxT over the run's metrics, times variants */
	bool exact; /* no variance on either side: nothing to test */
	bool tested; /* has variance, with or without p */
	size_t variants; /* that p is adjusted for; 0: none */
	size_t blocks; /* hosts with both sides; 0: one run */
	double least_p; /* of so many hosts and seeds */
	bool approx; /* p by normal approximation */
	bool proven; /* that there is a difference, however small */
	enum verdict verdict;
	char note[COMPARE_NOTE];
};

/* What A/A says about one set of metrics; NaN: not known. */
struct noise {
	size_t n; /* A/A rows with a ratio */
	size_t n_interval; /* of these, with an interval */
	size_t n_no_ratio; /* A/A rows with data but no ratio */
	size_t alarms; /* A/A rows that differ: better, worse, different */
	double floor; /* largest |ratio - 1| */
	double bound; /* widest bound of an interval, as |bound - 1| */
	double visible; /* largest half width of an interval */
	size_t floor_row, visible_row; /* where these are */
};

struct comparison {
	const struct data *data;
	double delta; /* a fraction: 0.01 */
	double alpha; /* of a test; intervals are of 1 - alpha */
	struct row *rows; /* by metric, then arm */
	size_t n_rows; /* n_metrics x n_arms */
	size_t tests; /* key metrics with variance, over all variants */
	size_t variants; /* compared with a baseline, A/A left out */
	size_t needed; /* seeds for any of them to be significant */
};

/* Free with compare_free(), also after an error (-ENOMEM, -EINVAL). */
int compare_all(const struct data *d, double delta, double alpha,
		struct comparison *c, struct err *err);
void compare_free(struct comparison *c);

/*
 * The parts of compare_all() that tests look at.  compare_row() fills in
 * everything but p_adj, verdict and notes; compare_verdict() the rest, given
 * the number of variants.
 */
int compare_row(struct row *row, const double *x, size_t nx, const double *y,
		size_t ny, double alpha);
/* compare_row() of an arm over several hosts (blocks.h), with notes. */
int compare_blocks_row(struct row *row, const struct data *d, double alpha);
/* Everything not defined but the numbers of values. */
void compare_row_init(struct row *row, size_t nx, size_t ny);
void compare_verdict(struct row *row, enum better better, double delta,
		     double alpha, size_t variants);

/* What an interval covers, in percent: 95 for an alpha of 0.05. */
double compare_percent(const struct comparison *c);

/* Over all A/A rows, or those of key metrics only. */
void compare_noise(const struct comparison *c, bool key_only,
		   struct noise *noise);

const char *verdict_name(enum verdict verdict);

/*
 * The verdict in words: where there is a difference, proven, that does not matter,
 * "same, +3 insn (+0.10%)".  Returns buf.
 */
#define VERDICT_TEXT 96
const char *verdict_text(char buf[VERDICT_TEXT], const struct row *row,
			 const char *unit);

/* True if an A/A row or any other says that the two sides differ. */
bool verdict_differs(enum verdict verdict);

#endif
