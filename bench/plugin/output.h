/* SPDX-License-Identifier: GPL-2.0-only */
/* The plugin's files; results/README.md describes them. */
#ifndef MMCOUNT_OUTPUT_H
#define MMCOUNT_OUTPUT_H

/*
 * functions.tsv, regions.tsv, passes.tsv and folded.txt into @dir, and
 * addresses.tsv when instructions are counted by address.  The file
 * "regions.tsv" comes last and carries track_error: without it, or with an
 * error in it, the others are worth nothing.  0 or -errno.
 */
int output_write(const char *dir, const char *mode);

#endif
