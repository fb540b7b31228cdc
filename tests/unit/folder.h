/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of a test's own, for readers and writers of files. */
#ifndef MMVS_FOLDER_H
#define MMVS_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char folder[] = "/tmp/mmvs-unit-XXXXXX";

static inline const char *folder_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static inline void folder_put_len(const char *name, const char *text,
				  size_t len)
{
	FILE *f = fopen(folder_path(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline void folder_put(const char *name, const char *text)
{
	folder_put_len(name, text, strlen(text));
}

/* What NAME has, to free; a test that fails if it is not there. */
static inline char *folder_get(const char *name)
{
	FILE *f = fopen(folder_path(name), "r");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		fail_msg("%s is not there", name);
	if (getdelim(&text, &size, '\0', f) < 0)
		fail_msg("%s is empty", name);
	fclose(f);
	return text;
}

/* NAME is this text, to the byte. */
static inline void folder_is(const char *name, const char *expected)
{
	char *text = folder_get(name);

	assert_string_equal(text, expected);
	free(text);
}

/* NAME has this text, or with no has it not. */
static inline void folder_has(const char *name, const char *text, bool has)
{
	char *all = folder_get(name);

	if (!strstr(all, text) == has)
		fail_msg("%s has %s\"%s\":\n%s", name, has ? "no " : "", text,
			 all);
	free(all);
}

/* Is there a file of this name? */
static inline bool folder_knows(const char *name)
{
	return !access(folder_path(name), F_OK);
}

static inline int folder_make(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_remove(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	(void)state;
	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			remove(folder_path(e->d_name));
	if (d)
		closedir(d);
	return remove(folder);
}

#define folder_test(f) \
	cmocka_unit_test_setup_teardown(f, folder_make, folder_remove)

#endif
