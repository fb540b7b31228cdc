/* SPDX-License-Identifier: GPL-2.0-only */
/* A sentence while it is made, for says.c. */
#ifndef MMVS_SAY_H
#define MMVS_SAY_H

#include "pages/decision.h"

struct say {
	const struct decision *d;
	bool brief;
	struct says *out;
	FILE *f; /* of the sentence that is being made */
	char *text;
	size_t size;
	size_t *metrics, n_metrics; /* that it stands on */
	size_t items; /* of the clause */
};

/* 0 or -ENOMEM; after an error there is no sentence. */
int say_begin(struct say *s);
int say_end(struct say *s);

/*
 * Behind the name of an aspect: the effects of its metrics in which a is @want to b,
 * " (-5.10% to -25.2%)"; RELATION_SAME: no effects.  Notes the metrics.
 */
void say_metrics(struct say *s, size_t aspect, size_t a, size_t b,
		 enum relation want);

#endif
