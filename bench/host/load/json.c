// SPDX-License-Identifier: GPL-2.0-only
/*
 * Members of untrusted JSON objects.  See json.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/json.h"

#define JSON_MAX_TEXT 65536

int json_get_text(const struct json_src *src, const json_t *obj,
		  const char *key, bool needed, char **out)
{
	const json_t *j = json_object_get(obj, key);

	if (!j || json_is_null(j)) {
		if (needed)
			return err_set(src->err, -EINVAL,
				       "%s: \"%s\" is missing", src->path, key);
		*out = strdup("");
	} else if (!json_is_string(j)) {
		return err_set(src->err, -EINVAL, "%s: \"%s\" is not a string",
			       src->path, key);
	} else if (json_string_length(j) > JSON_MAX_TEXT) {
		return err_set(src->err, -EINVAL, "%s: \"%s\" is too long",
			       src->path, key);
	} else {
		*out = text_clean(json_string_value(j), json_string_length(j));
	}
	if (!*out)
		return err_set(src->err, -ENOMEM, "out of memory");
	return 0;
}

int json_get_name(const struct json_src *src, const json_t *obj,
		  const char *key, enum name_kind kind, char **out)
{
	const char *s = json_string_value(json_object_get(obj, key));

	if (!s)
		return err_set(src->err, -EINVAL,
			       "%s: \"%s\" is missing or not a string",
			       src->path, key);
	if (!name_ok(s, kind))
		return err_set(src->err, -EINVAL,
			       "%s: \"%s\": not a valid name: \"%.80s\"",
			       src->path, key, s);
	*out = strdup(s);
	if (!*out)
		return err_set(src->err, -ENOMEM, "out of memory");
	return 0;
}

int json_get_number(const struct json_src *src, const json_t *obj,
		    const char *key, double min, double max, double *out)
{
	const json_t *j = json_object_get(obj, key);

	*out = NAN;
	if (!j || json_is_null(j))
		return 0;
	if (!json_is_number(j))
		return err_set(src->err, -EINVAL, "%s: \"%s\" is not a number",
			       src->path, key);
	if (!(json_number_value(j) >= min && json_number_value(j) <= max))
		return err_set(src->err, -EINVAL,
			       "%s: \"%s\" is not between %g and %g", src->path,
			       key, min, max);
	*out = json_number_value(j);
	return 0;
}

int json_get_array(const struct json_src *src, const json_t *obj,
		   const char *key, size_t min, size_t max, json_t **out)
{
	json_t *j = json_object_get(obj, key);

	*out = NULL;
	if (!j && !min)
		return 0;
	if (!json_is_array(j))
		return err_set(src->err, -EINVAL, "%s: \"%s\" is not an array",
			       src->path, key);
	if (json_array_size(j) < min || json_array_size(j) > max)
		return err_set(src->err, -EINVAL,
			       "%s: \"%s\" has %zu elements, not %zu to %zu",
			       src->path, key, json_array_size(j), min, max);
	*out = j;
	return 0;
}
