// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bundles from strangers: what is written, what is refused, and a good one with bytes
 * changed at random, of which nothing may get out of its folder.
 */
#include "unit.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load/unpack.h"

#define BLOCK 512
#define MUTATIONS 3000

/* In memory where that can be: it is thousands of small files. */
static char top[] = "/dev/shm/mmvs-unpack-XXXXXX";
static char dir[64];

struct tar {
	char bytes[64 * BLOCK];
	size_t len;
};

static void checksum(char *h)
{
	unsigned int sum = 0, i;

	memset(h + 148, ' ', 8);
	for (i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	h[155] = ' ';
}

/* A member; returns its header, of which checksum() is to be made anew. */
static char *add(struct tar *t, const char *name, const char *text)
{
	char *h = t->bytes + t->len, size[32];

	memset(h, 0, BLOCK);
	strncpy(h, name, 100);
	strcpy(h + 100, "0000644");
	snprintf(size, sizeof(size), "%011zo", strlen(text));
	memcpy(h + 124, size, 11);
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	h[156] = '0';
	checksum(h);
	t->len += BLOCK;
	if (*text) {
		memset(t->bytes + t->len, 0, BLOCK);
		strcpy(t->bytes + t->len, text);
		t->len += BLOCK;
	}
	return h;
}

static void end(struct tar *t)
{
	memset(t->bytes + t->len, 0, (size_t)2 * BLOCK);
	t->len += (size_t)2 * BLOCK;
}

static int drop(const char *path, const struct stat *st, int flag,
		struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

/* Everything below top but for the folder itself. */
static size_t count_outside;
static int outside(const char *path, const struct stat *st, int flag,
		   struct FTW *ftw)
{
	(void)st, (void)flag;
	count_outside += ftw->level == 1 && strcmp(path, dir);
	assert_true(flag == FTW_F || flag == FTW_D);
	return 0;
}

static int run(const struct tar *t, size_t *files, struct err *err)
{
	FILE *in;
	int ret;

	nftw(dir, drop, 16, FTW_DEPTH | FTW_PHYS);
	assert_int_equal(mkdir(dir, 0755), 0);
	in = fmemopen((void *)t->bytes, t->len, "r");
	assert_non_null(in);
	err->msg[0] = '\0';
	ret = unpack(in, dir, files, err);
	fclose(in);
	count_outside = 0;
	nftw(top, outside, 16, FTW_PHYS);
	assert_int_equal(count_outside, 0);
	return ret;
}

static void refused(const struct tar *t, const char *msg)
{
	struct err err;
	size_t files;

	assert_int_equal(run(t, &files, &err), -EINVAL);
	if (!strstr(err.msg, msg))
		fail_msg("\"%s\" has no \"%s\"", err.msg, msg);
}

static void writes(void **state)
{
	struct tar t = { .len = 0 };
	struct err err;
	struct stat st;
	char path[128], text[16] = "";
	size_t files;
	char *h;
	FILE *f;

	(void)state;
	add(&t, "a/b@x=1,y=2/c.tsv", "hello");
	add(&t, "empty", "");
	h = add(&t, "name", "prefixed");
	strcpy(h + 345, "a/deep");
	checksum(h);
	end(&t);
	assert_int_equal(run(&t, &files, &err), 0);
	assert_int_equal(files, 3);
	snprintf(path, sizeof(path), "%s/a/b@x=1,y=2/c.tsv", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_string_equal(text, "hello");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0111, 0);
	snprintf(path, sizeof(path), "%s/a/deep/name", dir);
	assert_int_equal(stat(path, &st), 0);
}

static void names(void **state)
{
	static const char *const bad[] = {
		"../x",	   "a/../../x",
		"/etc/x",  "a//x",
		"a/./x",   ".x",
		"a/",	   "",
		"a b",	   "a\nb",
		"-x",	   "a/\\x",
		"\033[1m", "a/b/c/d/e/f/g/h/i/j/k",
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(bad); i++) {
		struct tar t = { .len = 0 };

		add(&t, bad[i], "x");
		end(&t);
		refused(&t, i + 1 < N_OF(bad) ? "not a name" : "too deep");
	}
}

static void kinds(void **state)
{
	static const char types[] = "12345670xgLKSV\0";
	size_t i;
	char *h;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		struct tar t = { .len = 0 };

		if (types[i] == '0')
			continue;
		h = add(&t, "a", "");
		h[156] = types[i];
		strcpy(h + 157, "/etc/passwd");
		checksum(h);
		end(&t);
		refused(&t, "not a plain file");
		memset(h + 157, 0, 100);
		checksum(h);
		refused(&t, "not a plain file");
	}
}

static void sizes(void **state)
{
	struct tar t = { .len = 0 };
	char *h = add(&t, "a", "text");

	(void)state;
	end(&t);
	strcpy(h + 124, "00500000000"); /* 80 MiB */
	checksum(h);
	refused(&t, "larger than");
	strcpy(h + 124, "77777777777");
	checksum(h);
	refused(&t, "larger than");
	memset(h + 124, 0xff, 12); /* binary, as GNU writes what is large */
	checksum(h);
	refused(&t, "larger than");
	strcpy(h + 124, "00000100000");
	checksum(h);
	refused(&t, "cut short");
	strcpy(h + 124, "0000000000x");
	checksum(h);
	refused(&t, "larger than");
}

static void broken(void **state)
{
	struct tar t = { .len = 0 };
	char *h;

	(void)state;
	refused(&(struct tar){ .len = 1 }, "cut short after 0");
	h = add(&t, "a", "text");
	refused(&t, "cut short after 1");
	add(&t, "a", "again");
	end(&t);
	refused(&t, "there twice");
	h[0] = 'b'; /* without its checksum */
	refused(&t, "not a ustar header");
	t.len = 0;
	add(&t, "a", "text");
	end(&t);
	add(&t, "b", "behind the end");
	refused(&t, "data behind its end");
	t.len -= BLOCK + 1; /* a part of a block */
	refused(&t, "data behind its end");
	t.len = 0;
	add(&t, "a", "a file");
	add(&t, "a/b", "below a file");
	end(&t);
	{
		struct err err;

		assert_int_equal(run(&t, NULL, &err), -ENOTDIR);
	}
}

/* A good one, bytes changed, half of the time with checksums that fit. */
static void mutated(void **state)
{
	struct tar good = { .len = 0 }, t;
	size_t heads[3] = { 0, 2, 4 }, files;
	unsigned int seed = 1;
	struct err err;
	int i, k;

	(void)state;
	add(&good, "cells/a/b/1/samples.tsv", "one");
	add(&good, "run.json", "two");
	add(&good, "x/y", "three");
	end(&good);
	for (i = 0; i < MUTATIONS; i++) {
		static const char evil[] = "/.\0-\\12L57 \377";

		t = good;
		for (k = rand_r(&seed) % 4 + 1; k; k--) {
			size_t head = heads[(size_t)rand_r(&seed) % 3];
			size_t at = (size_t)rand_r(&seed) % BLOCK;

			t.bytes[head * BLOCK + at] =
				i % 3 ? evil[(size_t)rand_r(&seed) %
					     (sizeof(evil) - 1)]
				      : (char)rand_r(&seed);
			if (i % 2)
				checksum(t.bytes + head * BLOCK);
		}
		run(&t, &files, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes), cmocka_unit_test(names),
		cmocka_unit_test(kinds),  cmocka_unit_test(sizes),
		cmocka_unit_test(broken), cmocka_unit_test(mutated),
	};
	int ret;

	if (access("/dev/shm", W_OK))
		strcpy(top, "/tmp/mmvs-unpack-XXXXXX");
	if (!mkdtemp(top))
		return 1;
	snprintf(dir, sizeof(dir), "%s/in", top);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	nftw(top, drop, 16, FTW_DEPTH | FTW_PHYS);
	return ret;
}
