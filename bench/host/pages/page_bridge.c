// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions of QEMU's clock beside those of a PMU, as a table and as Markdown.
 * See page.h.
 */
#include <errno.h>
#include <math.h>

#include "pages/page.h"
#include "pages/wrap.h"
#include "stats/bridge.h"

#define BRIDGE_RUNS 3 /* counted, in time, and counted without perf events */

static const char *const words[] = {
	[BRIDGE_BASE] = "base",		  [BRIDGE_YES] = "yes",
	[BRIDGE_DIRECTION] = "direction", [BRIDGE_NO] = "no",
	[BRIDGE_OPEN] = "open",		  [BRIDGE_NONE] = "missing",
};

static double median(const struct bridge_item *item, enum bridge_side side)
{
	return stats_median(item->value[side], item->n[side]);
}

static double ratio(const struct bridge_item *item)
{
	return median(item, BRIDGE_TIME) / median(item, BRIDGE_INSN);
}

static const char *verdict(const struct bridge_item *item,
			   enum bridge_side side)
{
	if (item->agree == BRIDGE_BASE)
		return "baseline";
	return verdict_name(item->row[side].verdict);
}

static void put_tsv(FILE *f, const struct bridge *b,
		    const struct bridge_item *item)
{
	const double v[] = {
		median(item, BRIDGE_INSN),
		median(item, BRIDGE_TIME),
		ratio(item),
		item->kernel_pct,
		item->cycles,
		item->agree == BRIDGE_BASE ? 1 : item->row[BRIDGE_INSN].ratio,
		item->agree == BRIDGE_BASE ? 1 : item->row[BRIDGE_TIME].ratio,
	};
	char num[TEXT_NUM];
	size_t i;

	fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\t%s", item->rest, item->label,
		item->per, b->d[BRIDGE_INSN].specs[item->spec[BRIDGE_INSN]],
		b->d[BRIDGE_INSN].arms[item->arm[BRIDGE_INSN]].label,
		b->d[BRIDGE_TIME].specs[item->spec[BRIDGE_TIME]],
		b->d[BRIDGE_TIME].arms[item->arm[BRIDGE_TIME]].label);
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		fprintf(f, "\t%s", text_num(num, v[i]));
	fprintf(f, "\t%s\t%s\t%s\n", verdict(item, BRIDGE_INSN),
		verdict(item, BRIDGE_TIME), words[item->agree]);
}

static void print_tsv(FILE *f, const void *arg)
{
	const struct bridge *b = arg;

	fputs("# mmvs-bridge 1\ncase\tlabel\tper\tinsn_spec\tinsn_variant\t"
	      "time_spec\ttime_variant\tinsn\thardware\tratio\tkernel_pct\t"
	      "cycles\tinsn_effect\thardware_effect\tinsn_verdict\t"
	      "hardware_verdict\tagree\n",
	      f);
	for (size_t i = 0; i < b->n_items; i++)
		put_tsv(f, b, &b->items[i]);
}

static void put_number(FILE *f, double v)
{
	char num[TEXT_NUM];

	fprintf(f, " %s |", isfinite(v) ? text_num(num, v) : "-");
}

static void put_effect(FILE *f, const struct bridge_item *item,
		       enum bridge_side side)
{
	const struct row *r = &item->row[side];
	char num[TEXT_NUM];

	if (item->agree == BRIDGE_BASE)
		fputs(" |", f);
	else if (isfinite(r->ratio))
		fprintf(f, " %s, %s |", text_pct(num, r->ratio),
			verdict_name(r->verdict));
	else
		fprintf(f, " %s |", verdict_name(r->verdict));
}

static void put_md(FILE *f, const struct bridge_item *item)
{
	const char *mark =
		item->agree == BRIDGE_NO || item->agree == BRIDGE_DIRECTION
			? "**"
			: "";

	fprintf(f, "| `%s` | ", item->rest);
	text_md(f, item->label);
	fprintf(f, " | %s |", item->per);
	put_number(f, median(item, BRIDGE_INSN));
	put_number(f, median(item, BRIDGE_TIME));
	put_number(f, ratio(item));
	put_number(f, item->kernel_pct);
	put_number(f, item->cycles);
	put_effect(f, item, BRIDGE_INSN);
	put_effect(f, item, BRIDGE_TIME);
	fprintf(f, " %s%s%s |\n", mark, words[item->agree], mark);
}

