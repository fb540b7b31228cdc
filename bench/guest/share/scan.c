// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "share/scan.h"

#define OVERCOMMIT "/proc/sys/vm/overcommit_memory"

/* One process' part of the shape. */
struct part {
	struct mem_region r;
	size_t pages, stride, per_vma;
};

int scan_setup(struct bench_ctx *ctx)
{
	struct mem_region probe;
	int err;

	err = lru_gen_enabled();
	if (err < 0)
		return bench_skip(ctx, "this kernel has no MGLRU");
	if (!err)
		return bench_skip(
			ctx,
			"MGLRU is off, or its page table walk (see /sys/kernel/mm/lru_gen/enabled)");
	if (access(LRU_GEN_DEBUG, W_OK))
		return bench_skip(ctx,
				  "%s is not writable: mount debugfs, be root",
				  LRU_GEN_DEBUG);
	err = mem_map(&probe, bench_opt(ctx, "map"), 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (!err)
		mem_unmap(&probe);
	return err;
}

/* A page apart, so that no two VMAs merge. */
static size_t span_of(const struct part *p)
{
	return p->pages * p->stride + p->pages / p->per_vma;
}

static unsigned char *page_of(const struct part *p, size_t i)
{
	size_t page = i * p->stride + i / p->per_vma;

	return p->r.addr + page * mem_page_size();
}

static int map_part(struct part *p, const char *map)
{
	size_t size = mem_page_size();
	int err;

	err = mem_map(&p->r, map, span_of(p));
	for (size_t i = p->per_vma; i < p->pages && !err; i += p->per_vma)
		if (munmap(page_of(p, i) - size, size))
			err = -errno;
	return err;
}

static void touch(const struct part *p, size_t wanted)
{
	for (size_t i = 0; i < wanted; i++)
		*(volatile uint64_t *)page_of(p, i * p->pages / wanted) = i + 1;
}

static uint32_t present(const struct part *p)
{
	struct mem_where w;

	return mem_where(&p->r, &w) ? 0 : (uint32_t)w.present;
}

#define COUNT 255 /* instead of a percentage */

/* What MADV_FREE has had; it looks at a mapping as a whole, without holes. */
static int settle(const struct part *p)
{
	if (strcmp(p->r.kind, "private-redirtied"))
		return 0;
	return p->stride > 1 || p->per_vma != p->pages ? -EINVAL
						       : mem_settle(&p->r);
}

/* The child: a byte says how much to touch; the answer is what is present. */
static void own(struct part *p, const struct scan_group *g, const char *map,
		int in, int out)
{
	unsigned char pct = 100;
	uint32_t answer = 0;
	bool settled = false;

	if (memcg_enter(g->name) || map_part(p, map))
		_exit(1);
	do {
		if (pct == COUNT)
			answer = present(p);
		else
			touch(p, p->pages * pct / 100);
		if (!settled && settle(p))
			_exit(1);
		settled = true;
	} while (write(out, &answer, sizeof(answer)) == sizeof(answer) &&
		 read(in, &pct, 1) == 1);
	_exit(0);
}

static int wait_owner(const struct scan_owner *o, uint32_t *answer)
{
	return read(o->from, answer, sizeof(*answer)) == sizeof(*answer)
		       ? 0
		       : -ECHILD;
}

static int start_owner(struct scan_group *g, struct part *p, const char *map)
{
	struct scan_owner *o = &g->owner[g->nr];
	int to[2], from[2];
	uint32_t answer;

	if (pipe(to) || pipe(from))
		return -errno;
	o->pid = fork();
	if (o->pid < 0)
		return -errno;
	if (!o->pid) {
		close(to[1]);
		close(from[0]);
		own(p, g, map, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	o->to = to[1];
	o->from = from[0];
	g->nr++;
	return wait_owner(o, &answer);
}

/* Ranges that are larger than memory are asked for: no heuristic. */
static int overcommit(const char *mode, char *before, size_t size)
{
	int n = before ? file_read(OVERCOMMIT, before, size) : 0;

	return n < 0 ? n : file_write(OVERCOMMIT, mode);
}

int scan_start(struct scan_group *g, const char *map,
	       const struct scan_shape *shape)
{
	static unsigned int nr_groups;
	struct part p = {
		.pages = shape->pages / shape->owners,
		.stride = shape->stride,
		.per_vma = shape->pages / shape->owners / shape->vmas,
	};
	char before[16];
	int err;

	*g = (struct scan_group){ .pages = shape->pages };
	snprintf(g->name, sizeof(g->name), "scan-%u", nr_groups++);
	snprintf(g->path, sizeof(g->path), "/mmvs/%s", g->name);
	if (!p.per_vma || p.pages % p.per_vma ||
	    shape->owners > SCAN_MAX_OWNERS)
		return -EINVAL;
	err = memcg_create(g->name);
	if (!err)
		err = overcommit("1", before, sizeof(before));
	if (err)
		return err;
	while (!err && g->nr < shape->owners)
		err = start_owner(g, &p, map);
	overcommit(before, NULL, 0);
	return err;
}

void scan_stop(struct scan_group *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		close(g->owner[i].to);
		close(g->owner[i].from);
		kill(g->owner[i].pid, SIGKILL);
		waitpid(g->owner[i].pid, NULL, 0);
	}
	g->nr = 0;
}

static int tell(struct scan_group *g, unsigned char what, uint64_t *sum)
{
	uint32_t answer;
	int err = 0;

	*sum = 0;
	for (size_t i = 0; i < g->nr && !err; i++) {
		if (write(g->owner[i].to, &what, 1) != 1)
			return -EPIPE;
		err = wait_owner(&g->owner[i], &answer);
		*sum += answer;
	}
	return err;
}

int scan_touch(struct scan_group *g, unsigned int pct)
{
	uint64_t none;

	return tell(g, (unsigned char)pct, &none);
}

int scan_present(struct scan_group *g, uint64_t *pages)
{
	return tell(g, COUNT, pages);
}

int scan_state(const struct scan_group *g, struct lru_gen_state *s)
{
	return lru_gen_read(g->path, SCAN_NODE, s);
}

int scan_age(const struct scan_group *g, bool all)
{
	struct lru_gen_state s;
	int err;

	err = scan_state(g, &s);
	return err ? err : lru_gen_age(&s, SCAN_NODE, all);
}

int scan_saw(struct bench_ctx *ctx, const struct scan_group *g,
	     const struct lru_gen_walk *w, uint64_t pages, uint64_t young)
{
	/* Stack, data and what fork copied, of each process. */
	uint64_t own = 32 * g->nr;

	if (w->leaf_total >= pages && w->leaf_young + own >= young &&
	    w->leaf_young <= young + own)
		return 0;
	if (!w->leaf_total && w->tables_met)
		return bench_skip(
			ctx,
			"this kernel's walk passes over tables that are not young, even when told to look at all (walk_pmd_range())");
	return bench_fail(
		ctx, -EIO,
		"premise: of %llu pages, %llu young, the walk saw %llu, young %llu",
		(unsigned long long)pages, (unsigned long long)young,
		(unsigned long long)w->leaf_total,
		(unsigned long long)w->leaf_young);
}
