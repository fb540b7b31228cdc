// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer: getrandom of the vDSO, whose state lives in a droppable page.
 *
 * way=vdso: the state is resident.  way=pressure: before every eighth call the
 * state is dropped, so that call takes the fault, finds generation 0, asks the
 * kernel for a key and goes on: the price of droppable memory to the user it
 * was made for.  way=syscall: getrandom(2), what a program pays without it.
 *
 * User space alone, with a state in plain memory that MADV_WIPEONFORK and
 * MADV_DONTDUMP mark: way=libc-free gives the page to MADV_FREE after each call
 * (the vDSO sees by the generation whether it went), way=libc-mlock locks it once.
 *
 * Path: __cvdso_getrandom_data(), ChaCha20 in user space; after a drop
 * two faults and getrandom(2) for the key.  Two, because the vDSO reads the
 * generation first: do_anonymous_page() maps the zero page, and the write that
 * follows copies it in do_wp_page().  Not in it: MADV_PAGEOUT, which drops the
 * page, and looking at pagemap.
 *
 * Moved by variants that move the fault (special-mapping-*); the resident way
 * and the system call should be the same in all.
 *
 * Validated: under way=pressure counters.tsv has two page faults a dropped
 * state (2057 for 1024 drops); a call after a drop costs 7607 instructions,
 * which is the system call (2075 under way=syscall) and two faults of the size
 * that fault-first-touch finds (2920, less the clearing for the zero page).
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/droppable.h"
#include "kernel/mem.h"
#include "kernel/vdso_random.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"

#define EVERY 8
#define BYTES 32

static struct vdso_random state;
static bool pressure, syscalls, frees;
static size_t not_dropped;

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "calls");
}

static ssize_t get(unsigned char out[BYTES])
{
	ssize_t n;

	if (syscalls)
		return syscall(SYS_getrandom, out, BYTES, 0);
	n = state.get(out, BYTES, 0, state.page,
		      state.params.size_of_opaque_state);
	if (frees && madvise(state.page, mem_page_size(), MADV_FREE))
		return -1;
	return n;
}

/* The state's page as a C library could have it without MAP_DROPPABLE. */
static int plain_state(bool lock)
{
	const struct droppable_way *way = droppable_way("madvise");

	munmap(state.page, mem_page_size());
	state.page = droppable_map(way, mem_page_size());
	if (state.page == MAP_FAILED) {
		state.page = NULL;
		return -errno;
	}
	return lock && mlock(state.page, mem_page_size()) ? -errno : 0;
}

static bool state_present(void)
{
	struct mem_region page = { .addr = state.page, .pages = 1 };
	struct mem_where w;

	return !mem_where(&page, &w) && w.present;
}

static int setup(struct bench_ctx *ctx)
{
	const char *way = bench_opt(ctx, "way");
	unsigned char out[BYTES];
	int err;

	pressure = !strcmp(way, "pressure");
	syscalls = !strcmp(way, "syscall");
	frees = !strcmp(way, "libc-free");
	err = vdso_random_open(&state);
	if (err && !syscalls)
		return bench_skip(ctx, "no vDSO getrandom here: %s",
				  strerror(-err));
	if (!strncmp(way, "libc-", 5)) {
		err = plain_state(!frees);
		if (err)
			return bench_fail(ctx, err, "the state's page");
	}
	/* The first call fills the state. */
	for (int i = 0; i < 2; i++)
		if (get(out) != BYTES)
			return bench_fail(ctx, -EIO, "getrandom");
	if (!syscalls && !state_present())
		return bench_fail(ctx, -EIO,
				  "premise: the state's page is not used");
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t calls = bench_opt_u64(ctx, "calls");
	unsigned char out[BYTES];

	for (uint64_t i = 0; i < calls; i++) {
		bool drop = pressure && i % EVERY == 0;
		uint64_t start, end;
		ssize_t n;

		if (drop) {
			madvise(state.page, mem_page_size(), MADV_PAGEOUT);
			not_dropped += state_present();
		}
		start = clock_now();
		region_begin(REGION_GETRANDOM);
		n = get(out);
		region_end(REGION_GETRANDOM);
		end = clock_now();
		if (n != BYTES)
			return bench_fail(ctx, -EIO, "getrandom gave %zd bytes",
					  n);
		bench_row(ctx, (int64_t[]){ (int64_t)i, drop ? 100 : 0,
					    (int64_t)(end - start) });
	}
	return 0;
}

static int check(struct bench_ctx *ctx)
{
	if (!not_dropped)
		return 0;
	return bench_fail(ctx, -EIO,
			  "premise: %zu times the state was not dropped",
			  not_dropped);
}

static void teardown(struct bench_ctx *ctx)
{
	(void)ctx;
	vdso_random_close(&state);
}

BENCH_CASE(vgetrandom) = {
	.name = "vgetrandom",
	.desc = "getrandom of the vDSO with its state in droppable memory",
	.full_cells = BENCH_WORDS("way=pressure", "way=vdso", "way=syscall",
				  "way=libc-free", "way=libc-mlock"),
	.options = BENCH_OPTIONS(
		{ "way", "vdso", "vdso|pressure|syscall|libc-free|libc-mlock",
		  "state resident, state dropped before every eighth call, getrandom(2), or in plain memory" },
		{ "calls", "8192", NULL,
		  "calls for 32 bytes, one sample each" }),
	.columns = BENCH_WORDS("call_index", "dropped_pct", "latency_clock"),
	.clocked = "latency_clock",
	.metrics = BENCH_METRICS({ "call_mean", "clock", "lower", "key", "mean",
				   "latency_clock", NULL, NULL,
				   "getrandom of 32 bytes, mean" },
				 { "call_p50", "clock", "lower", "all", "p50",
				   "latency_clock", NULL, "dropped_pct",
				   "getrandom of 32 bytes, median" },
				 { "call_p99", "clock", "lower", "all", "p99",
				   "latency_clock", NULL, "dropped_pct",
				   "getrandom of 32 bytes, 99th percentile" }),
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
