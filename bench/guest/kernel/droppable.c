// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/array.h"
#include "kernel/droppable.h"
#include "kernel/mem.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
/* Of the stacks prot-bit, madvise-only and three-flags. */
#define PROT_DROPPABLE 0x100
#define MADV_DROPPABLE 28
#define MAP_WIPEONFORK 0x400000
#define MAP_DONTDUMP 0x800000

static const struct droppable_way ways[] = {
	{ .name = "flag",
	  .what = "MAP_DROPPABLE",
	  .flags = MAP_DROPPABLE,
	  .droppable = true },
	{ .name = "madvise",
	  .what = "MADV_WIPEONFORK",
	  .flags = MAP_PRIVATE,
	  .advice = { MADV_WIPEONFORK, MADV_DONTDUMP } },
	{ .name = "prot",
	  .what = "PROT_DROPPABLE",
	  .prot = PROT_DROPPABLE,
	  .flags = MAP_PRIVATE,
	  .droppable = true },
	{ .name = "madvise-droppable",
	  .what = "MADV_DROPPABLE",
	  .flags = MAP_PRIVATE,
	  .advice = { MADV_DROPPABLE },
	  .droppable = true },
	{ .name = "flags",
	  .what = "MAP_WIPEONFORK",
	  .flags = MAP_DROPPABLE | MAP_WIPEONFORK | MAP_DONTDUMP,
	  .droppable = true },
};

const struct droppable_way *droppable_way(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	return NULL;
}

void *droppable_map(const struct droppable_way *way, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE | way->prot,
		       MAP_ANONYMOUS | way->flags, -1, 0);

	if (p == MAP_FAILED)
		return p;
	for (const int *advice = way->advice; *advice; advice++) {
		int err = madvise(p, size, *advice) ? errno : 0;

		if (!err)
			continue;
		munmap(p, size);
		errno = err;
		return MAP_FAILED;
	}
	return p;
}

/* MAP_DROPPABLE of a kernel that has it would hide that the other two are not known. */
static bool knows_flags(const struct droppable_way *way)
{
	struct droppable_way alone = *way;
	bool found = false;
	void *p;

	alone.flags = MAP_PRIVATE | MAP_WIPEONFORK;
	p = droppable_map(&alone, mem_page_size());
	if (p == MAP_FAILED)
		return false;
	mem_vm_flag(p, "wf", &found);
	munmap(p, mem_page_size());
	return found;
}

int droppable_probe(const struct droppable_way *way, bool *silent)
{
	void *p = droppable_map(way, mem_page_size());
	bool found;
	int err;

	*silent = false;
	if (p == MAP_FAILED)
		return errno == EINVAL ? -EOPNOTSUPP : -errno;
	err = mem_vm_flag(p, way->droppable ? "dp" : "wf", &found);
	munmap(p, mem_page_size());
	if (err)
		return err;
	if (found && way->flags & MAP_WIPEONFORK)
		found = knows_flags(way);
	*silent = !found;
	return found ? 0 : -EOPNOTSUPP;
}
