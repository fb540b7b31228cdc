// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inputs to readers: from libFuzzer (FUZZ_READER names the reader), or, without it, all
 * that are in a corpus, as TAP.  See fuzz.h.
 *
 * Usage without libFuzzer: fuzz_replay [CORPUS]
 */
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static char dir[] = "/dev/shm/mmvs-fuzz-XXXXXX";

void broken(const char *what)
{
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

const struct reader *fuzz_find(const char *name)
{
	size_t i;

	for (i = 0; i < n_fuzz_readers; i++)
		if (name && !strcmp(fuzz_readers[i].name, name))
			return &fuzz_readers[i];
	return NULL;
}

static int drop(const char *path, const struct stat *st, int flag,
		struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
	static int made;

	if (!made) {
		if (!mkdtemp(dir))
			broken("/dev/shm can be written to");
		made = 1;
		atexit(remove_dir);
	}
	return dir;
}

void fuzz_write(const char *name, const char *text, size_t len)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	f = fopen(path, "we");
	if (!f || fwrite(text, 1, len, f) != len || fclose(f))
		broken("an input can be written to /dev/shm");
}

#ifdef WITH_LIBFUZZER
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room,
			       unsigned int seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct reader *reader(void)
{
	static const struct reader *r;

	if (!r)
		r = fuzz_find(getenv("FUZZ_READER"));
	if (!r)
		broken("FUZZ_READER is the name of a reader");
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	reader()->feed((const char *)data, len);
	return 0;
}

/* What only chance would find is put right: a checksum, three times out of four. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room,
			       unsigned int seed)
{
	len = LLVMFuzzerMutate(data, len, room);
	if (reader()->mend && seed % 4)
		reader()->mend((char *)data, len);
	return len;
}
#else
/* The input, as long as it is and no longer: the sanitizer sees a byte too far. */
static void feed_file(const struct reader *r, const char *path)
{
	FILE *f = fopen(path, "re");
	long len = -1;
	char *text;

	if (f && !fseek(f, 0, SEEK_END))
		len = ftell(f);
	if (len < 0)
		broken(path);
	rewind(f);
	text = malloc(len ? (size_t)len : 1);
	if (!text || fread(text, 1, (size_t)len, f) != (size_t)len)
		broken(path);
	fclose(f);
	/* Whatever ends us: this was it. */
	printf("# %s\n", path);
	fflush(stdout);
	r->feed(text, (size_t)len);
	free(text);
}

static size_t replay(const struct reader *r, const char *corpus)
{
	char path[4096];
	struct dirent **names;
	int n, i, fed = 0;

	snprintf(path, sizeof(path), "%s/%s", corpus, r->name);
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", corpus, r->name,
			 names[i]->d_name);
		if (names[i]->d_name[0] != '.') {
			feed_file(r, path);
			fed++;
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return (size_t)fed;
}

int main(int argc, char **argv)
{
	size_t i, n, without = 0;

	const char *corpus = argc > 1 ? argv[1] : "tests/fuzz/corpus";

	printf("1..%zu\n", n_fuzz_readers);
	for (i = 0; i < n_fuzz_readers; i++) {
		n = replay(&fuzz_readers[i], corpus);
		without += !n;
		printf("%sok %zu - %s: %zu inputs\n", n ? "" : "not ", i + 1,
		       fuzz_readers[i].name, n);
	}
	return without ? 1 : 0;
}
#endif
