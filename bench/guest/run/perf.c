// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/file.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/perf.h"

#define MAX_EVENTS 512
#define TRACEPOINTS "/sys/kernel/tracing/events/vmscan"

#define CACHE_MISS(cache)                           \
	(cache | PERF_COUNT_HW_CACHE_OP_READ << 8 | \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

struct kind {
	const char *name;
	uint32_t type;
	uint64_t config;
	int group; /* -1: alone */
	bool split; /* user and kernel apart */
};

/* Four counters a group: what the smallest PMU of today has at once. */
static const struct kind hardware[] = {
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0, true },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0,
	  true },
	{ "dTLB-load-misses", PERF_TYPE_HW_CACHE,
	  CACHE_MISS(PERF_COUNT_HW_CACHE_DTLB), 1, true },
	{ "LLC-load-misses", PERF_TYPE_HW_CACHE,
	  CACHE_MISS(PERF_COUNT_HW_CACHE_LL), 1, true },
	{ 0 },
};

static const struct kind software[] = {
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, -1,
	  false },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, -1,
	  false },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, -1,
	  false },
	{ "context-switches", PERF_TYPE_SOFTWARE,
	  PERF_COUNT_SW_CONTEXT_SWITCHES, -1, false },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS,
	  -1, false },
	{ 0 },
};

struct event {
	char name[64];
	int fd;
};

static struct event event[MAX_EVENTS];
static size_t nr_events;

static int sys_perf_event_open(struct perf_event_attr *attr, pid_t pid, int cpu,
			       int group)
{
	return (int)syscall(SYS_perf_event_open, attr, pid, cpu, group,
			    PERF_FLAG_FD_CLOEXEC);
}

/* One counter; of this process and what it forks (@cpu -1), or of a CPU. */
static int add(const char *name, struct perf_event_attr *attr, int cpu,
	       int group)
{
	int fd;

	if (nr_events == MAX_EVENTS)
		return -ENOSPC;
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	attr->inherit = cpu < 0;
	attr->read_format =
		PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	fd = sys_perf_event_open(attr, cpu < 0 ? 0 : -1, cpu, group);
	if (fd < 0)
		return -errno;
	snprintf(event[nr_events].name, sizeof(event[0].name), "%s", name);
	event[nr_events++].fd = fd;
	return fd;
}

/* All of @k that this machine has; the error of the first that it has not. */
static int add_kinds(const struct kind *k)
{
	int leader[2] = { -1, -1 }, err = 0, fd;
	char name[64];

	for (; k->name; k++) {
		for (int kernel = 0; kernel <= k->split; kernel++) {
			struct perf_event_attr attr = {
				.type = k->type,
				.config = k->config,
				.exclude_user = k->split && kernel,
				.exclude_kernel = k->split && !kernel,
				.exclude_hv = k->split,
			};

			snprintf(name, sizeof(name), "%s%s", k->name,
				 !k->split ? ""
				 : kernel  ? ":k"
					   : ":u");
			fd = add(name, &attr, -1,
				 k->group < 0 ? -1 : leader[k->group]);
			if (fd < 0 && !err)
				err = fd;
			if (fd >= 0 && k->group >= 0 && leader[k->group] < 0)
				leader[k->group] = fd;
		}
	}
	return err;
}

static int is_event(const struct dirent *d)
{
	return !strncmp(d->d_name, "mm_", 3);
}

/* A counter for each tracepoint and CPU. */
static int add_tracepoints(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct dirent **list;
	char path[512];
	uint64_t id;
	int n, err = 0;

	n = scandir(TRACEPOINTS, &list, is_event, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), TRACEPOINTS "/%s/id",
			 list[i]->d_name);
		if (!err)
			err = file_read_u64(path, &id);
		for (int cpu = 0; cpu < cpus && !err; cpu++) {
			struct perf_event_attr attr = {
				.type = PERF_TYPE_TRACEPOINT,
				.config = id,
				.sample_period = ~0ULL >> 1, /* count only */
			};
			int fd = add(list[i]->d_name, &attr, cpu, -1);

			err = fd < 0 ? fd : 0;
		}
		free(list[i]);
	}
	free(list);
	return err;
}

bool perf_is_mode(const char *word)
{
	return !strcmp(word, PERF_AUTO) || !strcmp(word, PERF_ON) ||
	       !strcmp(word, PERF_OFF);
}

const char *perf_open(const char *mode, const char **why)
{
	int err;

	*why = "";
	if (!strcmp(mode, PERF_OFF))
		return "off";
	if (!strcmp(mode, PERF_AUTO) && clock_counts_insns) {
		*why = "events would be among the instructions counted; PERF=on";
		return "off";
	}
	err = add_kinds(hardware);
	if (nr_events) {
		*why = err ? "some events are missing here" : "";
		return "hardware";
	}
	*why = "no PMU here";
	add_kinds(software);
	if (!nr_events) {
		*why = "perf_event_open(2) is refused";
		return "none";
	}
	if (add_tracepoints())
		*why = "no PMU here, and the tracepoints cannot be read";
	return "software";
}

void perf_start(void)
{
	for (size_t i = 0; i < nr_events; i++)
		ioctl(event[i].fd, PERF_EVENT_IOC_ENABLE, 0);
}

void perf_stop(void)
{
	for (size_t i = 0; i < nr_events; i++)
		ioctl(event[i].fd, PERF_EVENT_IOC_DISABLE, 0);
}

static void put(FILE *out, const char *what, const char *name, uint64_t value)
{
	fprintf(out, "%s.%s\t0\t%" PRIu64 "\t%" PRIu64 "\n", what, name, value,
		value);
}

void perf_write(FILE *counters)
{
	uint64_t v[3], sum = 0; /* value, time enabled, time running */

	for (size_t i = 0; i < nr_events; i++) {
		bool ok = read(event[i].fd, v, sizeof(v)) == sizeof(v);

		/* Never on the PMU: no value, which is not 0. */
		if (ok && v[1] && !v[2])
			put(counters, "perf_running_pct", event[i].name, 0);
		if (ok && v[2] < v[1] && v[2]) {
			put(counters, "perf_running_pct", event[i].name,
			    v[2] * 100 / v[1]);
			v[0] = (uint64_t)((double)v[0] * (double)v[1] /
					  (double)v[2]);
		}
		sum += ok ? v[0] : 0;
		close(event[i].fd);
		/* A tracepoint's CPUs follow one another. */
		if (i + 1 < nr_events &&
		    !strcmp(event[i].name, event[i + 1].name))
			continue;
		if (ok && (v[2] || !v[1]))
			put(counters, "perf", event[i].name, sum);
		sum = 0;
	}
	nr_events = 0;
}
