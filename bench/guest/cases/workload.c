// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole command, from fork to exit, timed by hyperfine(1) inside the guest:
 * does what the other cases take apart show in a program?  A command is a file
 * in bench/workloads/; scripts/workloads.sh packs hyperfine and the kernel's
 * selftests beside mmbench.
 *
 * Path: exec, page faults, whatever the command does, exit_mmap().  In it: all
 * that fork, exec and exit cost.  One run first that does not count.
 *
 * Time is hyperfine's, CLOCK_MONOTONIC; under icount a nanosecond of it is an
 * instruction but for the kernel's calibration of its clock (parts per million).
 * CPU times are the kernel's, by ticks: means over all runs, the same in each
 * row, and coarse.
 *
 * Validated against this program's own clock around hyperfine, which has one run
 * more and hyperfine's own start: the runs must fit into it and fill a quarter.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel/mem.h"
#include "run/bench.h"
#include "workloads.h"

#define HYPERFINE "/usr/bin/hyperfine"
#define JSON "/tmp/mmvs-hyperfine.json"

static const struct workload {
	const char *name, *command;
	bool needs_droppable;
} workloads[] = { WORKLOAD_TABLE };

static const struct workload *workload;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "runs");
}

static int setup(struct bench_ctx *ctx)
{
	struct mem_region r;
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(workloads); i++)
		if (!strcmp(workloads[i].name, bench_opt(ctx, "name")))
			workload = &workloads[i];
	if (access(HYPERFINE, X_OK))
		return bench_skip(ctx,
				  "no %s here (scripts/workloads.sh packs it)",
				  HYPERFINE);
	if (!workload->needs_droppable)
		return 0;
	err = mem_map(&r, "droppable", 1);
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no MAP_DROPPABLE");
	if (err)
		return bench_fail(ctx, err, "mapping a droppable page");
	mem_unmap(&r);
	return 0;
}

/* Its exit status, 128 and the signal, or -errno. */
static int hyperfine(const char *runs)
{
	int status;
	pid_t pid;

	unlink(JSON);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execl(HYPERFINE, HYPERFINE, "--shell=none", "--style=none",
		      "--warmup=1", "--runs", runs, "--export-json", JSON, "--",
		      workload->command, NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int64_t ns_of(const json_t *seconds)
{
	return llrint(json_number_value(seconds) * 1e9);
}

/* A row for each of "times"; their sum into @sum. */
static int import(struct bench_ctx *ctx, int64_t *sum)
{
	const json_t *result, *times;
	json_error_t error;
	json_t *root;
	size_t n;

	root = json_load_file(JSON, 0, &error);
	if (!root)
		return bench_fail(ctx, -EINVAL, JSON " line %d: %s", error.line,
				  error.text);
	result = json_array_get(json_object_get(root, "results"), 0);
	times = json_object_get(result, "times");
	n = json_array_size(times);
	for (size_t i = 0; i < n; i++) {
		int64_t wall = ns_of(json_array_get(times, i));

		*sum += wall;
		bench_row(ctx,
			  (int64_t[]){
				  (int64_t)i, wall,
				  ns_of(json_object_get(result, "user")),
				  ns_of(json_object_get(result, "system")) });
	}
	json_decref(root);
	return n == bench_opt_u64(ctx, "runs")
		       ? 0
		       : bench_fail(ctx, -EINVAL, JSON ": %zu runs, not %s", n,
				    bench_opt(ctx, "runs"));
}

static int run(struct bench_ctx *ctx)
{
	struct timespec a, b;
	int64_t all, sum = 0;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &a);
	err = hyperfine(bench_opt(ctx, "runs"));
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (err)
		return bench_fail(ctx, err < 0 ? err : -EIO,
				  "hyperfine ends with %d for '%s'", err,
				  workload->command);
	err = import(ctx, &sum);
	all = (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
	if (!err && (sum > all || sum < all / 4))
		err = bench_fail(
			ctx, -EIO,
			"premise: runs of %lld ns do not fill the %lld ns of hyperfine",
			(long long)sum, (long long)all);
	return err;
}

BENCH_CASE(workload_case) = {
	.name = "workload",
	.desc = "a whole command of bench/workloads/ under hyperfine",
	.full_cells = (const char *const[]){ WORKLOAD_CELLS },
	.options = BENCH_OPTIONS(
		{ "name", WORKLOAD_FIRST, WORKLOAD_NAMES, WORKLOAD_HELP },
		{ "runs", "5", NULL,
		  "runs that count, after one that does not" }),
	.columns = BENCH_WORDS("run_index", "wall_ns", "user_ns", "system_ns"),
	.metrics = BENCH_METRICS(
		{ "command_wall", "ns", "lower", "key", "p50", "wall_ns", NULL,
		  NULL, "the whole command, median of its runs" },
		{ "command_wall_max", "ns", "lower", "all", "max", "wall_ns",
		  NULL, NULL, "the slowest run" },
		{ "command_user", "ns", "lower", "all", "first", "user_ns",
		  NULL, NULL, "user time by ticks, mean of the runs" },
		{ "command_system", "ns", "lower", "all", "first", "system_ns",
		  NULL, NULL, "system time by ticks, mean of the runs" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
};
