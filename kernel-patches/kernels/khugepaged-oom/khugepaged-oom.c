// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does khugepaged have a task killed that asks for nothing? A task that sleeps
 * fills its memcg to memory.max, without swap, then its memory may be collapsed to
 * folios of 16 kB: order 2, for which the OOM killer is called. The pages are there.
 *
 * Needs root, cgroup v2, and a kernel that collapses to sizes below a PMD's (7.3).
 * PID 1 of a guest does as well: it powers off at the end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define SIZE (48UL << 20)
#define PAGE 4096L

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

static long current_bytes(void)
{
	char text[32] = "";
	int fd = open("/cg/sleeper/memory.current", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		perror("memory.current");
	if (fd >= 0)
		close(fd);
	return atol(text);
}

static void limit(long bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", bytes);
	put("/cg/sleeper/memory.max", text);
}

static void sleeper(int filled, int go)
{
	char c = 'x', *p;
	size_t i;

	put("/cg/sleeper/cgroup.procs", "0");
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || madvise(p, SIZE, MADV_NOHUGEPAGE))
		perror("mmap");
	for (i = 0; i < SIZE; i += PAGE)
		p[i] = 1;
	if (write(filled, &c, 1) != 1 || read(go, &c, 1) != 1 ||
	    madvise(p, SIZE, MADV_HUGEPAGE))
		perror("sleeper");
	for (;;)
		pause();
}

int main(void)
{
	int filled[2], go[2], status, i;
	pid_t child;
	char c = 'x';

	if (getpid() == 1) {
		mkdir("/proc", 0755);
		mkdir("/sys", 0755);
		if (mount("none", "/proc", "proc", 0, "") ||
		    mount("none", "/sys", "sysfs", 0, ""))
			perror("mount");
	}
	mkdir("/cg", 0755);
	if (mount("none", "/cg", "cgroup2", 0, ""))
		perror("/cg");
	put("/cg/cgroup.subtree_control", "+memory");
	mkdir("/cg/sleeper", 0755);
	put(THP "khugepaged/scan_sleep_millisecs", "10");
	put(THP "khugepaged/pages_to_scan", "100000");
	put(THP "khugepaged/max_ptes_none", "0");
	put(THP "hugepages-2048kB/enabled", "never");
	put(THP "hugepages-16kB/enabled", "always");

	if (pipe(filled) || pipe(go))
		return 1;
	child = fork();
	if (!child)
		sleeper(filled[1], go[0]);
	if (read(filled[0], &c, 1) != 1)
		return 1;
	/* A page less: what the CPU keeps in stock is given back. Then no room is left. */
	limit(current_bytes() - PAGE);
	limit(current_bytes());
	if (write(go[1], &c, 1) != 1)
		return 1;

	for (i = 0; i < 30; i++) {
		sleep(1);
		if (waitpid(child, &status, WNOHANG) == child) {
			printf("khugepaged-oom: the task that slept got signal %d\n",
			       WTERMSIG(status));
			break;
		}
	}
	if (i == 30)
		printf("khugepaged-oom: the task that slept is alive\n");
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	kill(child, SIGKILL);
	return i < 30;
}
