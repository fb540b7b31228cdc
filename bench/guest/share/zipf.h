/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranks by Zipf's law with exponent 1: rank i is drawn 1 / (i + 1) as often as rank 0. */
#ifndef MMVS_ZIPF_H
#define MMVS_ZIPF_H

#include <stdint.h>

struct zipf {
	uint64_t *sum; /* cumulative, 0 to 2^32 */
	uint32_t nr;
	uint64_t rng;
};

/* @nr ranks, seeded by the kernel; 0 or -errno.  zipf_free() also after an error. */
int zipf_make(struct zipf *z, uint32_t nr);
/* A rank, 0 to nr - 1. */
uint32_t zipf_draw(struct zipf *z);
void zipf_free(struct zipf *z);

#endif
