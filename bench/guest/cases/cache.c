// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer: a cache of blobs that can be made again from their key, in a
 * memcg whose limit is below what the keys need.  Is droppable memory worth
 * having to a real program?
 *
 * way=droppable: a slot for each key; a dropped blob is seen by its page
 * headers, which read as zero, and made again.  way=free: the same slots in
 * MADV_FREE memory; a lookup has to write to the pages first, lest they vanish
 * while it reads, and to give them back with madvise(2).  way=bound: as many
 * slots as fit, evicted by the program's own LRU list; no reclaim.  way=swap:
 * a slot for each key in plain memory; the kernel swaps to zram.  way=signal:
 * memory that signals after a drop: a lookup copies without a look, a handler leaves it.
 *
 * The header is stored first, by itself, and read last: as long as it is there nothing of
 * the page has gone since.  memcpy() alone will not do: glibc's stores the first vector of
 * a long copy last, so a page that goes in the midst comes back with its header and without
 * the rest.
 *
 * A lookup copies the blob out, and if a page of it was zero makes the blob
 * ("decompression": eight xorshift steps for each 64 bytes) into the slot.
 * Keys follow Zipf's law with exponent 1.
 *
 * swap=off and its like: whether reclaim still knows which pages of droppable memory
 * are in use (share/case_swap.h).
 *
 * Path: direct reclaim at memory.max from the fault, eviction, and for swap
 * zram both ways.  Not in it: filling up to the limit (the warm-up).
 *
 * Validated: way=bound's hit ratio (0.8571) is that of an LRU list of 921 slots
 * simulated elsewhere with the same law (0.8574).  One blob a row, and in the end each
 * eighth, is compared with what its key must give.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/drop.h"
#include "kernel/mem.h"
#include "kernel/memcg.h"
#include "run/bench.h"
#include "run/clock.h"
#include "run/marker.h"
#include "share/case_swap.h"
#include "share/zipf.h"

#define GROUP "run" /* the runner put us there */
#define BLOB_PAGES 4
#define PAGE_WORDS 512
#define BATCH 256 /* lookups a row */
#define NONE UINT32_MAX

enum way {
	DROPPABLE,
	FREE,
	BOUND,
	SWAP,
	SIGNAL
};

struct lru {
	uint32_t *slot_of; /* key -> slot or NONE */
	uint32_t *key_of, *prev, *next; /* by slot; slot nr_slots is the head */
};

static enum way way;
static struct mem_region region;
static uint32_t nr_keys, nr_slots;
static struct zipf zipf;
static struct lru lru;
static bool *made; /* way=signal, by key: there is something to find */
static uint64_t blob[BLOB_PAGES * PAGE_WORDS]; /* what a lookup hands out */

/* The first word of each page is never zero: it is the page's header. */
static uint64_t header(uint32_t key, size_t page)
{
	return ((uint64_t)key + 1) << 8 | (page + 1);
}

static void make_blob(uint32_t key, uint64_t *to)
{
	uint64_t x = ((uint64_t)key + 1) * 0x9e3779b97f4a7c15ULL;

	for (size_t i = 0; i < BLOB_PAGES * PAGE_WORDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		to[i] = i % PAGE_WORDS ? x : header(key, i / PAGE_WORDS);
	}
}

static uint64_t *slot_at(uint32_t slot)
{
	return (uint64_t *)(region.addr +
			    (size_t)slot * BLOB_PAGES * mem_page_size());
}

static void lru_unlink(uint32_t s)
{
	lru.next[lru.prev[s]] = lru.next[s];
	lru.prev[lru.next[s]] = lru.prev[s];
}

static void lru_front(uint32_t s)
{
	lru.prev[s] = nr_slots;
	lru.next[s] = lru.next[nr_slots];
	lru.prev[lru.next[s]] = s;
	lru.next[nr_slots] = s;
}

/* The slot of @key; way=bound takes the least recently used one for it. */
static uint32_t slot_for(uint32_t key)
{
	uint32_t s = lru.slot_of[key];

	if (way != BOUND)
		return key;
	if (s == NONE) {
		s = lru.prev[nr_slots];
		if (lru.key_of[s] != NONE)
			lru.slot_of[lru.key_of[s]] = NONE;
		lru.key_of[s] = key;
		lru.slot_of[key] = s;
	}
	lru_unlink(s);
	lru_front(s);
	return s;
}

/* Compilers do not move stores and loads across. */
#define barrier() __asm__ volatile("" ::: "memory")

static void store_blob(uint64_t *at)
{
	for (size_t p = 0; p < BLOB_PAGES; p++) {
		uint64_t *page = at + p * PAGE_WORDS;
		const uint64_t *from = blob + p * PAGE_WORDS;

		page[0] = from[0];
		barrier();
		memcpy(page + 1, from + 1, (PAGE_WORDS - 1) * sizeof(*page));
	}
}

