// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/global.h"
#include "kernel/mem.h"

#define NODE_DIR "/sys/devices/system/node/node%d"

static char hugepages[128], hugepages_before[32];

static void give_back(void)
{
	file_write(hugepages, hugepages_before);
}

/* "Name:   123 kB" of meminfo, in bytes; a node's lines begin with its own. */
static int meminfo(int node, const char *name, uint64_t *bytes)
{
	char path[64] = "/proc/meminfo", key[64], line[128];
	int err = -ENOENT;
	size_t len;
	FILE *f;

	snprintf(key, sizeof(key), "%s:", name);
	if (node != GLOBAL_ALL_NODES) {
		snprintf(path, sizeof(path), NODE_DIR "/meminfo", node);
		snprintf(key, sizeof(key), "Node %d %s:", node, name);
	}
	len = strlen(key);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (err && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) &&
		    sscanf(line + len, " %" SCNu64, bytes) == 1)
			err = 0;
	fclose(f);
	*bytes <<= 10;
	return err;
}

int global_free(int node, uint64_t *pages)
{
	int err = meminfo(node, "MemFree", pages);

	*pages /= mem_page_size();
	return err;
}

int global_leave_free(int node, uint64_t pages)
{
	uint64_t huge = 0, now, nr, got;
	char text[32];
	int err;

	err = meminfo(GLOBAL_ALL_NODES, "Hugepagesize", &huge);
	if (!err)
		err = global_free(node, &now);
	if (err)
		return err;
	if (node == GLOBAL_ALL_NODES)
		strcpy(hugepages, "/proc/sys/vm/nr_hugepages");
	else
		snprintf(hugepages, sizeof(hugepages),
			 NODE_DIR "/hugepages/hugepages-%" PRIu64
				  "kB/nr_hugepages",
			 node, huge >> 10);
	if (file_read(hugepages, hugepages_before, sizeof(hugepages_before)) <
	    0)
		return -ENOENT;
	if (now <= pages)
		return 0;
	nr = (now - pages) * mem_page_size() / huge;
	snprintf(text, sizeof(text), "%" PRIu64, nr);
	atexit(give_back);
	err = file_write(hugepages, text);
	if (!err)
		err = file_read_u64(hugepages, &got);
	if (err)
		return err;
	return got < nr - nr / 20 ? -ENOMEM : 0;
}

int global_low_watermark(int node, uint64_t *pages)
{
	int of = GLOBAL_ALL_NODES;
	char line[256];
	uint64_t low;
	FILE *f;

	f = fopen("/proc/zoneinfo", "re");
	if (!f)
		return -errno;
	*pages = 0;
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "Node %d,", &of);
		if ((node == GLOBAL_ALL_NODES || node == of) &&
		    sscanf(line, " low %" SCNu64, &low) == 1)
			*pages += low;
	}
	fclose(f);
	return *pages ? 0 : -ENOENT;
}

int global_kswapd_clock(int node, clockid_t *clock)
{
	char path[300], name[32], want[32];
	struct dirent *d;
	int err = -ENOENT;
	uint64_t pid;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return -errno;
	snprintf(want, sizeof(want), "kswapd%d\n", node);
	while (err && (d = readdir(dir))) {
		if (parse_u64(d->d_name, &pid))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		if (file_read(path, name, sizeof(name)) > 0 &&
		    !strcmp(name, want))
			err = -clock_getcpuclockid((pid_t)pid, clock);
	}
	closedir(dir);
	return err;
}

uint64_t global_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}
