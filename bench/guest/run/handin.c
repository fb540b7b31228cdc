// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU hands in after the boot: a file of the host as the memory of an
 * ivshmem device, mapped through sysfs.  That the boot is over is told by a
 * store to pvpanic's register: with "-action panic=pause" the machine stops
 * right behind that instruction, with "none" nothing happens.  Neither needs a
 * driver, an interrupt or a thread of the host.
 * Source: docs/specs/{ivshmem-spec.txt,pvpanic.txt} of QEMU.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#include "kernel/file.h"
#include "run/handin.h"

#define PCI_DEVICES "/sys/bus/pci/devices"
#define PVPANIC "0x1b36:0x0011"
#define PVPANIC_BAR 0
#define PVPANIC_PANICKED 1
#define IVSHMEM "0x1af4:0x1110"
#define IVSHMEM_BAR 2
#define TICK 10000000ULL /* instructions, CONFIG_HZ=100 */
#define MOST 20000ULL /* instructions that are waited for one by one */

/* Does the PCI device @name carry the ids "VENDOR:DEVICE"? */
static int is_device(const char *name, const char *ids)
{
	char path[512], vendor[16] = "", device[16] = "", found[64];

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/vendor", name);
	if (file_read(path, vendor, sizeof(vendor)) < 0)
		return 0;
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/device", name);
	if (file_read(path, device, sizeof(device)) < 0)
		return 0;
	snprintf(found, sizeof(found), "%.*s:%.*s", (int)strcspn(vendor, "\n"),
		 vendor, (int)strcspn(device, "\n"), device);
	return !strcmp(found, ids);
}

/* A page of the device's BAR @bar in *@page; 0 or -errno. */
static int map_bar(const char *ids, int bar, volatile char **page)
{
	char path[512];
	struct dirent *d;
	int err = -ENODEV, fd;
	void *p;
	DIR *dir;

	dir = opendir(PCI_DEVICES);
	if (!dir)
		return -errno;
	while (err && (d = readdir(dir)))
		if (is_device(d->d_name, ids)) {
			snprintf(path, sizeof(path),
				 PCI_DEVICES "/%s/resource%d", d->d_name, bar);
			err = 0;
		}
	closedir(dir);
	if (err)
		return err;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	p = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 0);
	err = p == MAP_FAILED ? -errno : 0;
	close(fd);
	*page = p;
	return err;
}

/* @turns instructions, and two or three more. */
static void spin(uint64_t turns)
{
	asm volatile("1: loop 1b" : "+c"(turns));
}

/*
 * Some 6400 instructions, in blocks of 64, for what costs TCG is the block: 15 million
 * turns of one instruction were a tenth of a cell.
 */
static void spin_along(void)
{
	unsigned int blocks = 100;

	asm volatile("1: .rept 62\n\tnop\n\t.endr\n\tdec %0\n\tjnz 1b"
		     : "+r"(blocks)
		     :
		     : "cc");
}

/*
 * A machine that stops counts as idle, if its main loop is quick to look, and
 * then icount's clock leaps to the next timer, a tick at the latest.  That tick
 * is dealt with at the same time either way.  Wait past it, to an instruction
 * that is the same whether there was a leap or not: what comes after is the
 * same for a machine that was saved and one that went on.
 */
static int wait_for_tick(uint64_t before)
{
	uint64_t until = (before / TICK + 2) * TICK, now;

	while ((now = __rdtsc()) + MOST < until)
		spin_along();
	if (now >= until)
		return -ETIME;
	spin(until - now);
	return 0;
}

int handin_spec(char *spec, size_t size, bool counted)
{
	volatile char *panic, *memory;
	uint64_t before;
	size_t n = 0;
	int err;

	err = map_bar(PVPANIC, PVPANIC_BAR, &panic);
	if (!err)
		err = map_bar(IVSHMEM, IVSHMEM_BAR, &memory);
	if (err)
		return err;
	before = __rdtsc();
	*panic = PVPANIC_PANICKED;
	if (counted && (err = wait_for_tick(before)))
		return err;
	while (n < size && (spec[n] = memory[n]))
		n++;
	munmap((void *)panic, getpagesize());
	munmap((void *)memory, getpagesize());
	return n < size ? 0 : -E2BIG;
}