/* A page may go at any time: also while the blob is written. */
static bool lookup_or_signal(uint32_t key)
{
	uint64_t *const at = slot_at(key);

	if (drop_caught()) {
		made[key] = false;
		madvise(at, sizeof(blob), MADV_POPULATE_WRITE);
	}
	if (made[key]) {
		memcpy(blob, at, sizeof(blob));
		return true;
	}
	make_blob(key, blob);
	memcpy(at, blob, sizeof(blob));
	made[key] = true;
	return false;
}

/* Copy @key's blob out; true when it was there. */
static bool lookup(uint32_t key)
{
	uint64_t *at;
	bool hit = true;

	if (way == SIGNAL)
		return lookup_or_signal(key);
	at = slot_at(slot_for(key));
	if (way == FREE)
		/* A page that is written to stays until the next madvise. */
		for (size_t p = 0; p < BLOB_PAGES; p++)
			*(volatile uint64_t *)&at[p * PAGE_WORDS + 1] =
				at[p * PAGE_WORDS + 1];
	memcpy(blob, at, sizeof(blob));
	barrier();
	/* After the copy: a page that went while it was read is zero now. */
	for (size_t p = 0; p < BLOB_PAGES; p++)
		hit &= ((volatile uint64_t *)at)[p * PAGE_WORDS] ==
		       header(key, p);
	if (!hit) {
		make_blob(key, blob);
		store_blob(at);
	}
	if (way == FREE)
		madvise(at, sizeof(blob), MADV_FREE);
	return hit;
}

static bool blob_is_right(uint32_t key)
{
	static uint64_t want[BLOB_PAGES * PAGE_WORDS];

	make_blob(key, want);
	return !memcmp(want, blob, sizeof(blob));
}

static size_t max_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "lookups") / BATCH + 1;
}

static int make_lru(void)
{
	lru.slot_of = malloc(nr_keys * sizeof(uint32_t));
	lru.key_of = malloc(nr_slots * sizeof(uint32_t));
	lru.prev = malloc((nr_slots + 1) * sizeof(uint32_t));
	lru.next = malloc((nr_slots + 1) * sizeof(uint32_t));
	if (!lru.slot_of || !lru.key_of || !lru.prev || !lru.next)
		return -ENOMEM;
	memset(lru.slot_of, 0xff, nr_keys * sizeof(uint32_t));
	memset(lru.key_of, 0xff, nr_slots * sizeof(uint32_t));
	lru.prev[nr_slots] = lru.next[nr_slots] = nr_slots;
	for (uint32_t s = 0; s < nr_slots; s++)
		lru_front(s);
	return 0;
}

/* memory.max: what is charged now and @pct percent of what the keys need. */
static int set_limit(uint64_t pct)
{
	uint64_t current;
	int err = memcg_current(GROUP, &current);

	return err ? err
		   : memcg_limit(GROUP, "memory.max",
				 current + nr_keys * sizeof(blob) * pct / 100);
}

/* In ns, which under icount are instructions; 0 without PSI. */
static uint64_t stalled(void)
{
	uint64_t us;

	return memcg_stall_us(GROUP, &us) ? 0 : us * 1000;
}

static uint32_t pick(void)
{
	/* Neighbours in rank are no neighbours in memory; 7919 is prime. */
	return (uint32_t)((uint64_t)zipf_draw(&zipf) * 7919 % nr_keys);
}

static int map_slots(void)
{
	const char *kind = way == DROPPABLE ? "droppable" : "private";
	size_t pages = (size_t)nr_slots * BLOB_PAGES;

	if (way != SIGNAL)
		return mem_map(&region, kind, pages);
	made = calloc(nr_keys, sizeof(*made));
	return drop_signal_map(&region, pages) ?: made ? drop_catch() : -ENOMEM;
}

static int setup(struct bench_ctx *ctx)
{
	static const char *const ways[] = { "droppable", "free", "bound",
					    "swap", "signal" };
	uint64_t pct = bench_opt_u64(ctx, "limit");
	int err;

	while (strcmp(ways[way], bench_opt(ctx, "way")))
		way++;
	nr_keys = (uint32_t)bench_opt_u64(ctx, "keys");
	if (nr_keys < 64 || nr_keys > 8192 || !(nr_keys % 7919) || pct > 100)
		return bench_fail(
			ctx, -EINVAL,
			"64 to 8192 keys but 7919, a limit of 1 to 100 percent");
	/* A program that keeps its own bound leaves a tenth to be safe. */
	nr_slots =
		way == BOUND ? (uint32_t)(nr_keys * pct * 9 / 1000) : nr_keys;
	err = zipf_make(&zipf, nr_keys);
	if (!err)
		err = make_lru();
	if (!err)
		err = map_slots();
	if (err == -EOPNOTSUPP)
		return bench_skip(ctx, "this kernel has no such memory");
	if (!err)
		err = case_swap(ctx);
	if (err == BENCH_SKIP)
		return err;
	if (!err)
		err = set_limit(pct);
	for (uint32_t i = 0; !err && i < 2 * nr_keys; i++)
		lookup(pick());
	return err ? bench_fail(ctx, err, "cannot set the cache up") : 0;
}

