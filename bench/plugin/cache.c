// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "cache.h"
#include "track.h"

#define PAGE_SHIFT 12

struct cache {
	const char *name;
	enum counter counter;
	uint64_t size, ways, line; /* bytes; of the TLB: entries, ways, 1 */
	uint64_t sets;
	unsigned int shift; /* log2 of the line */
	uint64_t *tags; /* most recently used first; line number + 1, or 0 */
};

static struct cache caches[NR_LEVELS] = {
	[LEVEL_L1D] = { "l1d", C_L1D, 32 << 10, 8, 64, 0, 0, NULL },
	[LEVEL_L2] = { "l2", C_L2, 1 << 20, 16, 64, 0, 0, NULL },
	[LEVEL_LLC] = { "llc", C_LLC, 16 << 20, 16, 64, 0, 0, NULL },
	[LEVEL_DTLB] = { "dtlb", C_DTLB, 64, 4, 1, 0, 0, NULL },
};

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* One number, with k or m behind it; moves @text behind it and a colon. */
static bool number(const char **text, uint64_t *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*value = strtoull(*text, &end, 10);
	if (*value > 1u << 30)
		return false;
	if (*end == 'k' || *end == 'm')
		*value <<= *end++ == 'k' ? 10 : 20;
	if (*end && *end != ':')
		return false;
	*text = *end ? end + 1 : end;
	return true;
}

/* What is wrong with @c; NULL: nothing. */
static const char *unsound(const struct cache *c)
{
	if (!c->ways || c->ways > 64)
		return "ways are 1 to 64";
	if (!power_of_two(c->line) || c->line > 4096)
		return "a line is a power of two, 4096 bytes at most";
	if (c->size > 1u << 30)
		return "1 GiB is the most";
	if (c->size % (c->ways * c->line) ||
	    !power_of_two(c->size / (c->ways * c->line)))
		return "size / (ways * line), the sets, is a power of two";
	return NULL;
}

static int parse(struct cache *c, const char *p)
{
	if (!number(&p, &c->size) || !number(&p, &c->ways))
		return -EINVAL;
	if (c != &caches[LEVEL_DTLB] && !number(&p, &c->line))
		return -EINVAL;
	return *p ? -EINVAL : 0;
}

int cache_option(const char *option, char *why, size_t size)
{
	for (struct cache *c = caches; c < caches + NR_LEVELS; c++) {
		size_t len = strlen(c->name);
		const char *wrong;

		if (strncmp(option, c->name, len) || option[len] != '=')
			continue;
		wrong = parse(c, option + len + 1)
				? c == &caches[LEVEL_DTLB]
					  ? "not ENTRIES:WAYS"
					  : "not SIZE:WAYS:LINE"
				: unsound(c);
		if (wrong)
			snprintf(why, size, "%s", wrong);
		return wrong ? -EINVAL : 0;
	}
	return -ENOENT;
}

int cache_init(void)
{
	for (struct cache *c = caches; c < caches + NR_LEVELS; c++) {
		c->sets = c->size / (c->ways * c->line);
		while (1ULL << c->shift < c->line)
			c->shift++;
		c->tags = calloc(c->sets * c->ways, sizeof(*c->tags));
		if (!c->tags)
			return -ENOMEM;
	}
	return 0;
}

/* Look @addr up and make it the most recent; true when it was there. */
static bool hit(struct cache *c, uint64_t addr)
{
	uint64_t tag = (addr >> c->shift) + 1;
	uint64_t *set = c->tags + ((tag - 1) & (c->sets - 1)) * c->ways;
	uint64_t i;

	if (set[0] == tag)
		return true;
	for (i = 1; i < c->ways - 1 && set[i] != tag; i++)
		;
	if (c->ways == 1)
		i = 0;
	bool found = set[i] == tag;

	memmove(set + 1, set, i * sizeof(*set));
	set[0] = tag;
	return found;
}

static void miss(const struct cache *c)
{
	track_count(c->counter);
}

void cache_access(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	struct qemu_plugin_hwaddr *where;
	uint64_t addr;

	(void)cpu;
	(void)data;
	if (!hit(&caches[LEVEL_DTLB], vaddr >> PAGE_SHIFT))
		miss(&caches[LEVEL_DTLB]);
	where = qemu_plugin_get_hwaddr(info, vaddr);
	if (!where || qemu_plugin_hwaddr_is_io(where))
		return;
	addr = qemu_plugin_hwaddr_phys_addr(where);
	for (struct cache *c = caches; c <= &caches[LEVEL_LLC]; c++) {
		if (hit(c, addr))
			return;
		miss(c);
	}
}

void cache_flush_tlb(unsigned int cpu, void *data)
{
	struct cache *c = &caches[LEVEL_DTLB];

	(void)cpu;
	(void)data;
	memset(c->tags, 0, c->sets * c->ways * sizeof(*c->tags));
}

void cache_describe(FILE *out)
{
	for (const struct cache *c = caches; c < caches + NR_LEVELS; c++)
		fprintf(out, "%s%s=%llu:%llu:%llu", c == caches ? "" : " ",
			c->name, (unsigned long long)c->size,
			(unsigned long long)c->ways,
			(unsigned long long)c->line);
}
