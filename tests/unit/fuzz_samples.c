// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throws mutated samples.tsv at the parser and the reductions.  Meant for a
 * build with sanitizers (SAN=1): it fails by crashing.
 *
 * Usage: fuzz_samples SECONDS
 */
#include "unit.h"

#include <stdio.h>
#include <time.h>

#include "load/samples.h"
#include "stats/reduce.h"

static const char seed_text[] =
	"# mmvs-samples 1\n# case\tc\n# spec\tc@x=1\n# unit\tinsn\n"
	"# clock_cost\t14\n# clocked\tlat_insn\n"
	"# metric\tm\tinsn\tlower\tkey\tp50\tlat_insn\t-\t-\tmedian\n"
	"# metric\tn\tinsn\tone\tall\tsum\tlat_insn\tk_pages\tk_pages,j\tper\n"
	"i\tlat_insn\tk_pages\tj\n0\t2954\t1\t0\n1\t2961\t512\t1e3\n"
	"2\t-5\t0\t-0\n3\t2.5\t1\t0\n";

static const char *const pieces[] = {
	"\t",
	"\n",
	"\n\n",
	"# ",
	"-",
	"nan",
	"inf",
	"1e308",
	"-1e308",
	"#",
	",",
	"\t\t",
	"",
	"\r",
	"p999",
	"# metric\t",
	"# skip\tx\n",
	"99999999999999999999999999999999999999999999",
	"# clocked\tk_pages\n",
	"\xff\xfe",
	"e",
	".",
};

static uint64_t state = 88172645463325252ULL;

static size_t below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (size_t)(state % n) : 0;
}

/* Cuts del bytes out at a place and puts a piece there. */
static size_t splice(char *buf, size_t len, size_t cap, const char *piece,
		     size_t n)
{
	size_t at = below(len + 1), del = below(8);

	if (del > len - at)
		del = len - at;
	if (len - del + n > cap)
		return len;
	memmove(buf + at + n, buf + at + del, len - at - del);
	memcpy(buf + at, piece, n);
	return len - del + n;
}

static size_t mutate(char *buf, size_t len, size_t cap)
{
	const char *piece;
	char part[64];
	size_t n, at;

	switch (below(5)) {
	case 0:
		if (len)
			buf[below(len)] = (char)below(256);
		return len;
	case 1: /* cut short */
		return below(20) ? len : below(len + 1);
	case 2: /* a copy of some other part */
		n = below(sizeof(part));
		at = below(len);
		n = n > len - at ? len - at : n;
		memcpy(part, buf + at, n);
		return splice(buf, len, cap, part, n);
	default:
		piece = pieces[below(N_OF(pieces))];
		return splice(buf, len, cap, piece, strlen(piece));
	}
}

static int one(char *work, size_t cap)
{
	size_t len = sizeof(seed_text) - 1, rounds = 1 + below(8), n, i;
	struct samples *s;
	struct value *v;
	struct err err;
	char *exact;
	int ret;

	memcpy(work, seed_text, len);
	while (rounds--)
		len = mutate(work, len, cap);
	exact = malloc(len + 1);
	if (!exact)
		return 0;
	memcpy(exact, work, len);
	exact[len] = '\0';
	s = samples_parse(exact, len, "f", "insn", "c@x=1", &ret, &err);
	free(exact);
	if (!s) {
		if (!ret || strncmp(err.msg, "f:", 2))
			abort(); /* every refusal names its place */
		return 0;
	}
	if (!samples_reduce(s, "f", &v, &n, &err)) {
		for (i = 0; i < n; i++)
			if ((v[i].status == VALUE_OK) != !!isfinite(v[i].value))
				abort();
		free(v);
	}
	samples_free(s);
	return 1;
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
	time_t end = time(NULL) + seconds;
	unsigned long files = 0, accepted = 0;
	static char work[8192];

	while (time(NULL) < end) {
		accepted += (unsigned long)one(work, sizeof(work));
		files++;
	}
	printf("%lu files, %lu accepted, no crash\n", files, accepted);
	return 0;
}
