/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conformance: what kernels promise, as tests with a yes or no.
 *
 * A property is one file in conform/: a table of { desc, fn }, registered with
 * CONFORM_PROPERTY() through a linker section.  Each fn runs in a child of its
 * own, in a memcg of its own, under a time limit; it passes by returning.
 * The helpers below end the child themselves, so that a test reads as a list
 * of premises and checks.  Nothing needs cleaning up: the child is gone, its
 * memcg is killed, and what conform_set() changed is put back.
 *
 * conform/ takes in the kernel that runs, an LRU and a choice of properties.
 * Out go TAP, a verdict for each test and an exit code; nothing is timed.
 * It includes share/, run/ and kernel/; its program, mmconform.c, includes it.
 */
#ifndef MMVS_CONFORM_H
#define MMVS_CONFORM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "kernel/mem.h"

#define CONFORM_NAMED 90 /* numbers from here on only run when named */
#define CONFORM_SELFTEST 99

enum conform_code {
	CONFORM_PASS,
	CONFORM_FAIL,
	CONFORM_SKIP
};

struct conform_test {
	const char *desc;
	void (*fn)(void);
};

struct conform_property {
	unsigned int number; /* in the order of the report */
	const char *name;
	const char *subject; /* what it is about; "any": of every kernel */
	const struct conform_test *tests; /* ends with { 0 } */
	unsigned int limit_s; /* for each test, 0: the default */
};

#define CONFORM_PROPERTY(sym)                                   \
	static const struct conform_property *const sym##_entry \
		__attribute__((used, section("conform_properties"))) = &sym

/* What one test came to: a row for the caller. */
typedef void conform_row(void *arg, unsigned int property, unsigned int test,
			 enum conform_code code);

/*
 * Run what @select picks (a name or number each; @nr 0: all of the subjects @of), TAP
 * to @tap.  @lru: "mglru", "classic" or NULL for what is set.  The exit code
 * of mmconform: 0, 1 a failure, 2 a wrong name, 77 all skipped.
 */
int conform_run(const char *of, const char *lru, int nr, char *const *select,
		FILE *tap, conform_row *row, void *arg);
/*
 * @of: subjects joined by '+'; properties of "any" come with all of them.  0, or
 * -EINVAL with the subjects that there are in @why.
 */
int conform_check_subjects(const char *of, char *why, size_t size);
/* number, name and subject of each property, in the order of numbers. */
void conform_list(FILE *out);
/* mmconform [--lru=mglru|classic] [--of=SUBJECT[+...]] [NAME...] */
int conform_main(int argc, char **argv);

/* conform_lib.c, for tests: each ends the child when it has a verdict. */
void conform_fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void conform_skip(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
/* A line for the TAP, whatever the verdict. */
void conform_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define check(cond, ...)                           \
	do {                                       \
		if (!(cond))                       \
			conform_fail(__VA_ARGS__); \
	} while (0)
#define premise(cond, ...)                         \
	do {                                       \
		if (!(cond))                       \
			conform_skip(__VA_ARGS__); \
	} while (0)

/* Write @value to a sysctl or sysfs file; the runner puts the old one back. */
void conform_set(const char *path, const char *value);
/* The same, where the kernel may refuse: 0 or -errno. */
int conform_try_set(const char *path, const char *value);
/* The test's memcg below /mmvs; skips when there is none. */
const char *conform_group(void);
void conform_group_set(const char *file, const char *value);
uint64_t conform_group_get(const char *file);
uint64_t conform_group_stat(const char *counter);
/* A counter of /proc/vmstat; skips when the kernel has it not. */
uint64_t conform_vmstat(const char *name);

/* Map and fill @pages of "droppable" (or another kind); all are present. */
struct mem_region conform_region(const char *kind, size_t pages);
struct mem_where conform_where(const struct mem_region *r);
/* Folios that wait in some CPU's batch get onto their LRU list. */
void conform_drain(void);
/* MADV_PAGEOUT until nothing is present, a few times at most. */
void conform_pageout(const struct mem_region *r);
/* Not one page of @r is in swap, by pagemap and by smaps. */
void conform_not_swapped(const struct mem_region *r, const char *after);
/* MADV_PAGEOUT drops every page: nothing in swap, all reads as zeroes. */
void conform_drops(struct mem_region *r, const char *after);
/* Every page still holds what conform_region() wrote. */
void conform_intact(const struct mem_region *r, const char *after);
/* Every page is zero from end to end. */
void conform_zero(const struct mem_region *r, const char *after);
/* Skip unless plain memory, paged out, is found in swap. */
void conform_need_swap(void);

/* smaps of the mapping at @addr: a field in kB, a VmFlags word, the range. */
uint64_t conform_smaps_kb(const void *addr, const char *field);
bool conform_smaps_flag(const void *addr, const char *flag);
size_t conform_smaps_size(const void *addr);
/* "Name:   123 kB" of a file such as /proc/self/status. */
uint64_t conform_kb_of(const char *path, const char *name);
/* How many times slower this kernel is than an ordinary one (MMVS_SLOWNESS), 1. */
unsigned int conform_slowness(void);
/* The physical page behind each page of @r, 0 when none (or not ours to know). */
void conform_pfns(const struct mem_region *r, uint64_t *pfn);

/* conform_numa.c.  The first two nodes that have memory; skip unless there are two. */
void conform_need_nodes(int node[2]);
/* The first node that has memory: 0 without NUMA. */
int conform_first_node(void);
/* How many pages of @r lie on @node. */
size_t conform_on_node(const struct mem_region *r, int node);
/* Move every page of @r to @node, and see it there. */
void conform_move_pages(const struct mem_region *r, int node);
/* MPOL_BIND of a mapping, moving what is there, or of what the task faults. */
void conform_mbind(const struct mem_region *r, int node);
void conform_bind_task(int node);

/* What swap there is (kernel/swap.h); the runner puts it back.  Skips when it cannot. */
void conform_swap(const char *mode);

/* Fork @fn; the wait status of the child. */
int conform_child(void (*fn)(void *arg), void *arg);
/* The child must end well; a failure in it has already been recorded. */
void conform_child_ok(void (*fn)(void *arg), void *arg, const char *what);
/* Times conform_slowness(): what is waited for takes as much longer. */
void conform_sleep_ms(unsigned int ms);

/* Shared between conform.c and conform_lib.c. */
struct conform_shared {
	int code; /* enum conform_code */
	char why[384];
	char notes[1536];
	int nr_saved;
	struct {
		char path[120], old[136];
	} saved[12];
	char group[32]; /* empty: no memcg */
	char swap[16]; /* empty: as it was */
};
extern struct conform_shared *conform_shared;

#endif
