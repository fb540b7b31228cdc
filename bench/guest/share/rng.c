// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/random.h>

#include "share/rng.h"

int rng_seed(uint64_t *state)
{
	ssize_t n = getrandom(state, sizeof(*state), 0);

	if (n == sizeof(*state))
		return 0;
	return n < 0 ? -errno : -EIO;
}

uint64_t rng_next(uint64_t *state) /* splitmix64 */
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void rng_shuffle(uint64_t *state, size_t *index, size_t n)
{
	while (n > 1) {
		size_t i = rng_next(state) % n--, other = index[i];

		index[i] = index[n];
		index[n] = other;
	}
}
