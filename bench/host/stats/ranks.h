/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests and intervals of one block and of several have in common. */
#ifndef MMVS_RANKS_H
#define MMVS_RANKS_H

#include <stdbool.h>
#include <stddef.h>

#define RANKS_U_MAX 50 /* in total: counts of U fit a double's 53 bits */

/*
 * Doubled midranks, so that they are whole, of @n pooled values, of which @order is the
 * ascending order.  Returns the sum of t^3 - t over ties, for the approximation.
 */
double ranks_doubled(const double *pool, const size_t *order, size_t n,
		     unsigned int *rank);

/*
 * The number of ways to choose nx of the n doubled ranks for each sum from 0 to
 * n (n + 1), by adding one rank after the other.  The counts are sums of positive
 * terms: as doubles they are exact up to 2^53 and good to about 1e-13 beyond.  To free;
 * NULL: out of memory.
 */
double *ranks_ways(const unsigned int *rank, size_t n, size_t nx);

/*
 * The number of arrangements for each value of Mann and Whitney's U, 0 to nx ny, without
 * ties: the coefficients of prod (1 - q^(ny + i)) / (1 - q^i), i = 1 .. nx.  To free;
 * NULL: out of memory.
 */
double *ranks_u(size_t nx, size_t ny);

/* How many ways there are to choose nx out of n. */
double ranks_choices(size_t nx, size_t n);

/* True if every value is above 0. */
bool ranks_positive(const double *v, size_t n);

#endif
