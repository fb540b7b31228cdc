// SPDX-License-Identifier: GPL-2.0-only
/* What there is to measure: for people (--list) and for run.sh. */
#include <errno.h>
#include <string.h>

#include "run/bench.h"

static void put_cells(FILE *out, const char *set, const char *name,
		      const char *const *cells)
{
	for (; cells && *cells; cells++)
		fprintf(out, "    %s: %s%s%s\n", set, name, **cells ? "@" : "",
			*cells);
}

void bench_list(FILE *out)
{
	fputs("A metric in \"clock\" is in insn (guest instructions) under icount, else in ns.\n",
	      out);
	for_each_case (c) {
		fprintf(out, "%s\n    %s\n", (*c)->name, (*c)->desc);
		for (const struct bench_option *o = (*c)->options; o && o->key;
		     o++)
			fprintf(out, "    --%s=%s (default %s): %s\n", o->key,
				o->choices ? o->choices : "N", o->fallback,
				o->help);
		for (const struct bench_metric *m = (*c)->metrics; m && m->name;
		     m++)
			fprintf(out, "    %s (%s, %s): %s\n", m->name, m->unit,
				m->better, m->desc);
		put_cells(out, "quick", (*c)->name, (*c)->cells);
		put_cells(out, "full", (*c)->name, (*c)->full_cells);
	}
}

static void put_specs(FILE *out, const char *name, const char *const *cells)
{
	for (; cells && *cells; cells++)
		fprintf(out, "%s%s%s\n", name, **cells ? "@" : "", *cells);
}

int bench_list_cells(FILE *out, const char *set)
{
	bool full = !strcmp(set, "full");

	if (!full && strcmp(set, "quick"))
		return -EINVAL;
	for_each_case (c) {
		put_specs(out, (*c)->name, (*c)->cells);
		if (full)
			put_specs(out, (*c)->name, (*c)->full_cells);
	}
	return 0;
}
