// SPDX-License-Identifier: GPL-2.0-only
/*
 * 2. A dropped page reads as zeroes, wholly, and takes writes again.
 *
 * try_to_unmap_one() clears the PTE, flushes the TLB and discards the folio
 * even if the PTE was dirty.  What is left is an empty PTE: a read fault maps
 * the zero page (or a zeroed folio of the mapping's own file), a write fault a
 * new zeroed folio.  A page is never half gone, and what was dropped never
 * comes back: a write through a stale TLB entry into a freed folio, or a folio
 * of an older generation mapped again, would show here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/memcg.h"

#define PAGES 2048

/* Fill the memory that is free next with ones: what a fault leaves in, shows. */
static void soil(void)
{
	struct mem_region r = conform_region("private", 2 * PAGES);

	memset(r.addr, 0xff, r.pages * mem_page_size());
	mem_unmap(&r);
}

static void test_all(void)
{
	struct mem_region r;

	soil();
	r = conform_region("droppable", PAGES);
	conform_intact(&r, "a write to new pages");
	conform_drops(&r, "MADV_PAGEOUT");
	soil();
	mem_fill(&r);
	conform_intact(&r, "a write to dropped pages");
	conform_drops(&r, "a second MADV_PAGEOUT");
}

/* pagemap says which pages are gone; exactly these read as zeroes. */
static void test_partial(void)
{
	struct mem_region r = conform_region("droppable", PAGES);
	size_t intact, zero, absent;

	memcg_reclaim(conform_group(), PAGES / 8 * mem_page_size());
	absent = conform_where(&r).absent;
	premise(absent, "a request of %d pages dropped none", PAGES / 8);
	check(!mem_verify(&r, &intact, &zero),
	      "a page is neither whole nor zero after memory.reclaim");
	check(zero == absent, "%zu pages are gone but %zu read as zeroes",
	      absent, zero);
	soil();
	conform_note("%zu of %d pages dropped on a request of %d", zero, PAGES,
		     PAGES / 8);
	mem_fill(&r);
	conform_intact(&r, "a write to dropped pages");
}

/* A hole that was only read: the zero page is shared and never written. */
static void test_hole(void)
{
	struct mem_region r, zero_page;

	zero_page = conform_region("private", 1);
	mem_unmap(&zero_page);
	premise(!mem_map(&r, "droppable", 64),
		"this kernel has no MAP_DROPPABLE");
	conform_zero(&r, "mmap");
	conform_pageout(&r);
	conform_not_swapped(&r, "MADV_PAGEOUT of a hole");
	conform_zero(&r, "MADV_PAGEOUT of a hole");
	soil();
	mem_fill(&r);
	conform_intact(&r, "a write to a hole");
}

struct race {
	struct mem_region r;
	uint64_t *last; /* by page, shared: what was written last */
	volatile int *stop;
};

static void scribble(const struct race *race, uint64_t round)
{
	for (size_t i = 0; i < race->r.pages; i++) {
		volatile uint64_t *p =
			(void *)(race->r.addr + i * mem_page_size());

		race->last[i] = round << 32 | i;
		*p = race->last[i];
	}
}

static int scribbler(void *arg)
{
	const struct race *race = arg;

	for (uint64_t round = 1; !*race->stop; round++)
		scribble(race, round);
	return 0;
}

static volatile sig_atomic_t late;

static void on_alarm(int sig)
{
	(void)sig;
	late = 1;
}

/* Enough is enough: beside a writer a memory.reclaim may go on for minutes. */
static void set_alarm(unsigned int s)
{
	struct sigaction sa = { .sa_handler = on_alarm }; /* no SA_RESTART */

	sigaction(SIGALRM, &sa, NULL);
	alarm(s * conform_slowness());
}

/*
 * A thread (CLONE_VM: the same page table, so reclaim has to flush its TLB)
 * writes rising numbers while reclaim runs; then each page is zero or holds
 * the last number written to it, never an older one.
 */
static void test_race(void)
{
	size_t dropped = 0;
	struct race race = { .r = conform_region("droppable", 512) };
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *shared = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int stop = 0;
	pid_t pid;

	race.last = shared;
	race.stop = &stop;
	memset(race.r.addr, 0, race.r.pages * mem_page_size());
	pid = clone(scribbler, stack + 65536, CLONE_VM | SIGCHLD, &race);
	premise(pid > 0, "clone: %s", strerror(errno));
	set_alarm(10);
	for (int i = 0; i < 60 && !late; i++) {
		madvise(race.r.addr, race.r.pages * mem_page_size(),
			i & 1 ? MADV_PAGEOUT : MADV_COLD);
		memcg_reclaim(conform_group(), 64 * mem_page_size());
		dropped += conform_where(&race.r).absent;
		conform_sleep_ms(1);
	}
	stop = 1;
	waitpid(pid, NULL, 0);
	premise(dropped, "nothing was dropped while the thread wrote");
	conform_not_swapped(&race.r, "reclaim against a writer");
	for (size_t i = 0; i < race.r.pages; i++) {
		uint64_t now = *(uint64_t *)(race.r.addr + i * mem_page_size());

		check(!now || now == race.last[i],
		      "page %zu holds %#llx, last written was %#llx", i,
		      (unsigned long long)now,
		      (unsigned long long)race.last[i]);
	}
	mem_fill(&race.r); /* the reads above have mapped the zero page */
	/*
	 * What the writer has faulted in may wait in the batch of its CPU, with a
	 * reference that reclaim does not expect; MADV_PAGEOUT drains the caller's.
	 */
	conform_drain();
	conform_drops(&race.r, "the writer's end");
}

static const struct conform_test tests[] = {
	{ "all pages, twice", test_all },
	{ "a part, by memory.reclaim: whole pages only", test_partial },
	{ "a hole that was only read", test_hole },
	{ "written by a thread while reclaim runs", test_race },
	{ 0 },
};

static const struct conform_property drop_reads_zero = {
	.number = 2,
	.name = "drop-reads-zero",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(drop_reads_zero);