static void put_summary(FILE *f, const struct bridge *b)
{
	size_t n[BRIDGE_NONE + 1] = { 0 }, i;
	double lo = INFINITY, hi = -INFINITY;
	char a[TEXT_NUM], z[TEXT_NUM];

	for (i = 0; i < b->n_items; i++) {
		n[b->items[i].agree]++;
		if (isfinite(ratio(&b->items[i]))) {
			lo = fmin(lo, ratio(&b->items[i]));
			hi = fmax(hi, ratio(&b->items[i]));
		}
	}
	fprintf(f,
		"\nOf %zu comparisons %zu agree, %zu in direction alone, %zu "
		"do not, %zu are open (one of the two is not proven) and %zu "
		"lack a figure.",
		b->n_items - n[BRIDGE_BASE], n[BRIDGE_YES], n[BRIDGE_DIRECTION],
		n[BRIDGE_NO], n[BRIDGE_OPEN], n[BRIDGE_NONE]);
	if (hi >= lo)
		fprintf(f, " The PMU counts %s to %s times QEMU's.",
			text_num(a, lo), text_num(z, hi));
	fputc('\n', f);
}

static void put_run(FILE *f, const char *what, const struct run *run)
{
	fprintf(f, "- %s: ", what);
	text_md(f, run->name);
	fputs(", ", f);
	text_md(f, run->kernel_version);
	fputs(", MODE=", f);
	text_md(f, run->mode);
	if (*run->host_cpu) {
		fputs(", ", f);
		text_md(f, run->host_cpu);
	}
	fputc('\n', f);
}

static void print_md(FILE *f, const void *arg)
{
	const struct bridge *b = arg;
	char num[TEXT_NUM];

	fputs("\n## Does hardware agree with counted instructions?\n\n"
	      "Instructions of an operation, median over the seeds: of all "
	      "that the case does between its setup and its end, by QEMU's "
	      "clock and by the PMU.\n\n",
	      f);
	put_run(f, "QEMU", b->d[BRIDGE_INSN].run);
	put_run(f, "PMU", b->d[BRIDGE_TIME].run);
	if (isfinite(b->event_cost))
		fprintf(f,
			"- Taken out of QEMU's: %s instructions a page fault, "
			"what the events themselves cost (%zu cells with and "
			"without)\n",
			text_num(num, b->event_cost), b->cost_cells);
	else
		fputs("- Not taken out of QEMU's: what the events themselves "
		      "cost, some hundred instructions a page fault\n",
		      f);
	fputs("- Still in QEMU's: switching the events on and off, which shows "
	      "in a case of few instructions\n",
	      f);
	fputs("\n| case | of | per | QEMU | PMU | PMU / QEMU | in the kernel, "
	      "% | cycles | effect in QEMU | effect on the PMU | agree |\n"
	      "| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: | "
	      "--- |\n",
	      f);
	for (size_t i = 0; i < b->n_items; i++)
		put_md(f, &b->items[i]);
	put_summary(f, b);
	fputs("*agree*: the same verdict in both, within 1 % or proven, and "
	      "one effect at most twice the other; *direction*: the same "
	      "verdict, further apart.\n",
	      f);
}

int page_bridge(const char *dir, char **runs, size_t n, struct err *err)
{
	struct run run[BRIDGE_RUNS] = { 0 };
	struct bridge b = { 0 };
	size_t i;
	int ret = 0;

	if (n < N_BRIDGE_SIDES || n > BRIDGE_RUNS)
		return err_set(err, -EINVAL,
			       "a bridge is between a run of MODE=icount and "
			       "one in time; a third may be the first without "
			       "perf events");
	for (i = 0; i < n && !ret; i++)
		ret = run_load(runs[i], &run[i], err);
	if (!ret)
		ret = bridge_make(&run[0], &run[1], n > 2 ? &run[2] : NULL, &b,
				  err);
	if (!ret)
		ret = page_file(dir, "bridge.tsv", print_tsv, &b, err);
	if (!ret)
		ret = page_file(dir, "bridge.md", print_md, &b, err);
	bridge_free(&b);
	for (i = 0; i < BRIDGE_RUNS; i++)
		run_free(&run[i]);
	return ret;
}
