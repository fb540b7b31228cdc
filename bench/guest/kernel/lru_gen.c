// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/lru_gen.h"

#define ENABLED "/sys/kernel/mm/lru_gen/enabled"

static char enabled_before[32];

static void restore(void)
{
	file_write(ENABLED, enabled_before);
}

int lru_select(const char *lru)
{
	bool mglru = !strcmp(lru, "mglru");
	char now[32];
	int n, err;

	n = file_read(ENABLED, now, sizeof(now));
	if (n < 0)
		return n == -ENOENT && !mglru ? 0 : n;
	if ((strtoul(now, NULL, 16) != 0) == mglru)
		return 0;
	if (!*enabled_before) {
		strcpy(enabled_before, now);
		atexit(restore);
	}
	err = file_write(ENABLED, mglru ? "y" : "n");
	if (!err)
		err = file_read(ENABLED, now, sizeof(now));
	if (err < 0)
		return err;
	return (strtoul(now, NULL, 16) != 0) == mglru ? 0 : -EIO;
}

int lru_gen_enabled(void)
{
	char buf[32];
	int n;

	n = file_read(ENABLED, buf, sizeof(buf));
	if (n < 0)
		return n;
	/* Bit 0: the core; bit 1: batch clearing during the walk. */
	return (strtoul(buf, NULL, 16) & 1) && (strtoul(buf, NULL, 16) & 2);
}

/* Where a line of the file stands: its memcg, node and generation. */
struct cursor {
	char path[256];
	unsigned int memcg_id;
	int node;
	uint64_t seq, anon, file;
};

/* Take in one line; true when it opens a generation. */
static bool advance(struct cursor *c, const char *line)
{
	uint64_t age;
	char after;

	if (sscanf(line, "memcg %u %255s", &c->memcg_id, c->path) == 2 ||
	    sscanf(line, " node %d", &c->node) == 1)
		return false;
	/* Of the full file's other lines, the second number has a letter. */
	if (sscanf(line, " %*u %" SCNu64 "%c", &age, &after) != 2 ||
	    after != ' ')
		return false;
	return sscanf(line, " %" SCNu64 " %*u %" SCNu64 "%*c %" SCNu64, &c->seq,
		      &c->anon, &c->file) == 3;
}

int lru_gen_read(const char *cgroup, int node, struct lru_gen_state *s)
{
	struct cursor c = { .node = -1 };
	char line[512];
	bool found = false;
	FILE *f;

	f = fopen(LRU_GEN_DEBUG, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (!advance(&c, line) || strcmp(c.path, cgroup) ||
		    c.node != node)
			continue;
		/* Oldest first: the last one is the youngest. */
		if (!found)
			s->min_seq = c.seq;
		s->memcg_id = c.memcg_id;
		s->max_seq = c.seq;
		s->youngest_anon = c.anon;
		s->youngest_file = c.file;
		found = true;
	}
	fclose(f);
	return found ? 0 : -ENOENT;
}

int lru_gen_age(const struct lru_gen_state *s, int node, bool all)
{
	char command[96];

	/* + memcg node generation can_swap force_scan */
	snprintf(command, sizeof(command), "+ %u %d %" PRIu64 " 1 %d",
		 s->memcg_id, node, s->max_seq, all);
	return file_write(LRU_GEN_DEBUG, command);
}

int lru_gen_evict(const struct lru_gen_state *s, int node, uint64_t seq,
		  uint64_t pages)
{
	char command[96];

	/* - memcg node generation swappiness pages */
	snprintf(command, sizeof(command), "- %u %d %" PRIu64 " 100 %" PRIu64,
		 s->memcg_id, node, seq, pages);
	return file_write(LRU_GEN_DEBUG, command);
}

int lru_gen_walk(const char *cgroup, int node, uint64_t seq,
		 struct lru_gen_walk *w)
{
	struct cursor c = { .node = -1 };
	char line[512];
	bool inside = false;
	int err = -ENOENT;
	FILE *f;

	f = fopen(LRU_GEN_DEBUG "_full", "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		uint64_t total, young, tables, dense;
		char t, y, f, a;

		if (advance(&c, line))
			inside = !strcmp(c.path, cgroup) && c.node == node &&
				 c.seq == seq;
		if (!inside ||
		    sscanf(line,
			   " %" SCNu64 "%c %" SCNu64 "%c %" SCNu64 "%c %" SCNu64
			   "%c",
			   &total, &t, &young, &y, &tables, &f, &dense,
			   &a) != 8 ||
		    t != 't' || y != 'y' || f != 'f' || a != 'a')
			continue;
		*w = (struct lru_gen_walk){ total, young, tables, dense };
		err = 0;
	}
	fclose(f);
	return err;
}
