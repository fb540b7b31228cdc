// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "address.h"

/*
 * In one region and space: @step[i] is how much more often instruction i
 * executed than the one before it, so that a block costs two additions
 * however long it is.
 */
struct visits {
	struct visits *next;
	uint32_t region;
	enum space space;
	int64_t step[];
};

struct code {
	struct code *next;
	struct visits *visits; /* the last one used in front */
	uint64_t pc;
	uint32_t insns;
	uint16_t offset[]; /* from @pc */
};

bool address_on;
static struct code *codes;

struct code *address_block(uint64_t pc, uint32_t insns)
{
	struct code *c = tree_alloc(sizeof(*c) + insns * sizeof(c->offset[0]));

	c->pc = pc;
	c->insns = insns;
	c->next = codes;
	codes = c;
	return c;
}

void address_place(struct code *code, uint32_t i, uint64_t pc)
{
	code->offset[i] = (uint16_t)(pc - code->pc);
}

void address_count(struct code *code, uint32_t region, enum space space,
		   uint32_t from, uint32_t to)
{
	struct visits **link = &code->visits, *v;

	for (; (v = *link); link = &v->next)
		if (v->region == region && v->space == space)
			break;
	if (!v) {
		v = tree_alloc(sizeof(*v) +
			       (code->insns + 1) * sizeof(v->step[0]));
		v->region = region;
		v->space = space;
	} else {
		*link = v->next;
	}
	v->next = code->visits;
	code->visits = v;
	v->step[from]++;
	v->step[to]--;
}

static int by_place(const void *a, const void *b)
{
	const struct address_row *x = a, *y = b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static struct address_row *put(struct address_row *row, const struct code *c,
			       const struct visits *v)
{
	int64_t count = 0;

	for (uint32_t i = 0; i < c->insns; i++) {
		count += v->step[i];
		if (count)
			*row++ = (struct address_row){ v->region, v->space,
						       c->pc + c->offset[i],
						       (uint64_t)count };
	}
	return row;
}

const struct address_row *address_rows(size_t *nr)
{
	struct address_row *rows, *end;
	size_t max = 1, n = 0;

	for (const struct code *c = codes; c; c = c->next)
		for (const struct visits *v = c->visits; v; v = v->next)
			max += c->insns;
	rows = end = calloc(max, sizeof(*rows));
	if (!rows)
		abort();
	for (const struct code *c = codes; c; c = c->next)
		for (const struct visits *v = c->visits; v; v = v->next)
			end = put(end, c, v);
	qsort(rows, (size_t)(end - rows), sizeof(*rows), by_place);
	/* One instruction may be in several blocks. */
	for (struct address_row *r = rows; r < end; r++) {
		if (n && !by_place(&rows[n - 1], r))
			rows[n - 1].count += r->count;
		else
			rows[n++] = *r;
	}
	*nr = n;
	return rows;
}
