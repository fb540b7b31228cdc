// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "kernel/file.h"
#include "run/bench.h"
#include "run/debug.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define KMEMLEAK_AGE_MS 6000 /* younger objects are not reported: 5 s */
#define MAX_LINES 60
/* Bad page, died, warned, soft lockup; clearcpuid= taints too, but not so. */
#define TAINTS (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14)

static void finding(const char *what, const char *text)
{
	fprintf(stderr, "mmbench: kernel: %s: %.*s\n", what,
		(int)strcspn(text, "\n"), text);
}

/*
 * An object is reported when it is old enough and unreferenced, and has not
 * changed since the scan before: two scans at least.  A detector that has
 * turned itself off refuses the word.
 */
static void look_for_leaks(void)
{
	char line[256];
	int n = 0, err;
	FILE *f;

	f = fopen(KMEMLEAK, "re");
	if (!f)
		return;
	for (int i = 0; i < 3; i++) {
		poll(NULL, 0, KMEMLEAK_AGE_MS);
		err = file_write(KMEMLEAK, "scan");
		if (err)
			finding("kmemleak does not scan", strerror(-err));
	}
	while (fgets(line, sizeof(line), f) && n < MAX_LINES)
		if (n++ || strncmp(line, "unreferenced", 12))
			fprintf(stderr, "%s", line);
		else
			finding("kmemleak", line);
	fclose(f);
	if (!n && !err)
		fputs("debug: kmemleak: three scans, no leak\n", stderr);
}

/* lockdep turns itself off after its first report, or when a table is full. */
static void look_at_lockdep(void)
{
	char line[256];
	int on;
	FILE *f;

	f = fopen("/proc/lockdep_stats", "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " debug_locks: %d", &on) != 1)
			continue;
		if (on)
			fputs("debug: lockdep: on to the end\n", stderr);
		else
			finding("lockdep", "has turned itself off");
	}
	fclose(f);
}

/* A test may have kept warnings off the console: read the log itself. */
static void look_at_log(void)
{
	/* The last two: what CONFIG_DEBUG_LIST says. */
	static const char *const words[] = { "WARNING: ", "BUG",    "KASAN",
					     "INFO: ",	  "ODEBUG", "list_add ",
					     "list_del " };
	int size = klogctl(10, NULL, 0), n = 0;
	char *buf = malloc(size > 0 ? (size_t)size + 1 : 1), *line, *save;

	size = klogctl(3, buf, size);
	if (size <= 0) {
		free(buf);
		return;
	}
	buf[size] = '\0';
	for (line = strtok_r(buf, "\n", &save); line && n < 5;
	     line = strtok_r(NULL, "\n", &save))
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (strstr(line, words[i])) {
				finding("log", line);
				n++;
				break;
			}
	free(buf);
}

void debug_report(void)
{
	uint64_t taint = 0;
	char text[32];

	look_for_leaks();
	look_at_lockdep();
	look_at_log();
	if (!file_read_u64("/proc/sys/kernel/tainted", &taint) &&
	    taint & TAINTS) {
		snprintf(text, sizeof(text), "%" PRIu64, taint);
		finding("tainted", text);
	}
}
