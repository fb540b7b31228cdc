/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of QEMU's clock beside instructions of a PMU: the same cases, the same
 * stretch of each (all of its run()), for each operation.
 *
 * Where perf events are attached to a run of MODE=icount, perf.task-clock is the
 * instructions of that stretch, as there a nanosecond is one.  The events themselves
 * cost some for each page fault; a third run without them says how many.
 */
#ifndef MMVS_BRIDGE_H
#define MMVS_BRIDGE_H

#include "stats/compare.h"
#include "stats/hardware.h"

#define BRIDGE_MAX_ITEMS 4096

enum bridge_agree {
	BRIDGE_BASE, /* what the others of its case are compared with */
	BRIDGE_YES, /* the same verdict, effects of like size */
	BRIDGE_DIRECTION, /* the same verdict, effects of another size */
	BRIDGE_NO,
	BRIDGE_OPEN, /* at least one of the two is not proven */
	BRIDGE_NONE, /* one of the two has no figure */
};

enum bridge_side {
	BRIDGE_INSN, /* QEMU's clock */
	BRIDGE_TIME, /* the PMU */
	N_BRIDGE_SIDES,
};

/* A case under one mapping type or variant, in both runs. */
struct bridge_item {
	char rest[TEXT_MAX_SPEC + 1]; /* the spec without its mapping type */
	char label[TEXT_MAX_SPEC + 1]; /* mapping type, or variant */
	char per[MMVS_MAX_NAME + 1]; /* the operation */
	size_t spec[N_BRIDGE_SIDES], arm[N_BRIDGE_SIDES];
	double *value[N_BRIDGE_SIDES]; /* instructions; borrowed */
	size_t n[N_BRIDGE_SIDES];
	double cycles, kernel_pct; /* medians; NaN: not counted */
	struct row row[N_BRIDGE_SIDES]; /* against the base of its case */
	enum bridge_agree agree;
	size_t group, order; /* of its case, in which items are sorted */
	bool base;
};

struct bridge {
	struct data d[N_BRIDGE_SIDES];
	struct bridge_item *items; /* by case, its base first */
	size_t n_items;
	double *values; /* of all items */
	double event_cost; /* instructions a page fault; NaN: not known */
	size_t cost_cells; /* that it is the median of */
};

/*
 * @insn: a run of MODE=icount with PERF=on; @time: of MODE=kvm or native; @plain: as
 * @insn without perf events, or NULL.  -EINVAL with the mend: not such runs, nothing in
 * common, or a run in which nothing was counted.  Free with bridge_free(), also after an
 * error.
 */
int bridge_make(const struct run *insn, const struct run *time,
		const struct run *plain, struct bridge *b, struct err *err);
void bridge_free(struct bridge *b);

/* The part of bridge_make() that finds b->items, given b->d. */
int bridge_match(struct bridge *b, struct err *err);

#endif
