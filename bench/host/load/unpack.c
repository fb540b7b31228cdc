// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of bundles.  See unpack.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/unpack.h"

#define BLOCK 512
#define PADDING_MAX (1UL << 20)
#define TYPE_FILE '0'

/* POSIX ustar. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12];
	char checksum[8], type, link[100], magic[6], version[2];
	char uname[32], gname[32], major[8], minor[8], prefix[155], pad[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

struct unpacker {
	FILE *in;
	int dir; /* O_PATH of the folder */
	size_t files, total;
	struct err *err;
	char path[256]; /* of the file in hand */
};

#define fail(u, fmt, ...)                                             \
	err_set((u)->err, -EINVAL, "bundle: \"%s\": " fmt, (u)->path, \
		##__VA_ARGS__)

/* Octal digits, then a NUL or a blank; -1: anything else. */
static long long octal(const char *s, size_t len)
{
	long long v = 0;
	size_t i;

	for (i = 0; i < len && s[i] >= '0' && s[i] <= '7'; i++)
		v = v * 8 + (s[i] - '0');
	if (!i || i > 12 || (i < len && s[i] != '\0' && s[i] != ' '))
		return -1;
	return v;
}

static bool checksum_ok(const struct header *h)
{
	const unsigned char *p = (const unsigned char *)h;
	size_t at = offsetof(struct header, checksum), i;
	long long sum = 0;

	for (i = 0; i < BLOCK; i++)
		sum += i >= at && i < at + sizeof(h->checksum) ? ' ' : p[i];
	return octal(h->checksum, sizeof(h->checksum)) == sum;
}

static bool all_zero(const void *block)
{
	static const char zero[BLOCK];

	return !memcmp(block, zero, BLOCK);
}

/* prefix/name, neither of which need end in a NUL. */
static void join_path(struct unpacker *u, const struct header *h)
{
	size_t n = strnlen(h->prefix, sizeof(h->prefix));

	snprintf(u->path, sizeof(u->path), "%.*s%s%.*s", (int)n, h->prefix,
		 n ? "/" : "", (int)strnlen(h->name, sizeof(h->name)), h->name);
}

/* What a name may hold; not empty, not beginning with a point or a dash. */
static bool component_ok(const char *s, size_t len)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "._+-@=,[]";
	size_t i;

	if (!len || s[0] == '.' || s[0] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!strchr(ok, s[i]))
			return false;
	return true;
}

static int check_path(struct unpacker *u)
{
	const char *p = u->path;
	size_t depth = 0, len;

	for (;; p += len + 1) {
		len = strcspn(p, "/");
		if (!component_ok(p, len))
			return fail(u, "not a name that a bundle has");
		if (++depth > UNPACK_MAX_DEPTH)
			return fail(u, "too deep");
		if (!p[len])
			return 0;
	}
}

static int check_header(struct unpacker *u, const struct header *h,
			size_t *size)
{
	long long v = octal(h->size, sizeof(h->size));
	int ret;

	u->path[0] = '\0';
	if (memcmp(h->magic, "ustar", 6) || !checksum_ok(h))
		return fail(u, "not a ustar header after %zu files", u->files);
	join_path(u, h);
	ret = check_path(u);
	if (ret)
		return ret;
	if (h->type != TYPE_FILE || h->link[0])
		return fail(u, "not a plain file");
	if (v < 0 || (size_t)v > UNPACK_MAX_FILE)
		return fail(u, "larger than %lu bytes", UNPACK_MAX_FILE);
	if (u->files == UNPACK_MAX_FILES)
		return fail(u, "more than %d files", UNPACK_MAX_FILES);
	if (u->total + (size_t)v > UNPACK_MAX_TOTAL)
		return fail(u, "all files are larger than %lu bytes",
			    UNPACK_MAX_TOTAL);
	*size = (size_t)v;
	u->total += (size_t)v;
	return 0;
}

/* The folder of the file, made where it is not there; a descriptor or -errno. */
static int open_parent(struct unpacker *u, const char **name)
{
	int at = dup(u->dir), next;
	char part[256];
	const char *p = u->path, *slash;

	for (; at >= 0 && (slash = strchr(p, '/')); p = slash + 1) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - p), p);
		if (mkdirat(at, part, 0755) && errno != EEXIST) {
			next = -errno;
			close(at);
			return next;
		}
		next = openat(at, part,
			      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			next = -errno;
		close(at);
		if (next < 0)
			return next;
		at = next;
	}
	*name = p;
	return at >= 0 ? at : -errno;
}

/* The content, and what fills its last block. */
static int copy(struct unpacker *u, FILE *out, size_t size)
{
	char block[BLOCK];
	size_t n;

	for (; size; size -= n) {
		n = size < BLOCK ? size : BLOCK;
		if (fread(block, 1, BLOCK, u->in) != BLOCK)
			return fail(u, "cut short");
		if (fwrite(block, 1, n, out) != n)
			return err_set(u->err, -EIO, "%s: write error",
				       u->path);
	}
	return 0;
}

static int write_file(struct unpacker *u, size_t size)
{
	const char *name;
	int parent = open_parent(u, &name), fd, ret;
	FILE *out;

	if (parent < 0)
		return err_set(u->err, parent, "%s: %s", u->path,
			       strerror(-parent));
	fd = openat(parent, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	ret = fd < 0 ? -errno : 0;
	close(parent);
	out = ret ? NULL : fdopen(fd, "w");
	if (!out) {
		if (ret == -EEXIST)
			return fail(u, "there twice");
		return err_set(u->err, ret ? ret : -ENOMEM, "%s: %s", u->path,
			       strerror(ret ? -ret : ENOMEM));
	}
	ret = copy(u, out, size);
	if (fclose(out) && !ret)
		ret = err_set(u->err, -EIO, "%s: write error", u->path);
	if (!ret)
		u->files++;
	return ret;
}

/*
 * To the end of the stream, so that whoever writes it is not cut off: zeroes, to which
 * tar pads.
 */
static int padding(struct unpacker *u)
{
	char block[BLOCK];
	size_t i, n = 0;

	for (i = 0; i < PADDING_MAX / BLOCK; i++) {
		n = fread(block, 1, BLOCK, u->in);
		if (n != BLOCK || !all_zero(block))
			break;
	}
	return n ? err_set(u->err, -EINVAL, "bundle: data behind its end") : 0;
}

int unpack(FILE *in, const char *dir, size_t *files, struct err *err)
{
	struct unpacker u = { .in = in, .err = err };
	struct header h;
	size_t size = 0;
	int ret = 0;

	u.dir = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (u.dir < 0)
		return err_set(err, -errno, "%s: %s", dir, strerror(errno));
	while (!ret) {
		if (fread(&h, 1, BLOCK, in) != BLOCK) {
			ret = err_set(err, -EINVAL,
				      "bundle: cut short after %zu files",
				      u.files);
			break;
		}
		if (all_zero(&h)) {
			ret = padding(&u);
			break;
		}
		ret = check_header(&u, &h, &size);
		if (!ret)
			ret = write_file(&u, size);
	}
	close(u.dir);
	if (files)
		*files = u.files;
	return ret;
}
