// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest: mounts, zram swap, one case in a child, results out of
 * the virtio-serial port, power off.  The port is opened after the case has
 * ended: while it measures, the guest talks to nobody.
 *
 * The stream: "@mmvs-stream 1", then "@file NAME LINES" and that many lines
 * for each file, last "@end STATUS".  Without that line a cell has failed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/swap.h"
#include "run/bench.h"
#include "run/debug.h"
#include "run/handin.h"
#include "run/perf.h"

#define PORT_NAME "org.mmvs.results"
#define SAMPLES "/tmp/samples.tsv"
#define COUNTERS "/tmp/counters.tsv"

static void complain(const char *what, int err)
{
	fprintf(stderr, "mmbench: init: %s: %s\n", what, strerror(-err));
}

static void mount_all(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" }, /* before zram's node is looked for */
		{ "tmpfs", "/tmp" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0,
			  NULL) &&
		    errno != EBUSY)
			complain(mounts[i].where, -errno);
	}
}

/* The virtio-serial port that carries results; path in @dev or -ENODEV. */
static int find_port(char *dev, size_t size)
{
	char path[512], name[64];
	struct dirent *d;
	int err = -ENODEV;
	DIR *dir;

	dir = opendir("/sys/class/virtio-ports");
	if (!dir)
		return -errno;
	while (err && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name",
			 d->d_name);
		if (file_read(path, name, sizeof(name)) < 0 ||
		    strncmp(name, PORT_NAME, strlen(PORT_NAME)))
			continue;
		snprintf(dev, size, "/dev/%s", d->d_name);
		err = 0;
	}
	closedir(dir);
	return err;
}

static void send_file(FILE *port, const char *name, const char *path)
{
	char buf[4096];
	size_t lines = 0, n;
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return;
	while ((n = fread(buf, 1, sizeof(buf), f)))
		for (size_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	fprintf(port, "@file %s %zu\n", name, lines);
	rewind(f);
	while ((n = fread(buf, 1, sizeof(buf), f)))
		fwrite(buf, 1, n, port);
	fclose(f);
}

static int send_results(int status)
{
	char dev[300];
	FILE *port;
	int err;

	err = find_port(dev, sizeof(dev));
	if (err)
		return err;
	port = fopen(dev, "we");
	if (!port)
		return -errno;
	fputs("@mmvs-stream 1\n", port);
	send_file(port, "samples.tsv", SAMPLES);
	send_file(port, "counters.tsv", COUNTERS);
	fprintf(port, "@end %d\n", status);
	return fclose(port) ? -errno : 0;
}

/* The case in a child, so that its death is a result and not a panic. */
static int run_child(char *spec, const char *unit)
{
	const char *perf = getenv("MMVS_PERF");
	char unit_arg[32], perf_arg[32];
	char *args[] = { "mmbench", unit_arg, "--counters=" COUNTERS,
			 perf_arg,  spec,     NULL };
	int status;
	pid_t pid;

	snprintf(unit_arg, sizeof(unit_arg), BENCH_CHILD "%s", unit);
	snprintf(perf_arg, sizeof(perf_arg), "--perf=%s",
		 perf ? perf : PERF_AUTO);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return 1;
	if (!pid) {
		if (!freopen(SAMPLES, "w", stdout)) /* must survive exec */
			_exit(1);
		execv("/proc/self/exe", args);
		_exit(1);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "mmbench: init: the case was killed by signal %d\n",
		WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

void init_main(void)
{
	const char *unit = getenv("MMVS_UNIT") ?: MMVS_UNIT_NS;
	char spec[256];
	int status = 1, err;

	mount_all();
	err = swap_start();
	if (err)
		complain("zram swap", err);
	err = handin_spec(spec, sizeof(spec), !strcmp(unit, MMVS_UNIT_INSN));
	if (err)
		complain("the spec, which QEMU hands in", err);
	else
		status = run_child(spec, unit);
	debug_report();
	err = send_results(status);
	if (err)
		complain("results port", err);
	sync();
	reboot(RB_AUTOBOOT); /* qemu -no-reboot: the machine ends */
	for (;;)
		pause();
}
