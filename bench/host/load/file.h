/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading files and numbers that nobody vouches for.
 *
 * load/ takes in run.json, cell.json, samples.tsv and matrix.tsv, all hostile.
 * Out go checked structs and clean strings, or one error message.
 * It includes only itself and schema.h; it computes and prints nothing.
 */
#ifndef MMVS_FILE_H
#define MMVS_FILE_H

#include <stddef.h>
#include <jansson.h>

#include "load/text.h"

#define FILE_MAX_JSON (4UL << 20)

/*
 * Reads a regular file of at most max bytes whole, with a NUL behind it; the
 * caller frees *buf.  -ENOENT (message set as well) if it does not exist;
 * other -errno for anything else: not a file, too large, unreadable.
 */
int file_read(const char *path, size_t max, char **buf, size_t *len,
	      struct err *err);

/*
 * Reads a JSON object whose "schema" must be as given; the caller drops the
 * reference.  -ENOENT as above, -EINVAL for bad content.
 */
int file_read_json(const char *path, const char *schema, json_t **out,
		   struct err *err);

/*
 * A plain decimal number, the whole string, finite.  Refuses blanks, hex,
 * "inf", "nan" and overflow.  0 or -EINVAL.
 */
int file_parse_number(const char *s, double *v);

#endif
