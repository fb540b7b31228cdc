/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members of untrusted JSON objects, with the error message written once.
 */
#ifndef MMVS_JSON_H
#define MMVS_JSON_H

#include <stdbool.h>
#include <jansson.h>

#include "load/text.h"

struct json_src {
	const char *path; /* for messages */
	struct err *err;
};

/*
 * A cleaned copy of a string of at most 64 KiB.  Absent or null: "" or, if
 * needed, an error.  Any other type is an error.  -EINVAL or -ENOMEM.
 */
int json_get_text(const struct json_src *src, const json_t *obj,
		  const char *key, bool needed, char **out);

/* As json_get_text(), and the string must be a name; always needed. */
int json_get_name(const struct json_src *src, const json_t *obj,
		  const char *key, enum name_kind kind, char **out);

/* A number in [min, max].  Absent: NaN. */
int json_get_number(const struct json_src *src, const json_t *obj,
		    const char *key, double min, double max, double *out);

/*
 * An array of min to max elements; *out is borrowed, NULL if absent (which
 * is an error if min is not 0).
 */
int json_get_array(const struct json_src *src, const json_t *obj,
		   const char *key, size_t min, size_t max, json_t **out);

#endif
