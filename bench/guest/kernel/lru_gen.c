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
	uint64_t memcg_id;
	int node;
	uint64_t seq, anon, file;
};

/* Take in one line; true when it opens a generation. */
static bool advance(struct cursor *c, const char *line)
{
	uint64_t age;
	char after;

	if (sscanf(line, "memcg %" SCNu64 " %255s", &c->memcg_id, c->path) ==
		    2 ||
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
	snprintf(command, sizeof(command), "+ %" PRIu64 " %d %" PRIu64 " 1 %d",
		 s->memcg_id, node, s->max_seq, all);
	return file_write(LRU_GEN_DEBUG, command);
}

/* Without the last two: as get_swappiness() says, and all of it. */
int lru_gen_age_by_itself(const struct lru_gen_state *s, int node)
{
	char command[96];

	snprintf(command, sizeof(command), "+ %" PRIu64 " %d %" PRIu64,
		 s->memcg_id, node, s->max_seq);
	return file_write(LRU_GEN_DEBUG, command);
}

int lru_gen_evict(const struct lru_gen_state *s, int node, uint64_t seq,
		  uint64_t pages)
{
	char command[96];

	/* - memcg node generation swappiness pages */
	snprintf(command, sizeof(command),
		 "- %" PRIu64 " %d %" PRIu64 " 100 %" PRIu64, s->memcg_id, node,
		 seq, pages);
	return file_write(LRU_GEN_DEBUG, command);
}

/*
 * A line of the walk's statistics, numbers with a letter behind each: "tyfa", and
 * up to 6.6 "loynfa", where the total is an l and two more are counted.  Capitals
 * are of a walk that goes on.
 */
static bool walk_line(const char *line, struct lru_gen_walk *w)
{
	char letters[8] = "", letter;
	uint64_t n;
	int used, i = 0;

	for (;
	     sscanf(line, " %" SCNu64 "%c%n", &n, &letter, &used) == 2 && i < 7;
	     line += used) {
		letters[i++] = letter;
		if (letter == 't' || letter == 'l')
			w->leaf_total = n;
		else if (letter == 'y')
			w->leaf_young = n;
		else if (letter == 'f')
			w->tables = n;
		else if (letter == 'a')
			w->dense = n;
		else if (letter == 'n')
			w->tables_met = n;
	}
	return !strcmp(letters, "tyfa") || !strcmp(letters, "loynfa");
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
		struct lru_gen_walk found = { 0 };

		if (advance(&c, line))
			inside = !strcmp(c.path, cgroup) && c.node == node &&
				 c.seq == seq;
		if (!inside || !walk_line(line, &found))
			continue;
		*w = found;
		err = 0;
	}
	fclose(f);
	return err;
}