/* One row; @stall is known in the last one only. */
static int look_up_batch(struct bench_ctx *ctx, bool last, uint64_t stall)
{
	uint64_t task = clock_task(), cost;
	int64_t hits = 0;
	uint32_t key = 0;

	cost = clock_now();
	region_begin(REGION_CACHE);
	for (int i = 0; i < BATCH; i++) {
		key = pick();
		hits += lookup(key);
	}
	region_end(REGION_CACHE);
	cost = clock_now() - cost;
	task = clock_task() - task;
	if (!blob_is_right(key))
		return bench_fail(ctx, -EIO,
				  "a lookup gave out another's data");
	bench_row(ctx, (int64_t[]){ (int64_t)ctx->nr_rows, BATCH, hits,
				    BATCH - hits, (int64_t)cost, (int64_t)task,
				    last ? (int64_t)(stalled() - stall) : 0 });
	return 0;
}

static int run(struct bench_ctx *ctx)
{
	uint64_t batches = bench_opt_u64(ctx, "lookups") / BATCH;
	uint64_t stall = stalled();
	int err = 0;

	for (uint64_t b = 1; !err && b <= batches; b++)
		err = look_up_batch(ctx, b == batches, stall);
	return err;
}

static int check(struct bench_ctx *ctx)
{
	uint64_t hits;
	int err = memcg_event(GROUP, "max", &hits);

	if (err)
		return bench_fail(ctx, err, "memory.events");
	if (way != BOUND && !hits)
		return bench_fail(ctx, -EIO,
				  "premise: memory.max was never reached");
	for (uint32_t key = 0; key < nr_keys; key += 8) {
		lookup(key);
		if (!blob_is_right(key))
			return bench_fail(ctx, -EIO, "blob %u is torn", key);
	}
	return 0;
}

static void teardown(struct bench_ctx *ctx)
{
	mem_unmap(&region);
	if (made)
		drop_uncatch();
	free(made);
	zipf_free(&zipf);
	free(lru.slot_of);
	free(lru.key_of);
	free(lru.prev);
	free(lru.next);
	case_swap_undo(ctx);
}

BENCH_CASE(cache) = {
	.name = "cache",
	.desc = "a keyed cache of blobs under a memory limit, Zipf keys",
	.cells = BENCH_WORDS("way=droppable"),
	.full_cells = BENCH_WORDS("way=free", "way=bound", "way=swap",
				  "way=signal", "way=droppable,swap=off",
				  "way=droppable,swap=full",
				  "way=droppable,swap=max0",
				  "way=droppable,swap=swappiness0"),
	.options = BENCH_OPTIONS(
		{ "way", "droppable", "droppable|free|bound|swap|signal",
		  "whose memory: droppable, MADV_FREE, own LRU bound, plain and swap, signal" },
		{ "keys", "2048", NULL, "blobs of four pages" },
		{ "limit", "50", NULL,
		  "memory.max in percent of what all blobs need" },
		{ "lookups", "8192", NULL, "lookups, in rows of 256" },
		SWAP_OPTION),
	.columns = BENCH_WORDS("batch_index", "lookup_count", "hit_count",
			       "made_count", "cost_clock", "task_clock",
			       "stall_clock"),
	.metrics = BENCH_METRICS({ "cost_per_lookup", "clock", "lower", "key",
				   "sum", "cost_clock", "lookup_count", NULL,
				   "cost of a lookup, making blobs included" },
				 { "hit_ratio", "ratio", "higher", "key", "sum",
				   "hit_count", "lookup_count", NULL,
				   "share of lookups that found their blob" },
				 { "task_per_lookup", "clock", "lower", "all",
				   "sum", "task_clock", "lookup_count", NULL,
				   "CPU time of the task per lookup" },
				 { "stall_per_lookup", "clock", "lower", "all",
				   "sum", "stall_clock", "lookup_count", NULL,
				   "memory stall (PSI) per lookup" }),
	.needs_memcg = true,
	.max_rows = max_rows,
	.setup = setup,
	.run = run,
	.check = check,
	.teardown = teardown,
};
