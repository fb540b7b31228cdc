// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "global.h"
#include "mem.h"

#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"

static char hugepages_before[32];

static void give_back(void)
{
	file_write(NR_HUGEPAGES, hugepages_before);
}

/* "Name:   123 kB" of meminfo, in bytes. */
static int meminfo(const char *name, uint64_t *bytes)
{
	char line[128];
	size_t len = strlen(name);
	int err = -ENOENT;
	FILE *f;

	f = fopen("/proc/meminfo", "re");
	if (!f)
		return -errno;
	while (err && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ':' &&
		    sscanf(line + len + 1, " %" SCNu64, bytes) == 1)
			err = 0;
	fclose(f);
	*bytes <<= 10;
	return err;
}

int global_free(uint64_t *pages)
{
	int err = meminfo("MemFree", pages);

	*pages /= mem_page_size();
	return err;
}

int global_leave_free(uint64_t pages)
{
	uint64_t huge = 0, now, nr, got;
	char text[32];
	int err;

	err = meminfo("Hugepagesize", &huge);
	if (!err)
		err = global_free(&now);
	if (!err && file_read(NR_HUGEPAGES, hugepages_before,
			      sizeof(hugepages_before)) < 0)
		err = -ENOENT;
	if (err || now <= pages)
		return err;
	nr = (now - pages) * mem_page_size() / huge;
	snprintf(text, sizeof(text), "%" PRIu64, nr);
	atexit(give_back);
	err = file_write(NR_HUGEPAGES, text);
	if (!err)
		err = file_read_u64(NR_HUGEPAGES, &got);
	if (err)
		return err;
	return got < nr - nr / 20 ? -ENOMEM : 0;
}

int global_low_watermark(uint64_t *pages)
{
	char line[256];
	uint64_t low;
	FILE *f;

	f = fopen("/proc/zoneinfo", "re");
	if (!f)
		return -errno;
	*pages = 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " low %" SCNu64, &low) == 1)
			*pages += low;
	fclose(f);
	return *pages ? 0 : -ENOENT;
}

int global_kswapd_clock(clockid_t *clock)
{
	char path[300], name[32];
	struct dirent *d;
	int err = -ENOENT;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while (err && (d = readdir(dir))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		if (file_read(path, name, sizeof(name)) > 0 &&
		    !strcmp(name, "kswapd0\n"))
			err = -clock_getcpuclockid(atoi(d->d_name), clock);
	}
	closedir(dir);
	return err;
}
