// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../guest/run/marker.h"
#include "address.h"
#include "cache.h"
#include "output.h"
#include "symbols.h"
#include "track.h"
#include "tree.h"

#define MAX_DEPTH 1024

static const char *const space_names[] = { "user", "kernel", "irq" };

#define COUNTER_NAME(sym, name) name,
static const char *const counter_names[] = { COUNTERS(COUNTER_NAME) };

/* What one function did in one region, by space. */
struct sum {
	uint32_t func;
	enum space space;
	uint64_t inclusive;
	uint64_t count[NR_COUNTERS];
};

struct sums {
	struct sum *sum; /* symbols_count() a space */
	const char *region;
	uint64_t total[NR_SPACES];
};

static bool with_cache;

static const char *region_name(uint32_t id)
{
	static char other[16];

	switch (id) {
#define REGION_NAME(sym, c, p, name) \
	case REGION_##sym:           \
		return name;
		MARKER_REGIONS(REGION_NAME)
	}
	snprintf(other, sizeof(other), "%u.%u", id >> 6, id & 0x3f);
	return other;
}

static unsigned int nr_shown(void)
{
	return with_cache ? NR_COUNTERS : C_L1D;
}

static enum space space_of(const struct node *n)
{
	if (n->irq)
		return SPACE_IRQ;
	return n->func == FUNC_USER ? SPACE_USER : SPACE_KERNEL;
}

/* Is @func, in the same space, among the callers of @n? */
static bool is_above(const struct node *n, const struct node *of)
{
	for (n = n->parent; n && n->parent; n = n->parent)
		if (n->func == of->func && n->irq == of->irq)
			return true;
	return false;
}

/*
 * Add @n and what is below to @s; returns the instructions of the subtree.
 * Interrupts are not part of what they interrupted.
 */
static uint64_t add_up(struct sums *s, const struct node *n)
{
	struct sum *sum = &s->sum[n->func * NR_SPACES + space_of(n)];
	uint64_t all = n->count[C_INSN];

	for (const struct node *c = n->children; c; c = c->sibling) {
		uint64_t below = add_up(s, c);

		if (c->irq == n->irq)
			all += below;
	}
	sum->func = n->func;
	sum->space = space_of(n);
	for (unsigned int i = 0; i < NR_COUNTERS; i++)
		sum->count[i] += n->count[i];
	track_accesses(n, sum->count);
	if (!is_above(n, n))
		sum->inclusive += all;
	s->total[space_of(n)] += n->count[C_INSN];
	return all;
}

static int by_self(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	if (x->count[C_INSN] != y->count[C_INSN])
		return x->count[C_INSN] < y->count[C_INSN] ? 1 : -1;
	if (x->func != y->func)
		return strcmp(symbols_name(x->func), symbols_name(y->func));
	return (int)x->space - (int)y->space;
}

static void put_functions(FILE *out, const struct sums *s)
{
	for (size_t i = 0; i < (size_t)symbols_count() * NR_SPACES; i++) {
		const struct sum *f = &s->sum[i];

		if (!f->count[C_INSN] && !f->inclusive)
			break; /* sorted: the rest did not execute */
		fprintf(out, "%s\t%s\t%s\t%" PRIu64, s->region,
			symbols_name(f->func), space_names[f->space],
			f->inclusive);
		for (unsigned int k = 0; k < nr_shown(); k++)
			fprintf(out, "\t%" PRIu64, f->count[k]);
		fputc('\n', out);
	}
}

static void put_region(FILE *out, const struct region *r, const struct sums *s)
{
	uint64_t count[NR_COUNTERS] = { 0 };

	for (size_t i = 0; i < (size_t)symbols_count() * NR_SPACES; i++)
		for (unsigned int k = 0; k < NR_COUNTERS; k++)
			count[k] += s->sum[i].count[k];
	fprintf(out, "%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64,
		s->region, r->operations, s->total[SPACE_USER],
		s->total[SPACE_KERNEL], s->total[SPACE_IRQ]);
	fprintf(out, "\t%" PRIu64 "\t%" PRIu64, r->min_insn, r->max_insn);
	for (unsigned int k = 0; k < nr_shown(); k++)
		fprintf(out, "\t%" PRIu64, count[k]);
	fputc('\n', out);
}

