/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a report says of the run and of each variant, for report.md and report.html: a
 * name and a text at a time, to be escaped and put into rows by who asks.
 */
#ifndef MMVS_FACTS_H
#define MMVS_FACTS_H

#include <stdio.h>

#include "load/run.h"

typedef void (*put_fact_fn)(FILE *f, const char *what, const char *text);

/* What was run, where, with what.  A fact that the run does not have says so. */
void facts_run(FILE *f, const struct run *run, put_fact_fn put);

/*
 * What run->variants[i] is, and what conformance says of it if the run was judged.
 * 0 or -ENOMEM.
 */
int facts_variant(FILE *f, const struct run *run, size_t i, put_fact_fn put);

#endif
