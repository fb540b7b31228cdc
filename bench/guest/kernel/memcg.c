// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/memcg.h"

bool memcg_usable(void)
{
	char controllers[256];

	if (file_read(MEMCG_ROOT "/cgroup.controllers", controllers,
		      sizeof(controllers)) < 0)
		return false;
	return strstr(controllers, "memory") && !access(MEMCG_ROOT, W_OK);
}

void memcg_path(char *buf, size_t size, const char *name, const char *file)
{
	snprintf(buf, size, MEMCG_TOP "/%s/%s", name, file);
}

static int make_dir(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

int memcg_create(const char *name)
{
	char path[256];
	int err;

	err = file_write(MEMCG_ROOT "/cgroup.subtree_control", "+memory");
	if (!err)
		err = make_dir(MEMCG_TOP);
	if (!err)
		err = file_write(MEMCG_TOP "/cgroup.subtree_control",
				 "+memory");
	if (err)
		return err;
	snprintf(path, sizeof(path), MEMCG_TOP "/%s", name);
	return make_dir(path);
}

int memcg_enter(const char *name)
{
	char path[256];

	memcg_path(path, sizeof(path), name, "cgroup.procs");
	return file_write(path, "0");
}

int memcg_current(const char *name, uint64_t *bytes)
{
	char path[256];

	memcg_path(path, sizeof(path), name, "memory.current");
	return file_read_u64(path, bytes);
}

/* One "counter value" line of @file. */
static int read_line(const char *name, const char *file, const char *counter,
		     uint64_t *value)
{
	char path[256], buf[8192], *line, *save;
	size_t len = strlen(counter);
	int n;

	memcg_path(path, sizeof(path), name, file);
	n = file_read(path, buf, sizeof(buf));
	if (n < 0)
		return n;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, counter, len) && line[len] == ' ')
			return parse_u64(line + len + 1, value);
	return -ENOENT;
}

int memcg_stat(const char *name, const char *counter, uint64_t *value)
{
	return read_line(name, "memory.stat", counter, value);
}

int memcg_event(const char *name, const char *event, uint64_t *count)
{
	return read_line(name, "memory.events", event, count);
}

int memcg_limit(const char *name, const char *file, uint64_t bytes)
{
	char path[256], limit[32] = "max";

	memcg_path(path, sizeof(path), name, file);
	if (bytes != UINT64_MAX)
		snprintf(limit, sizeof(limit), "%" PRIu64, bytes);
	return file_write(path, limit);
}

int memcg_stall_us(const char *name, uint64_t *us)
{
	char path[256], buf[512], *total;
	int n;

	memcg_path(path, sizeof(path), name, "memory.pressure");
	n = file_read(path, buf, sizeof(buf));
	if (n < 0)
		return n;
	buf[strcspn(buf, "\n")] = '\0'; /* the first line is "some" */
	total = strstr(buf, "total=");
	return total ? parse_u64(total + strlen("total="), us) : -ENOENT;
}

int memcg_reclaim(const char *name, uint64_t bytes)
{
	char path[256], request[32];

	memcg_path(path, sizeof(path), name, "memory.reclaim");
	snprintf(request, sizeof(request), "%" PRIu64, bytes);
	return file_write(path, request);
}
