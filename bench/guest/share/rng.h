/* SPDX-License-Identifier: GPL-2.0-only */
/* Random order for touches: not for secrets. */
#ifndef MMVS_RNG_H
#define MMVS_RNG_H

#include <stddef.h>
#include <stdint.h>

/*
 * Start from getrandom(2): in a guest that is what QEMU's -seed makes of it,
 * so the seed of a cell moves the order and the same seed repeats it.
 */
int rng_seed(uint64_t *state);
uint64_t rng_next(uint64_t *state);
/* Put @n numbers into random order. */
void rng_shuffle(uint64_t *state, size_t *index, size_t n);

#endif
