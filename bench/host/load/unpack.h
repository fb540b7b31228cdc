/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files out of a tar that a stranger has made: plain files with plain names below one
 * folder, of bounded size and number, or an error and no further file.  Nothing is
 * followed, linked, overwritten or made executable.
 */
#ifndef MMVS_UNPACK_H
#define MMVS_UNPACK_H

#include <stdio.h>

#include "load/text.h"

#define UNPACK_MAX_FILE (64UL << 20)
#define UNPACK_MAX_TOTAL (4UL << 30)
#define UNPACK_MAX_FILES 200000
#define UNPACK_MAX_DEPTH 10

/*
 * Reads a tar (ustar) from in and writes its files below dir, which exists and is
 * empty.  -EINVAL for what is not as above, or another -errno, with a message that
 * names the file.  *files, unless NULL: how many were written.
 */
int unpack(FILE *in, const char *dir, size_t *files, struct err *err);

#endif