/* One line a node, callers first; interrupts begin a path of their own. */
static void put_folded(FILE *out, const char *region, const struct node *n)
{
	const struct node *path[MAX_DEPTH];
	int depth = 0;

	for (const struct node *p = n; p && p->parent && depth < MAX_DEPTH;
	     p = p->parent) {
		if (p->irq != n->irq)
			break;
		path[depth++] = p;
	}
	if (n->count[C_INSN]) {
		fprintf(out, "%s%s", region, n->irq ? ";[interrupt]" : "");
		while (depth--)
			fprintf(out, ";%s", symbols_name(path[depth]->func));
		fprintf(out, " %" PRIu64 "\n", n->count[C_INSN]);
	}
	for (const struct node *c = n->children; c; c = c->sibling)
		put_folded(out, region, c);
}

static void put_header(FILE *out, const char *what, const char *mode)
{
	fprintf(out, "# mmvs-%s 1\n# mode\t%s\n", what, mode);
	if (with_cache) {
		fputs("# model\t", out);
		cache_describe(out);
		fputc('\n', out);
	}
}

static void put_columns(FILE *out, const char *first)
{
	fputs(first, out);
	for (unsigned int k = 0; k < nr_shown(); k++)
		fprintf(out, "\t%s", counter_names[k]);
	fputc('\n', out);
}

static void put_all(FILE *functions, FILE *regions, FILE *folded)
{
	size_t nr = (size_t)symbols_count() * NR_SPACES;

	for (struct region *r = tree_regions(); r; r = r->next) {
		struct sums s = { .region = region_name(r->id) };

		if (!r->operations)
			continue;
		s.sum = calloc(nr, sizeof(*s.sum));
		if (!s.sum)
			abort();
		for (struct node *c = r->root.children; c; c = c->sibling) {
			add_up(&s, c);
			put_folded(folded, s.region, c);
		}
		put_region(regions, r, &s);
		qsort(s.sum, nr, sizeof(*s.sum), by_self);
		put_functions(functions, &s);
		free(s.sum);
	}
}

static void put_passes(FILE *out)
{
	uint32_t nr;
	const struct pass *p = track_passes(&nr);

	fputs("region\tinsn\tstring_turns\n", out);
	for (uint32_t i = 0; i < nr; i++)
		fprintf(out, "%s\t%" PRIu64 "\t%" PRIu64 "\n",
			region_name(p[i].id), p[i].insns, p[i].turns);
}

static int put_addresses(const char *dir, const char *mode)
{
	const struct address_row *row;
	char path[4096];
	size_t nr;
	FILE *out;

	snprintf(path, sizeof(path), "%s/addresses.tsv", dir);
	out = fopen(path, "we");
	if (!out)
		return -errno;
	put_header(out, "addresses", mode);
	fputs("region\tspace\taddress\tself_insn\n", out);
	row = address_rows(&nr);
	for (size_t i = 0; i < nr; i++)
		fprintf(out, "%s\t%s\t0x%016" PRIx64 "\t%" PRIu64 "\n",
			region_name(row[i].region), space_names[row[i].space],
			row[i].addr, row[i].count);
	return fclose(out) ? -errno : 0;
}

int output_write(const char *dir, const char *mode)
{
	static const char *const name[] = { "functions.tsv", "folded.txt",
					    "passes.tsv", "regions.tsv" };
	FILE *f[4] = { NULL };
	char path[4096];
	int err = 0;

	with_cache = strstr(mode, "cache");
	if (address_on)
		err = put_addresses(dir, mode);
	for (int i = 0; i < 4 && !err; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, name[i]);
		f[i] = fopen(path, "we");
		if (!f[i])
			err = -errno;
	}
	if (!err) {
		put_header(f[0], "functions", mode);
		put_columns(f[0], "region\tfunction\tspace\tincl_insn");
		put_header(f[2], "passes", mode);
		put_passes(f[2]);
		put_header(f[3], "regions", mode);
		if (track_error[0])
			fprintf(f[3], "# error\t%s\n", track_error);
		put_columns(
			f[3],
			"region\toperations\tuser_insn\tkernel_insn\tirq_insn\tmin_insn\tmax_insn");
		put_all(f[0], f[3], f[1]);
		fputs("# end\n", f[3]);
	}
	for (int i = 0; i < 4; i++)
		if (f[i] && fclose(f[i]) && !err)
			err = -errno;
	return err;
}
