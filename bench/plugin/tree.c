// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "symbols.h"
#include "tree.h"

#define CHUNK (1u << 20)

static struct region *regions, **last_region = &regions;

void *tree_alloc(size_t size)
{
	static char *chunk;
	static size_t left;
	void *p;

	size = (size + 15) & ~(size_t)15;
	if (left < size) {
		chunk = calloc(1, CHUNK);
		if (!chunk || size > CHUNK) {
			fprintf(stderr, "mmcount: no memory\n");
			abort();
		}
		left = CHUNK;
	}
	p = chunk;
	chunk += size;
	left -= size;
	return p;
}

struct region *tree_region(uint32_t id)
{
	struct region *r;

	for (r = regions; r; r = r->next)
		if (r->id == id)
			return r;
	r = tree_alloc(sizeof(*r));
	r->id = id;
	r->min_insn = UINT64_MAX;
	r->user = tree_child(&r->root, FUNC_USER, false, false);
	*last_region = r;
	last_region = &r->next;
	return r;
}

struct region *tree_regions(void)
{
	return regions;
}

struct node *tree_child(struct node *parent, uint32_t func, bool entry,
			bool irq)
{
	struct node **link = &parent->children, *n;

	/* Few children, the last one used in front. */
	for (; (n = *link); link = &n->sibling)
		if (n->func == func && n->entry == entry && n->irq == irq)
			break;
	if (n && link == &parent->children)
		return n;
	if (n) {
		*link = n->sibling;
	} else {
		n = tree_alloc(sizeof(*n));
		n->parent = parent;
		n->func = func;
		n->entry = entry;
		n->irq = irq;
	}
	n->sibling = parent->children;
	parent->children = n;
	return n;
}
