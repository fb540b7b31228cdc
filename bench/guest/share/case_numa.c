// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/numa.h"
#include "share/case_numa.h"

/* A whole number at *@text, which moves on; false when none is there. */
static bool number(const char **text)
{
	size_t digits = strspn(*text, "0123456789");

	*text += digits;
	return digits && digits < 7;
}

static bool one_node(const char **text)
{
	if (!number(text) || !**text || !strchr("MG", **text))
		return false;
	(*text)++;
	while (**text == '.') {
		(*text)++;
		if (!number(text))
			return false;
		if (**text == '-' && ((*text)++, !number(text)))
			return false;
	}
	return true;
}

static bool one_distance(const char **text)
{
	for (int i = 0; i < 3; i++) {
		(*text)++; /* '_', then '-' twice */
		if (!number(text) || (i < 2 && **text != '-'))
			return false;
	}
	return true;
}

int case_numa_described(const char *text)
{
	int nodes = 0;

	do {
		text += nodes > 0; /* '+' */
		if (!one_node(&text))
			return -EINVAL;
		nodes++;
	} while (*text == '+');
	while (*text == '_')
		if (!one_distance(&text))
			return -EINVAL;
	return *text ? -EINVAL : nodes;
}

int numa_place_require(struct bench_ctx *ctx, int *nodes)
{
	const char *option = bench_opt(ctx, "nodes");
	bool described = strpbrk(option, "MG");
	int want = described ? case_numa_described(option)
			     : (int)bench_opt_u64(ctx, "nodes"),
	    found = 0;

	if (want <= 0)
		return bench_fail(
			ctx, -EINVAL,
			"nodes=%s: must be a number, or nodes as in 512M.0-1+512M.2-3+1G, then distances as in _0-1-15",
			option);
	*nodes = numa_place_nodes();
	if (*nodes > NUMA_PLACE_MAX)
		return bench_skip(
			ctx, "node numbers go up to %d, %d are kept apart here",
			*nodes - 1, NUMA_PLACE_MAX);
	for (int n = 0; n < *nodes; n++)
		found += numa_place_has_memory(n) &&
			 (described || numa_place_has_cpu(n));
	if (found >= want)
		return 0;
	return bench_skip(ctx, "%d NUMA nodes with memory%s, %d asked for",
			  found, described ? "" : " and a CPU", want);
}
