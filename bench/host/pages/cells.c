// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells that gave nothing, and what the numbers cannot say.  See parts.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pages/parts.h"
#include "pages/wrap.h"

size_t part_count(const struct data *d, enum cell_status status)
{
	size_t i, n = 0;

	for (i = 0; i < d->n_cells; i++)
		n += d->cells[i].status == status;
	return n;
}

/* ", 3 damaged", or nothing, as it should be. */
#define DAMAGED_TEXT 40
static const char *damaged_text(const struct data *d, char buf[DAMAGED_TEXT])
{
	size_t n = part_count(d, CELL_DAMAGED);

	*buf = '\0';
	if (n)
		snprintf(buf, DAMAGED_TEXT, ", %zu damaged", n);
	return buf;
}

static bool same_fate(const struct cell *a, const struct cell *b)
{
	return a->spec == b->spec && a->arm == b->arm &&
	       a->status == b->status && !strcmp(a->reason, b->reason);
}

/* The seeds of all cells of cell i's fate, marked done; a string to free. */
static char *gather_seeds(const struct data *d, size_t i, bool *done)
{
	size_t size = 0, k;
	char *text = NULL;
	FILE *mem = open_memstream(&text, &size);

	if (!mem)
		return NULL;
	/* Cells of a spec lie together. */
	for (k = i; k < d->n_cells && d->cells[k].spec == d->cells[i].spec;
	     k++) {
		if (d->cells[k].status == CELL_OK ||
		    !same_fate(&d->cells[i], &d->cells[k]))
			continue;
		done[k] = true;
		fprintf(mem, " %ld", d->cells[k].seed);
	}
	fclose(mem);
	return text;
}

/* A reason, escaped if the names are quoted, that is, in markdown. */
static char *reason_text(const char *reason, const char *q)
{
	size_t size = 0;
	char *text = NULL;
	FILE *mem;

	if (!*q)
		return strdup(reason);
	mem = open_memstream(&text, &size);
	if (!mem)
		return NULL;
	text_md(mem, reason);
	fclose(mem);
	return text;
}

static int put_cells(FILE *f, const struct data *d, int width, const char *q,
		     bool *done)
{
	static const char *const names[] = {
		[CELL_SKIP] = "skipped",
		[CELL_FAILED] = "FAILED",
		[CELL_ABSENT] = "absent",
		[CELL_DAMAGED] = "DAMAGED",
	};
	const struct cell *c;
	char *seeds, *reason;
	size_t i;
	int ret = 0;

	for (i = 0; i < d->n_cells && !ret; i++) {
		c = &d->cells[i];
		if (c->status == CELL_OK || done[i])
			continue;
		seeds = gather_seeds(d, i, done);
		reason = reason_text(c->reason, q);
		ret = -ENOMEM;
		if (seeds && reason)
			ret = text_wrapf(f, width, "- ", "  ",
					 "%s: %s%s%s, %s%s%s, seed%s: %s",
					 names[c->status], q,
					 d->arms[c->arm].label, q, q,
					 d->specs[c->spec], q, seeds, reason);
		free(reason);
		free(seeds);
	}
	return ret;
}

int part_cells(FILE *f, const struct data *d, int width, const char *quote)
{
	size_t failed = part_count(d, CELL_FAILED);
	size_t skipped = part_count(d, CELL_SKIP);
	size_t absent = part_count(d, CELL_ABSENT);
	size_t damaged = part_count(d, CELL_DAMAGED);
	char more[DAMAGED_TEXT];
	bool *done;
	int ret;

	if (!failed && !skipped && !absent && !damaged)
		return text_wrapf(f, width, "", "",
				  "All %zu cells were measured.", d->n_cells);
	ret = text_wrapf(f, width, "", "",
			 "%zu cells: %zu measured, %zu failed, %zu skipped, "
			 "%zu absent%s. Only measured ones are in the "
			 "figures.",
			 d->n_cells, part_count(d, CELL_OK), failed, skipped,
			 absent, damaged_text(d, more));
	done = calloc(d->n_cells + 1, sizeof(*done));
	if (!done)
		return -ENOMEM;
	if (!ret)
		ret = put_cells(f, d, width, quote, done);
	free(done);
	return ret;
}

static int limit_of_mode(FILE *f, const struct run *run, int width)
{
	if (!strcmp(run->unit, MMVS_UNIT_INSN))
		return text_wrapf(
			f, width, "- ", "  ",
			"%s counts instructions, which is a model: path "
			"length, not time. Cache misses, TLB misses, "
			"contention and the distance between NUMA nodes "
			"cost nothing in it.",
			*run->mode ? run->mode : "This mode");
	if (!strcmp(run->mode, "kvm"))
		return text_wrapf(f, width, "- ", "  ",
				  "Times are from a virtual machine: nested "
				  "paging and the host's load are in them.");
	if (!strcmp(run->mode, "tcg"))
		return text_wrapf(f, width, "- ", "  ",
				  "Times are of an emulator: they say nothing "
				  "of hardware, only what a comparison of "
				  "times finds.");
	return text_wrapf(f, width, "- ", "  ",
			  "Times are of one machine; another one may rank "
			  "the variants differently.");
}

int part_limits(FILE *f, const struct comparison *c, int width)
{
	const struct data *d = c->data;
	size_t lost = d->n_cells - part_count(d, CELL_OK);
	char more[DAMAGED_TEXT];
	int ret;

	ret = limit_of_mode(f, d->run, width);
	if (!ret)
		ret = text_wrapf(f, width, "- ", "  ",
				 "The statistical sample is a seed (a boot): "
				 "%zu a variant, each reduced to one value "
				 "first; iterations are not pooled.",
				 d->run->n_seeds);
	if (!ret && c->needed > d->run->n_seeds && c->tests)
		ret = text_wrapf(f, width, "- ", "  ",
				 "Too few seeds: with %zu variants to compare, "
				 "%zu are needed for anything to be "
				 "significant.",
				 c->variants, c->needed);
	if (!ret && lost)
		ret = text_wrapf(f, width, "- ", "  ",
				 "%zu of %zu cells gave no samples (%zu "
				 "failed, %zu skipped, %zu absent%s).",
				 lost, d->n_cells, part_count(d, CELL_FAILED),
				 part_count(d, CELL_SKIP),
				 part_count(d, CELL_ABSENT),
				 damaged_text(d, more));
	if (!ret && !d->other)
		ret = text_wrapf(f, width, "- ", "  ",
				 "Everything is relative to the baseline, %s.",
				 d->arms[d->baseline].label);
	return ret;
}
