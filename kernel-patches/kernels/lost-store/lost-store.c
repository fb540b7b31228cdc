// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are stores through a shared mapping of a block device still there after fsync()
 * and eviction?  Needs a device whose contents may be overwritten.
 *
 *	gcc -O2 -static -o lost-store lost-store.c && ./lost-store /dev/zram0
 *
 * As PID 1 of a guest it mounts what it needs and makes /dev/zram0 64 MiB first.
 * Exit: 0 all there, 1 some are lost, 2 it could not be tried.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES 1024
#define PAGE 4096UL

static int fail(const char *what)
{
	fprintf(stderr, "lost-store: %s: %s\n", what, strerror(errno));
	return 2;
}

/* A guest that has nothing yet. */
static void set_up(void)
{
	int fd;

	mkdir("/dev", 0755);
	mkdir("/sys", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	fd = open("/sys/block/zram0/disksize", O_WRONLY);
	if (fd < 0 || write(fd, "64M", 3) != 3)
		fail("/sys/block/zram0/disksize");
	close(fd);
}

static int look(const char *dev)
{
	size_t lost = 0;
	uint64_t word;
	char *map;
	int fd;

	fd = open(dev, O_RDWR);
	if (fd < 0)
		return fail(dev);
	map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (map == MAP_FAILED)
		return fail("mmap");
	for (size_t i = 0; i < PAGES; i++)
		*(volatile uint64_t *)(map + i * PAGE) = i + 1;
	if (munmap(map, PAGES * PAGE) || fsync(fd))
		return fail("munmap or fsync");
	if (posix_fadvise(fd, 0, PAGES * PAGE, POSIX_FADV_DONTNEED))
		return fail("fadvise");
	for (size_t i = 0; i < PAGES; i++) {
		if (pread(fd, &word, sizeof(word), (off_t)(i * PAGE)) !=
		    sizeof(word))
			return fail("pread");
		lost += word != i + 1;
	}
	close(fd);
	printf("lost-store: %zu of %d pages lost what was stored\n", lost,
	       PAGES);
	return lost ? 1 : 0;
}

int main(int argc, char **argv)
{
	int status;

	if (getpid() != 1)
		return argc == 2 ? look(argv[1]) : 2;
	set_up();
	status = look("/dev/zram0");
	fflush(NULL);
	sync();
	reboot(RB_AUTOBOOT);
	return status;
}
