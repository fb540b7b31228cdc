// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>

#include "shadow.h"

#define STACK_SHIFT 14 /* THREAD_SIZE; other stacks are smaller, and apart */
#define NR_STACKS 1024
#define MAX_DEPTH 512

struct frame {
	uint64_t sp;
	struct node *caller;
};

struct stack {
	uint64_t number; /* its address >> STACK_SHIFT */
	uint64_t generation; /* older than the present one: empty */
	unsigned int depth;
	struct frame frame[MAX_DEPTH];
};

static struct stack stacks[NR_STACKS];
static struct stack *recent;
static uint64_t generation = 1;

void shadow_clear(void)
{
	generation++;
	recent = NULL;
}

/* The stack that holds @sp, or a free one; NULL when there is none. */
static struct stack *find(uint64_t sp)
{
	uint64_t number = sp >> STACK_SHIFT;
	uint64_t h = number * 0x9e3779b97f4a7c15ULL >> 54;

	if (recent && recent->number == number)
		return recent;
	for (unsigned int i = 0; i < NR_STACKS; i++) {
		struct stack *s = &stacks[(h + i) % NR_STACKS];

		if (s->generation == generation && s->number != number)
			continue;
		if (s->generation != generation) {
			s->generation = generation;
			s->number = number;
			s->depth = 0;
		}
		return s;
	}
	return NULL;
}

/* What lies below the stack pointer is dead. */
static void drop_below(struct stack *s, uint64_t sp)
{
	while (s->depth && s->frame[s->depth - 1].sp < sp)
		s->depth--;
}

int shadow_push(uint64_t sp, struct node *caller)
{
	struct stack *s = find(sp);

	recent = s;
	if (!s)
		return -ENOSPC;
	drop_below(s, sp + 1);
	if (s->depth == MAX_DEPTH)
		return -ENOSPC;
	s->frame[s->depth++] = (struct frame){ sp, caller };
	return 0;
}

struct node *shadow_pop(uint64_t sp, bool *stranger)
{
	struct stack *s = find(sp);

	recent = s;
	*stranger = false;
	if (!s)
		return NULL;
	drop_below(s, sp);
	*stranger = !s->depth;
	if (!s->depth || s->frame[s->depth - 1].sp != sp)
		return NULL;
	return s->frame[--s->depth].caller;
}
