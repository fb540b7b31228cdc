// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "share/rng.h"
#include "share/zipf.h"

int zipf_make(struct zipf *z, uint32_t nr)
{
	double sum = 0, all = 0;

	z->nr = nr;
	z->sum = calloc(nr, sizeof(*z->sum));
	if (!z->sum)
		return -ENOMEM;
	for (uint32_t i = 0; i < nr; i++)
		all += 1.0 / (i + 1);
	/* Scaled to the 32 bits that are drawn. */
	for (uint32_t i = 0; i < nr; i++) {
		sum += 1.0 / (i + 1);
		z->sum[i] = (uint64_t)(sum / all * 4294967296.0);
	}
	z->sum[nr - 1] = 1ULL << 32;
	return rng_seed(&z->rng);
}

uint32_t zipf_draw(struct zipf *z)
{
	uint64_t r = rng_next(&z->rng) >> 32;
	uint32_t low = 0, high = z->nr - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (z->sum[middle] > r)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void zipf_free(struct zipf *z)
{
	free(z->sum);
	z->sum = NULL;
}
