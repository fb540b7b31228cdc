// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "kernel/array.h"
#include "kernel/file.h"
#include "kernel/memcg.h"
#include "kernel/vmstat.h"

#define MAX_COUNTERS 512

struct counter {
	char name[64];
	int64_t value;
};

struct vmstat_snapshot {
	size_t nr;
	struct counter counter[MAX_COUNTERS];
};

/* "name value" lines of @path as "@prefix.name". */
static void take_file(struct vmstat_snapshot *s, const char *prefix,
		      const char *path)
{
	char line[256], name[48];
	int64_t value;
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return;
	while (s->nr < MAX_COUNTERS && fgets(line, sizeof(line), f)) {
		struct counter *c = &s->counter[s->nr];

		if (sscanf(line, "%47s %" SCNd64, name, &value) != 2)
			continue;
		snprintf(c->name, sizeof(c->name), "%s.%s", prefix, name);
		c->value = value;
		s->nr++;
	}
	fclose(f);
}

struct vmstat_snapshot *vmstat_take(const char *memcg)
{
	struct vmstat_snapshot *s = calloc(1, sizeof(*s));
	uint64_t current;
	char path[256];

	if (!s)
		return NULL;
	if (memcg && !memcg_current(memcg, &current)) {
		s->counter[0].value = (int64_t)current;
		strcpy(s->counter[0].name, "memcg_current");
		s->nr = 1;
		memcg_path(path, sizeof(path), memcg, "memory.stat");
		take_file(s, "memcg", path);
	}
	take_file(s, "vmstat", "/proc/vmstat");
	return s;
}

static const struct counter *find(const struct vmstat_snapshot *s,
				  const char *name)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!strcmp(s->counter[i].name, name))
			return &s->counter[i];
	return NULL;
}

bool vmstat_has(const struct vmstat_snapshot *s, const char *name)
{
	return find(s, name);
}

int64_t vmstat_delta(const struct vmstat_snapshot *before,
		     const struct vmstat_snapshot *after, const char *name)
{
	const struct counter *b = find(before, name), *a = find(after, name);

	return a && b ? a->value - b->value : 0;
}

int64_t vmstat_allocstall(const struct vmstat_snapshot *before,
			  const struct vmstat_snapshot *after)
{
	static const char *const zones[] = { "dma", "dma32", "normal",
					     "movable" };
	char name[64];
	int64_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		snprintf(name, sizeof(name), "vmstat.allocstall_%s", zones[i]);
		sum += vmstat_delta(before, after, name);
	}
	return sum;
}

void vmstat_refresh(void)
{
	file_write("/proc/sys/vm/stat_refresh", "1");
}

void vmstat_write(FILE *out, const struct vmstat_snapshot *before,
		  const struct vmstat_snapshot *after)
{
	fprintf(out, "# %s\ncounter\tbefore\tafter\tdelta\n",
		MMVS_COUNTERS_MAGIC);
	for (size_t i = 0; i < before->nr; i++) {
		const struct counter *b = &before->counter[i];
		const struct counter *a = find(after, b->name);

		if (a)
			fprintf(out,
				"%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
				b->name, b->value, a->value,
				a->value - b->value);
	}
}

void vmstat_free(struct vmstat_snapshot *s)
{
	free(s);
}
