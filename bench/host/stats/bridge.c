// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions of QEMU's clock beside those of a PMU.  See bridge.h.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/bridge.h"

#define DELTA 0.01
#define ALPHA 0.05
#define LIKE_SIZE 2 /* effects at most this factor apart are of like size */

/* Cells of one spec of each run, the last that were asked for. */
struct loaded {
	const struct data *d;
	struct hardware *h;
	size_t spec;
};

static int load(struct loaded *l, size_t spec, struct err *err)
{
	if (l->h && l->spec == spec)
		return 0;
	hardware_free(l->h, l->d->n_values);
	l->h = NULL;
	l->spec = spec;
	return hardware_load(l->d, spec, &l->h, err);
}

/* The sum of the one column of the clock; NaN: there are more, or none. */
static double clocked_sum(const struct hardware *h)
{
	double sum = NAN;

	for (size_t i = 0; i < h->s->n_columns; i++) {
		if (!h->s->columns[i].clocked)
			continue;
		if (isfinite(sum))
			return NAN;
		sum = h->sum[i];
	}
	return sum;
}

/* What events cost a row of one cell, where a row is a page fault; NaN: elsewhere. */
static double cost_of(const struct hardware *with, const struct hardware *plain)
{
	double rows;

	if (!with->s || !plain->s)
		return NAN;
	rows = (double)with->s->n_rows;
	if (with->counted[COUNTED_FAULTS] != rows ||
	    plain->s->n_rows != with->s->n_rows)
		return NAN;
	return (clocked_sum(with) - clocked_sum(plain)) / rows;
}

/* Both runs in one comparison, which gives pairs of arms; of seeds that both have. */
static int event_cost(struct bridge *b, const struct run *insn,
		      const struct run *plain, struct err *err)
{
	struct hardware *h = NULL;
	struct data d = { 0 };
	double *cost = NULL;
	size_t spec, arm, i;
	int ret;

	ret = data_init(&d, insn, plain, NULL, err);
	if (!ret)
		cost = calloc(d.n_specs * d.n_values + 1, sizeof(*cost));
	if (!ret && !cost)
		ret = err_set(err, -ENOMEM, "out of memory");
	for (spec = 0; !ret && spec < d.n_specs; spec++) {
		ret = hardware_load(&d, spec, &h, err);
		for (arm = 1; !ret && arm < d.n_arms; arm += 2) {
			const struct arm *to = &d.arms[arm],
					 *of = &d.arms[to->base];

			for (i = 0; i < to->n_seeds && i < of->n_seeds; i++) {
				cost[b->cost_cells] = cost_of(
					&h[of->offset + i], &h[to->offset + i]);
				b->cost_cells += isfinite(cost[b->cost_cells]);
			}
		}
		hardware_free(h, d.n_values);
		h = NULL;
	}
	if (!ret)
		b->event_cost = stats_median(cost, b->cost_cells);
	free(cost);
	data_free(&d);
	return ret;
}

static void take_out_events(const struct bridge *b, struct hardware *h)
{
	const struct data *d = &b->d[BRIDGE_INSN];

	for (size_t i = 0; i < d->n_values; i++)
		if (isfinite(b->event_cost) &&
		    isfinite(h[i].counted[COUNTED_FAULTS]))
			h[i].counted[COUNTED_TASK_CLOCK] -=
				b->event_cost * h[i].counted[COUNTED_FAULTS];
}

/* The instructions of one side, for each operation, by seed. */
static int fill_side(struct bridge *b, struct bridge_item *item,
		     enum bridge_side side, struct loaded *l, struct err *err)
{
	static const enum counted what[] = {
		[BRIDGE_INSN] = COUNTED_TASK_CLOCK,
		[BRIDGE_TIME] = COUNTED_INSN,
	};
	const struct data *d = &b->d[side];
	int ret;

