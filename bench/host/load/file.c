// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading files and numbers that nobody vouches for.  See file.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/file.h"

static int read_all(int fd, char *buf, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = read(fd, buf + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO; /* shrank while we read it */
		done += (size_t)n;
	}
	return 0;
}

int file_read(const char *path, size_t max, char **buf, size_t *len,
	      struct err *err)
{
	struct stat st;
	int fd, ret;
	char *b;

	/* A FIFO or a tty in a results folder must not hang us. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st)) {
		ret = err_set(err, -errno, "%s: %s", path, strerror(errno));
		goto out_fd;
	}
	if (!S_ISREG(st.st_mode)) {
		ret = err_set(err, -EINVAL, "%s: not a regular file", path);
		goto out_fd;
	}
	if (st.st_size < 0 || (size_t)st.st_size > max) {
		ret = err_set(err, -EFBIG, "%s: larger than %zu bytes", path,
			      max);
		goto out_fd;
	}
	b = malloc((size_t)st.st_size + 1);
	if (!b) {
		ret = err_set(err, -ENOMEM, "%s: out of memory", path);
		goto out_fd;
	}
	ret = read_all(fd, b, (size_t)st.st_size);
	if (ret) {
		err_set(err, ret, "%s: %s", path, strerror(-ret));
		free(b);
		goto out_fd;
	}
	b[st.st_size] = '\0';
	*buf = b;
	*len = (size_t)st.st_size;
out_fd:
	close(fd);
	return ret;
}

int file_read_json(const char *path, const char *schema, json_t **out,
		   struct err *err)
{
	const char *found;
	json_error_t je;
	size_t len = 0;
	char *buf = NULL;
	json_t *j;
	int ret;

	ret = file_read(path, FILE_MAX_JSON, &buf, &len, err);
	if (ret)
		return ret;
	j = json_loadb(buf, len, JSON_REJECT_DUPLICATES, &je);
	free(buf);
	if (!j)
		return err_set(err, -EINVAL, "%s:%d: %s", path, je.line,
			       je.text);
	found = json_string_value(json_object_get(j, "schema"));
	if (!found || strcmp(found, schema)) {
		ret = err_set(err, -EINVAL,
			      "%s: schema is \"%.40s\", expected \"%s\"", path,
			      found ? found : "", schema);
		json_decref(j);
		return ret;
	}
	*out = j;
	return 0;
}

int file_parse_number(const char *s, double *v)
{
	char *end;

	if (!*s || s[strspn(s, "0123456789+-.eE")])
		return -EINVAL;
	*v = strtod(s, &end);
	if (*end || end == s || !isfinite(*v))
		return -EINVAL;
	return 0;
}
