// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fell into the rows where time was measured, by spec and variant, as the guest
 * says it in "hits" of cell.json (bench/guest/run/hits.h).  See page.h.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages/cell_list.h"
#include "pages/page.h"

#define BAD "<>|`&\\*_"
#define UNKNOWN "unknown"

enum kind {
	SWITCHED,
	STEAL,
	WARM_UP,
	MOVED,
	N_KINDS
};

static const char *const kinds[] = { "switch", "steal", "warmup", "move" };

/* All cells of a spec and a variant. */
struct sum {
	const char *spec, *variant;
	size_t cells, never_steady;
	double rows, kind[N_KINDS], involuntary;
	char *why; /* it is not known */
};

struct page {
	struct cell_list list;
	struct sum *sums;
	char **boots;
	size_t n_sums, n_boots;
};

/* N of " KEY=N" in text, or 0. */
static double value_of(const char *text, const char *key)
{
	size_t len = strlen(key);
	const char *at = text;

	for (; (at = strstr(at, key)); at++)
		if ((at == text || at[-1] == ' ') && at[len] == '=' &&
		    isdigit((unsigned char)at[len + 1]))
			return strtod(at + len + 1, NULL);
	return 0;
}

static struct sum *sum_of(struct page *p, const struct listed_cell *cell)
{
	struct sum *s;

	for (s = p->sums; s < p->sums + p->n_sums; s++)
		if (s->spec == cell->spec && s->variant == cell->variant)
			return s;
	s->spec = cell->spec;
	s->variant = cell->variant;
	p->n_sums++;
	return s;
}

static int add_boot(struct page *p, const char *id)
{
	size_t i;

	for (i = 0; i < p->n_boots; i++)
		if (!strcmp(p->boots[i], id))
			return 0;
	p->boots[i] = strdup(id);
	if (!p->boots[i])
		return -ENOMEM;
	p->n_boots++;
	return 0;
}

static int add_hits(struct sum *s, const char *hits)
{
	size_t len = strlen(UNKNOWN), i;

	if (!strncmp(hits, UNKNOWN, len)) {
		hits += len;
		hits += strspn(hits, ": ");
		free(s->why);
		s->why = strdup(hits);
		return s->why ? 0 : -ENOMEM;
	}
	s->rows += value_of(hits, "rows");
	for (i = 0; i < N_KINDS; i++)
		s->kind[i] += value_of(hits, kinds[i]);
	s->never_steady += !!strstr(hits, "never-steady");
	return 0;
}

static int add_cell(struct page *p, const struct listed_cell *cell)
{
	json_t *j = cell_list_read(cell);
	const char *status, *hits, *boot;
	struct sum *s;
	int ret;

	status = json_string_value(json_object_get(j, "status"));
	if (!status || strcmp(status, "ok")) {
		json_decref(j);
		return 0;
	}
	s = sum_of(p, cell);
	s->cells++;
	s->involuntary += json_number_value(
		json_object_get(json_object_get(j, "switches"), "involuntary"));
	boot = json_string_value(json_object_get(j, "boot_id"));
	hits = json_string_value(json_object_get(j, "hits"));
	ret = add_boot(p, boot ? boot : "");
	if (!ret)
		ret = add_hits(s, hits ? hits : "");
	json_decref(j);
	return ret;
}

static void put_share(FILE *f, double n, double of)
{
	if (n > 0)
		fprintf(f, "%.0f (%.2f%%)", n, 100 * n / of);
	else
		fputc('0', f);
}

static void put_sum(FILE *f, const struct sum *s)
{
	size_t i;

	fprintf(f, "| `%s` | %s | %zu | ", s->spec, s->variant, s->cells);
	if (!(s->rows > 0)) {
		fputs("unknown: ", f);
		put_plain(f, s->why ? s->why : "", BAD);
		fprintf(f, " | | | | | %.0f |\n", s->involuntary);
		return;
	}
	fprintf(f, "%.0f", s->rows);
	for (i = 0; i < N_KINDS; i++) {
		fputs(" | ", f);
		put_share(f, s->kind[i], s->rows);
		if (i == WARM_UP && s->never_steady)
			fprintf(f, ", never steady in %zu cells",
				s->never_steady);
	}
	fprintf(f, " | %.0f |\n", s->involuntary);
}

static void put_page(FILE *f, const struct page *p)
{
	const struct sum *s;

	fputs("\n## What fell into the samples\n\n"
	      "Rows that were hit are marked in samples.tsv (`hit`: 1 a task "
	      "switch, 2 steal within 10 ms, 4 warm-up, 8 another CPU) and "
	      "kept; metrics that end in `_apart` give them apart (`clean=0`). "
	      "An interrupt that switches no task is not seen.\n\n",
	      f);
	if (!p->n_sums) {
		fputs("Nothing was measured.\n", f);
		return;
	}
	fputs("| spec | variant | cells | rows | switched | steal | warm-up | "
	      "moved | involuntary switches |\n"
	      "| --- | --- | --: | --: | --: | --: | --: | --: | --: |\n",
	      f);
	for (s = p->sums; s < p->sums + p->n_sums; s++)
		put_sum(f, s);
	fprintf(f,
		"\nAll of it was measured in %zu boot%s of the kernel: what "
		"differs from boot to boot (layout, free pages) is %sin the "
		"intervals.\n",
		p->n_boots, p->n_boots == 1 ? "" : "s",
		p->n_boots == 1 ? "not " : "");
}

int page_hits(const char *dir, struct err *err)
{
	struct page p = { 0 };
	size_t i;
	int ret;

	ret = cell_list_load(dir, &p.list, err);
	if (ret)
		goto out_free;
	p.sums = calloc(p.list.n + 1, sizeof(*p.sums));
	p.boots = calloc(p.list.n + 1, sizeof(*p.boots));
	if (!p.sums || !p.boots)
		ret = -ENOMEM;
	for (i = 0; i < p.list.n && !ret; i++)
		ret = add_cell(&p, &p.list.cells[i]);
	if (ret)
		err_set(err, ret, "out of memory");
	else
		put_page(stdout, &p);
out_free:
	for (i = 0; i < p.n_sums; i++)
		free(p.sums[i].why);
	for (i = 0; i < p.n_boots; i++)
		free(p.boots[i]);
	free(p.sums);
	free(p.boots);
	cell_list_free(&p.list);
	return ret;
}