	if (!l->h || l->spec != item->spec[side]) {
		ret = load(l, item->spec[side], err);
		if (ret)
			return ret;
		if (side == BRIDGE_INSN)
			take_out_events(b, l->h);
	}
	item->n[side] = hardware_values(d, l->h, item->arm[side], NULL,
					what[side], item->value[side]);
	return 0;
}

/* What the PMU says besides; @tmp: for the values of an arm. */
static void describe(struct bridge_item *item, const struct loaded *l,
		     double *tmp)
{
	const struct arm *a = &l->d->arms[item->arm[BRIDGE_TIME]];
	const char *per = "row";
	size_t n, i;

	for (i = 0; i < a->n_seeds; i++) {
		const struct hardware *h = &l->h[a->offset + i];

		if (h->s)
			hardware_work(h, hardware_first(h->s), &per);
	}
	snprintf(item->per, sizeof(item->per), "%s", per);
	n = hardware_values(l->d, l->h, item->arm[BRIDGE_TIME], NULL,
			    COUNTED_CYCLES, tmp);
	item->cycles = stats_median(tmp, n);
	n = hardware_values(l->d, l->h, item->arm[BRIDGE_TIME], NULL,
			    COUNTED_INSN_KERNEL, tmp);
	item->kernel_pct =
		100 * stats_median(tmp, n) /
		stats_median(item->value[BRIDGE_TIME], item->n[BRIDGE_TIME]);
}

/* Room for the values of each item, of as many seeds as any arm has. */
static int make_room(struct bridge *b, struct err *err)
{
	size_t most = 0, side, i;

	for (side = 0; side < N_BRIDGE_SIDES; side++)
		for (i = 0; i < b->d[side].n_arms; i++)
			if (b->d[side].arms[i].n_seeds > most)
				most = b->d[side].arms[i].n_seeds;
	b->values = calloc(b->n_items * N_BRIDGE_SIDES * most + 1,
			   sizeof(*b->values));
	if (!b->values)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < b->n_items * N_BRIDGE_SIDES; i++)
		b->items[i / N_BRIDGE_SIDES].value[i % N_BRIDGE_SIDES] =
			b->values + i * most;
	return 0;
}

static int fill(struct bridge *b, struct err *err)
{
	struct loaded l[N_BRIDGE_SIDES] = {
		{ .d = &b->d[BRIDGE_INSN] },
		{ .d = &b->d[BRIDGE_TIME] },
	};
	double *tmp = calloc(b->d[BRIDGE_TIME].n_values + 1, sizeof(*tmp));
	int ret = tmp ? 0 : err_set(err, -ENOMEM, "out of memory");
	size_t i, side;

	for (i = 0; i < b->n_items && !ret; i++) {
		for (side = 0; side < N_BRIDGE_SIDES && !ret; side++)
			ret = fill_side(b, &b->items[i], side, &l[side], err);
		if (!ret)
			describe(&b->items[i], &l[BRIDGE_TIME], tmp);
	}
	for (side = 0; side < N_BRIDGE_SIDES; side++)
		hardware_free(l[side].h, l[side].d->n_values);
	free(tmp);
	return ret;
}

/* Two runs that count are needed: the reason and the mend when one does not. */
static int counts(const struct bridge *b, struct err *err)
{
	bool counts[N_BRIDGE_SIDES] = { false, false };

	for (size_t i = 0; i < b->n_items; i++)
		for (size_t side = 0; side < N_BRIDGE_SIDES; side++)
			counts[side] |= b->items[i].n[side] > 0;
	if (!counts[BRIDGE_INSN])
		return err_set(err, -EINVAL,
			       "%s: no cell has perf.task-clock; measure with "
			       "MODE=icount PERF=on",
			       b->d[BRIDGE_INSN].run->dir);
	if (!counts[BRIDGE_TIME])
		return err_set(err, -EINVAL,
			       "%s: no cell has perf.instructions, of user "
			       "(:u) and kernel (:k); it takes a PMU, and root "
			       "or sysctl kernel.perf_event_paranoid=1",
			       b->d[BRIDGE_TIME].run->dir);
	return 0;
}

