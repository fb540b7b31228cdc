/* SPDX-License-Identifier: GPL-2.0-only */
/* One thread acts, another comes in between: for the properties of munmap. */
#ifndef MMVS_RACE_H
#define MMVS_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A region that is unmapped in one go, and large enough to take a while. */
struct race {
	unsigned char *addr;
	size_t size;
	unsigned int nr; /* calls of the intruder that began meanwhile */
	unsigned int met; /* of them, those that found it gone */
	void *arg; /* the test's own */
};

/*
 * The mmu_gather flushes once for some 10000 pages: from here on somebody finds the
 * first page gone while the zap is still to come to the last.
 */
#define RACE_TWO_BATCHES (64UL << 20)

/* The first word of page @i of a stamped region. */
#define RACE_STAMP(i) (0x6d6d767300000000ULL + (i))

/* Map @size bytes with inaccessible pages around, a stamp on every page. */
void race_map(struct race *r, size_t size);

/*
 * munmap() all of @r while @intrude runs, every 100 us, in a real-time thread:
 * with one CPU it runs in the midst of munmap(), at a cond_resched(), with two
 * beside it.  Skips unless at least one call began after munmap() was entered
 * and before it was back; what it then met is up to the kernel.
 */
void race_munmap(struct race *r, void (*intrude)(struct race *r));

/* As often as the test needs: a fresh region each time. */
void race_rounds(unsigned int rounds, size_t size, void *arg,
		 void (*intrude)(struct race *r),
		 void (*after)(struct race *r));
/* The same, for an @intrude that acts when race_meet() says so: skips if never. */
void race_rounds_met(unsigned int rounds, size_t size, void *arg,
		     void (*intrude)(struct race *r),
		     void (*after)(struct race *r));

/* Read or write a word: 0, or the si_code of the SIGSEGV that it got. */
int race_load(const void *p, uint64_t *value);
int race_store(void *p, uint64_t value);
/* Has munmap() taken effect at the beginning of @r? */
bool race_gone(const struct race *r);
/* The same, and count it. */
bool race_meet(struct race *r);

#endif
