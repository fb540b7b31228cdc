// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/swap.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "kernel/swap.h"

#define DEVICE "/dev/zram0"
#define ZRAM "/sys/block/zram0/"
#define SWAPPINESS "/proc/sys/vm/swappiness"
#define SWAP_MIB 512
#define SMALL_MIB 1
#define FEW_PAGES 64 /* with fewer free, get_swappiness() counts none */

/* What mkswap(8) writes: version, last page, magic at the end of page 0. */
static int write_header(uint32_t pages)
{
	size_t size = mem_page_size();
	uint32_t info[3] = { 1, pages - 1, 0 };
	char *page;
	int fd, err = 0;

	page = calloc(1, size);
	if (!page)
		return -ENOMEM;
	memcpy(page + 1024, info, sizeof(info));
	memcpy(page + size - 10, "SWAPSPACE2", 10);
	fd = open(DEVICE, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, page, size) != (ssize_t)size)
		err = -errno;
	if (fd >= 0)
		close(fd);
	free(page);
	return err;
}

static int start(uint32_t mib)
{
	char size[32];
	int err;

	snprintf(size, sizeof(size), "%" PRIu32 "M", mib);
	err = file_write(ZRAM "disksize", size);
	if (!err)
		err = write_header((mib << 20) / (uint32_t)mem_page_size());
	if (!err && swapon(DEVICE, 0))
		err = -errno;
	return err;
}

int swap_start(void)
{
	return start(SWAP_MIB);
}

static int stop(void)
{
	if (swapoff(DEVICE))
		return -errno;
	return file_write(ZRAM "reset", "1");
}

/* PID 1 of our guests is mmbench itself. */
static bool in_guest(void)
{
	char first[256], self[256];
	ssize_t n = readlink("/proc/1/exe", first, sizeof(first));

	return n > 0 && n == readlink("/proc/self/exe", self, sizeof(self)) &&
	       !memcmp(first, self, (size_t)n);
}

static bool is_full(void)
{
	uint64_t kb = 0;
	char line[128];
	bool known = false;
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && !known && fgets(line, sizeof(line), f))
		known = sscanf(line, "SwapFree: %" SCNu64, &kb) == 1;
	if (f)
		fclose(f);
	return known && kb * 1024 / mem_page_size() < FEW_PAGES;
}

/* A child outside of our groups, whose memory is in swap and stays there. */
static int fill(void)
{
	struct mem_region r;
	char ok = 0;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		file_write(MEMCG_ROOT "/cgroup.procs", "0");
		ok = !mem_map(&r, "private",
			      2 * (SMALL_MIB << 20) / mem_page_size()) &&
		     !mem_fill(&r) &&
		     !madvise(r.addr, r.pages * mem_page_size(),
			      MADV_PAGEOUT) &&
		     is_full();
		if (write(ends[1], &ok, 1) != 1 || !ok)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], &ok, 1) != 1 || !ok)
		ok = 0;
	close(ends[0]);
	return ok ? 0 : -EIO;
}

int swap_set(const char *mode)
{
	int err = 0;

	if (!strcmp(mode, "on"))
		return 0;
	if (!in_guest())
		return -EPERM;
	if (!strcmp(mode, "max0"))
		return file_write(MEMCG_TOP "/memory.swap.max", "0");
	if (!strcmp(mode, "swappiness0"))
		return file_write(SWAPPINESS, "0");
	err = stop();
	if (!err && !strcmp(mode, "full")) {
		err = start(SMALL_MIB);
		if (!err)
			err = fill();
	}
	return err;
}

int swap_reset(const char *mode)
{
	int err = 0;

	if (!strcmp(mode, "on"))
		return 0;
	if (!strcmp(mode, "max0"))
		return file_write(MEMCG_TOP "/memory.swap.max", "max");
	if (!strcmp(mode, "swappiness0"))
		return file_write(SWAPPINESS, "60"); /* as every boot has it */
	if (!strcmp(mode, "full"))
		err = stop();
	return err ? err : swap_start();
}