static enum bridge_agree agree(const struct row *a, const struct row *b)
{
	double x = fabs(log(a->ratio)), y = fabs(log(b->ratio));

	if (a->verdict == VERDICT_MISSING || b->verdict == VERDICT_MISSING)
		return BRIDGE_NONE;
	if (a->verdict == VERDICT_NOT_PROVEN ||
	    b->verdict == VERDICT_NOT_PROVEN)
		return BRIDGE_OPEN;
	if (a->verdict != b->verdict)
		return BRIDGE_NO;
	if (a->verdict == VERDICT_SAME || fmax(x, y) <= LIKE_SIZE * fmin(x, y))
		return BRIDGE_YES;
	return BRIDGE_DIRECTION;
}

/* Against the base of its case; @others: how many of them are. */
static int judge(struct bridge_item *item, const struct bridge_item *base,
		 size_t others)
{
	int ret;

	for (size_t side = 0; side < N_BRIDGE_SIDES; side++) {
		struct row *row = &item->row[side];

		ret = compare_row(row, item->value[side], item->n[side],
				  base->value[side], base->n[side], ALPHA);
		if (ret)
			return ret;
		if (isfinite(row->p))
			row->p_adj = fmin(1, row->p * (double)others);
		compare_verdict(row, BETTER_LOWER, DELTA, ALPHA, others);
	}
	item->agree = agree(&item->row[BRIDGE_INSN], &item->row[BRIDGE_TIME]);
	return 0;
}

static int judge_all(struct bridge *b, struct err *err)
{
	size_t i, base = 0, end;
	int ret = 0;

	for (i = 0; i < b->n_items && !ret; i++) {
		if (!i || b->items[i].group != b->items[base].group) {
			base = i;
			b->items[i].agree = BRIDGE_BASE;
			continue;
		}
		for (end = i; end < b->n_items; end++)
			if (b->items[end].group != b->items[base].group)
				break;
		for (; i < end && !ret; i++)
			ret = judge(&b->items[i], &b->items[base],
				    end - base - 1);
		i--;
	}
	return ret ? err_set(err, ret, "comparing failed: %s", strerror(-ret))
		   : 0;
}

int bridge_make(const struct run *insn, const struct run *time,
		const struct run *plain, struct bridge *b, struct err *err)
{
	int ret;

	memset(b, 0, sizeof(*b));
	b->event_cost = NAN;
	if (strcmp(insn->mode, "icount") != 0)
		return err_set(err, -EINVAL,
			       "%s is of MODE=%s; the first run is one that "
			       "counts instructions (MODE=icount PERF=on)",
			       insn->dir, insn->mode);
	if (strcmp(time->unit, MMVS_UNIT_NS) != 0)
		return err_set(err, -EINVAL,
			       "%s is of MODE=%s; the second run is one in "
			       "time, with a PMU (MODE=kvm or native)",
			       time->dir, time->mode);
	ret = data_init(&b->d[BRIDGE_INSN], insn, NULL, NULL, err);
	if (!ret)
		ret = data_init(&b->d[BRIDGE_TIME], time, NULL, NULL, err);
	if (!ret && plain)
		ret = event_cost(b, insn, plain, err);
	if (!ret)
		ret = bridge_match(b, err);
	if (!ret)
		ret = make_room(b, err);
	if (!ret)
		ret = fill(b, err);
	if (!ret)
		ret = counts(b, err);
	return ret ? ret : judge_all(b, err);
}

void bridge_free(struct bridge *b)
{
	free(b->values);
	free(b->items);
	data_free(&b->d[BRIDGE_INSN]);
	data_free(&b->d[BRIDGE_TIME]);
	memset(b, 0, sizeof(*b));
}
