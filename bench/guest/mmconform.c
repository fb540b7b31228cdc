// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmconform: judge the kernel that runs by the properties of conform/, TAP on
 * standard output.  As PID 1 it sets the guest up first, and judges as a case that is
 * called "conform" (conform/lib/case.c).
 *
 * It shares the rooms below conform/ with mmbench, and has no case to measure.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "run/bench.h"

static const char usage[] =
	"Usage: mmconform [--lru=mglru|classic] [--of=SUBJECT[+...]] [PROPERTY...]\n"
	"       mmconform --list | --help\n"
	"A property is named or numbered; none: all those of the subjects.  It changes\n"
	"sysctls meanwhile.  Exit: 0 all hold, 1 one does not, 2 wrong usage, 77 none\n"
	"can be judged here.\n";

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	int status;

	if (getpid() == 1 && getenv("MMVS_UNIT"))
		init_main();
	if (!strncmp(first, BENCH_CHILD, strlen(BENCH_CHILD))) {
		status = bench_main(argc - 1, argv + 1);
		return status < 0 ? 2 : status;
	}
	if (!strcmp(first, "--list")) {
		conform_list(stdout);
		return 0;
	}
	if (!strcmp(first, "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	return conform_main(argc - 1, argv + 1);
}
