/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One harness for everything that reads what nobody vouches for.  A reader takes the
 * input as the file it reads, and breaks off with broken() where what comes out of it is
 * not what its header promises; the sanitizers see the rest.
 */
#ifndef MMVS_FUZZ_H
#define MMVS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

struct reader {
	const char *name; /* and the folder of its inputs below corpus/ */
	void (*feed)(const char *text, size_t len);
	void (*mend)(char *text, size_t len); /* checksums, after a mutation */
};

extern const struct reader fuzz_readers[];
extern const size_t n_fuzz_readers;

void fuzz_profile(const char *text, size_t len);

/* NULL: no such reader. */
const struct reader *fuzz_find(const char *name);

/* DIR/NAME holds the input; DIR is this process's, in memory, gone when it ends. */
const char *fuzz_dir(void);
void fuzz_write(const char *name, const char *text, size_t len);

/* Says what does not hold and aborts. */
void broken(const char *what) __attribute__((noreturn));

#define must(what) ((what) ? (void)0 : broken(#what))

#endif
