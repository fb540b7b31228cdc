// SPDX-License-Identifier: GPL-2.0-only
/*
 * What pages of a folder share: small files in, whole files out.  See page.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "pages/page.h"
#include "pages/wrap.h"

#define WORD_MAX_FILE (64UL << 10)

char *page_word(const char *dir, const char *name, const char *otherwise)
{
	char *path, *buf, *word;
	struct err ignored;
	size_t len;
	int ret;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	ret = file_read(path, WORD_MAX_FILE, &buf, &len, &ignored);
	free(path);
	if (ret)
		return strdup(otherwise);
	while (len && buf[len - 1] == '\n')
		len--;
	word = len ? text_clean(buf, len) : strdup(otherwise);
	free(buf);
	return word;
}

static int write_text(const char *dir, const char *name, const char *text,
		      size_t len, struct err *err)
{
	char *path, *new = NULL;
	FILE *f;
	int ret = 0;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	if (asprintf(&new, "%s.new", path) < 0) {
		free(path);
		return err_set(err, -ENOMEM, "out of memory");
	}
	f = fopen(new, "we");
	if (!f || fwrite(text, 1, len, f) != len)
		ret = err_set(err, -EIO, "%s: %s", new, strerror(errno));
	if (f && fclose(f) && !ret)
		ret = err_set(err, -EIO, "%s: %s", new, strerror(errno));
	if (!ret && rename(new, path))
		ret = err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (ret && f)
		remove(new);
	free(new);
	free(path);
	return ret;
}

/* What @print prints, as a string to free, and its length; NULL: no memory. */
static char *printed(void (*print)(FILE *f, const void *arg), const void *arg,
		     size_t *len)
{
	char *text = NULL;
	FILE *mem = open_memstream(&text, len);

	if (!mem)
		return NULL;
	print(mem, arg);
	if (!fclose(mem))
		return text;
	free(text);
	return NULL;
}

int page_file(const char *dir, const char *name,
	      void (*print)(FILE *f, const void *arg), const void *arg,
	      struct err *err)
{
	size_t len = 0;
	char *text = printed(print, arg, &len);
	int ret;

	if (!text)
		return err_set(err, -ENOMEM, "out of memory");
	ret = write_text(dir, name, text, len, err);
	free(text);
	return ret;
}

int page_mail(const char *dir, const char *name,
	      void (*print)(FILE *f, const void *arg), const void *arg,
	      struct err *err)
{
	char *wide, *text = NULL;
	size_t len = 0;
	FILE *mem;
	int ret = -ENOMEM;

	wide = printed(print, arg, &len);
	mem = wide ? open_memstream(&text, &len) : NULL;
	if (mem)
		ret = text_mail(mem, wide);
	if (mem && fclose(mem))
		ret = -ENOMEM;
	if (ret)
		ret = err_set(err, ret, "out of memory");
	else
		ret = write_text(dir, name, text, len, err);
	free(text);
	free(wide);
	return ret;
}
