/* SPDX-License-Identifier: GPL-2.0-only */
/* How often a comparison of a kernel with itself says that there is a difference. */
#ifndef MMVS_CALIBRATE_H
#define MMVS_CALIBRATE_H

#include "stats/compare.h"

#define CALIBRATE_DRAWS 1000
#define CALIBRATE_SEED 1

struct calibration {
	size_t draws;
	bool all; /* each way to deal them out once */
	size_t seeds; /* a side */
	size_t metrics; /* key metrics, each compared in each draw */
	size_t alarmed; /* draws in which any of them is proven to differ */
	size_t alarms; /* of draws x metrics */
};

/*
 * The seeds of the baseline and those of A/A are one kernel's.  Deals them out to
 * two sides, in every way if there are at most @draws, else @draws times (a fixed
 * seed), one deal for all metrics, and compares the sides as two variants are
 * compared.  A metric that some seed has no value of
 * stays out.  0; -ENODATA without A/A seeds, as many as the baseline's; -ENOMEM.
 */
int calibrate(const struct data *d, size_t draws, double delta, double alpha,
	      struct calibration *cal, struct err *err);

#endif
