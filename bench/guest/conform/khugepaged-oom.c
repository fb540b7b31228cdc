// SPDX-License-Identifier: GPL-2.0-only
/*
 * 42. khugepaged has nobody killed to put pages together that are there.
 *
 * A collapse charges the new folio before the old pages are free.  In a memcg at its
 * limit with nothing to reclaim that charge fails, and for a folio of PMD size it
 * always only failed: mem_cgroup_oom() kills for no order above
 * PAGE_ALLOC_COSTLY_ORDER.  Since khugepaged collapses to folios of 16 and 32 kB, too,
 * the order is 2 or 3, and GFP_TRANSHUGE has nothing that keeps try_charge_memcg()
 * from the OOM killer.
 *
 * The child fills its memcg with plain memory that no THP may be made of, the limit is
 * set to what is charged, then the child allows THP and sleeps.  It asks for nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 4096
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define PMD THP "hugepages-2048kB/"
#define SMALL THP "hugepages-16kB/"
#define TRIES 8 /* collapses that khugepaged has tried: enough to judge */

struct sleeper {
	volatile int filled, go;
	pid_t pid;
};

static void sleep_along(struct sleeper *s)
{
	struct mem_region r;
	size_t size = PAGES * mem_page_size();

	file_write("/proc/self/oom_score_adj", "-1000");
	if (mem_map(&r, "private", PAGES) ||
	    madvise(r.addr, size, MADV_NOHUGEPAGE) || mem_fill(&r))
		_exit(1);
	s->filled = 1;
	while (!s->go)
		conform_sleep_ms(1);
	madvise(r.addr, size, MADV_HUGEPAGE);
	for (;;)
		pause();
}

/* Folios that khugepaged has asked for, whether it got them or not. */
static uint64_t asked_for(bool small)
{
	uint64_t got, failed;

	if (!small)
		return conform_vmstat("thp_collapse_alloc") +
		       conform_vmstat("thp_collapse_alloc_failed");

	premise(!file_read_u64(SMALL "stats/collapse_alloc", &got) &&
			!file_read_u64(SMALL "stats/collapse_alloc_failed",
				       &failed),
		"khugepaged makes no folios of 16 kB here (7.2 does)");
	return got + failed;
}

static struct sleeper *start(bool small)
{
	struct sleeper *s = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[64];
	uint64_t now;
	pid_t pid;

	/* The report of an OOM kill is a result here, and no splat. */
	conform_set("/proc/sys/kernel/printk", "4");
	conform_group_set("memory.swap.max", "0");
	conform_set(THP "khugepaged/scan_sleep_millisecs", "10");
	conform_set(THP "khugepaged/alloc_sleep_millisecs", "10");
	conform_set(THP "khugepaged/pages_to_scan", "100000");
	conform_set(THP "khugepaged/max_ptes_none", "0");
	conform_set(PMD "enabled", small ? "never" : "madvise");
	conform_set(SMALL "enabled", small ? "madvise" : "never");
	pid = fork();
	premise(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		sleep_along(s);
	s->pid = pid; /* the parent's word alone: @s is shared */
	for (int i = 0; i < 1000 && !s->filled; i++)
		conform_sleep_ms(5);
	premise(s->filled, "the sleeping child does not start");
	premise(!memcg_enter("run"), "cannot leave the group");
	/*
	 * A page less first: what the CPUs keep in stock is given back.  Where they
	 * keep none the write calls the OOM killer, which must spare the child.
	 */
	for (int i = 1; i >= 0; i--) {
		premise(!memcg_current(conform_group(), &now),
			"memory.current");
		premise(!memcg_limit(conform_group(), "memory.max",
				     now - (uint64_t)i * mem_page_size()),
			"memory.max");
	}
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)pid);
	premise(!file_write(path, "0"), "%s", path);
	premise(!waitpid(pid, NULL, WNOHANG), "dead before any collapse");
	return s;
}

static void sleeper(bool small)
{
	uint64_t before = asked_for(small), asked = 0;
	struct sleeper *s = start(small);
	int status = 0;
	pid_t dead = 0;

	s->go = 1;
	for (int i = 0; i < 600 && !dead && asked < TRIES; i++) {
		conform_sleep_ms(10);
		dead = waitpid(s->pid, &status, WNOHANG);
		asked = asked_for(small) - before;
	}
	conform_note("khugepaged asked for %" PRIu64 " folios", asked);
	check(!dead || !WIFSIGNALED(status),
	      "a task that sleeps got signal %d, for a collapse of its pages",
	      WTERMSIG(status));
	premise(!dead, "the sleeping child ended with %d", WEXITSTATUS(status));
	premise(asked >= TRIES, "khugepaged has not come by");
	kill(s->pid, SIGKILL);
}

static void test_pmd(void)
{
	sleeper(false);
}

static void test_small(void)
{
	sleeper(true);
}

static const struct conform_test tests[] = {
	{ "folios of 2 MB, in a memcg at its limit", test_pmd },
	{ "folios of 16 kB, in a memcg at its limit", test_small },
	{ 0 },
};

static const struct conform_property khugepaged_oom = {
	.number = 42,
	.name = "khugepaged-oom",
	.subject = "khugepaged",
	.tests = tests,
};

CONFORM_PROPERTY(khugepaged_oom);
