/* SPDX-License-Identifier: GPL-2.0-only */
/* The note of a row, put together from remarks. */
#ifndef MMVS_NOTE_H
#define MMVS_NOTE_H

#include "stats/compare.h"

/* Appends to row->note, after "; " if there is something; cut if too long. */
void note_add(struct row *row, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
