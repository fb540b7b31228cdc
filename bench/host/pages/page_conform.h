/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the conformance matrix's page share: page_conform.c has the grid
 * and what is around it, page_conform_why.c the reasons below it.
 */
#ifndef MMVS_PAGE_CONFORM_H
#define MMVS_PAGE_CONFORM_H

#include <stdbool.h>

#include "load/tap.h"
#include "pages/page.h"

/* Tests of a property that failed, or were skipped, for one reason in one boot. */
struct conform_note {
	bool fails;
	const char *property, *variant, *lru, *why;
	unsigned int skipped, asked;
	bool repeats; /* an earlier one is the same but for the boot */
	char *people; /* those who have it, unless it repeats */
	bool listed;
};

struct conform_page {
	struct tap tap;
	const char **property, **variant; /* in the order of the boots */
	size_t n_properties, n_variants;
	struct conform_note *notes;
	size_t n_notes;
	char *promise, *config;
	enum page_format format;
};

/* Who stands for a variant where names are too wide. */
static inline int page_letter(size_t variant)
{
	return (int)('a' + variant);
}

/* Who has what a note says depends on the format: names, or letters.  -ENOMEM. */
int page_find_people(struct conform_page *p);

/* The failures, or the skipped tests, under a title; nothing where there are none. */
void page_notes(FILE *f, const struct conform_page *p, bool fails,
		const char *title);

#endif
