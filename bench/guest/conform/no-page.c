// SPDX-License-Identifier: GPL-2.0-only
/*
 * 17. A fault whose allocation fails is no signal and no error, outside of a memcg.
 *
 * What property 5 asks at memory.max, asked of the page allocator: the page
 * itself, the page tables above it, the anon_vma, a huge page.  Each of these ends
 * in VM_FAULT_OOM, which handle_mm_fault() takes out of the result for VM_DROPPABLE.
 * In user mode that makes little difference (pagefault_out_of_memory() has only
 * warned since 5.16, and the instruction faults again for any memory); where the
 * kernel touches the memory, as in read(2), plain memory is -EFAULT
 * (kernelmode_fixup_or_oops()) and droppable memory is not.  A read of one byte:
 * rep_stos_alternative() tries what is left of a longer store again, byte by byte, and
 * the second try has its allocation.
 *
 * Real want of order-0 pages calls the OOM killer and not the fault, so allocations
 * are made to fail: CONFIG_FAIL_PAGE_ALLOC and CONFIG_FAILSLAB, which only
 * debug.config has; /proc/self/fail-nth picks the n-th of the task.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"

#define PAGE_ALLOC "/sys/kernel/debug/fail_page_alloc/"
#define FAIL_NTH "/proc/self/fail-nth"
#define HUGE_PAGES 512
#define MOST 32 /* allocations of one fault */

/* All that a task asks for may fail; nothing does until it says so. */
static void may_fail(void)
{
	premise(!conform_try_set(PAGE_ALLOC "ignore-gfp-wait", "N"),
		"no %s (CONFIG_FAIL_PAGE_ALLOC, which only debug.config has)",
		PAGE_ALLOC);
	conform_set(PAGE_ALLOC "ignore-gfp-highmem", "N");
	conform_set(PAGE_ALLOC "min-order", "0");
	conform_set(PAGE_ALLOC "verbose", "0");
	conform_set(PAGE_ALLOC "task-filter", "Y");
	conform_set("/sys/kernel/debug/failslab/verbose", "0");
}

/* @huge pages of 2 MB, nothing of them there, not even the page tables. */
static struct mem_region untouched(const char *kind, size_t huge, bool thp)
{
	struct mem_region r, probe = conform_region(kind, 1);

	mem_unmap(&probe);
	check(!mem_map_aligned(&r, kind, huge * HUGE_PAGES, HUGE_PAGES),
	      "mmap: %s", strerror(errno));
	if (thp)
		madvise(r.addr, r.pages * mem_page_size(), MADV_HUGEPAGE);
	return r;
}

/* read(2) of a byte into @to with its @n-th allocation failing; had it so many? */
static bool read_failing(int nth, int zero, unsigned char *to, unsigned int n,
			 ssize_t *got, int *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);
	ssize_t left;

	premise(pwrite(nth, text, (size_t)len, 0) == len, "%s: %s", FAIL_NTH,
		strerror(errno));
	*got = read(zero, to, 1);
	*err = errno;
	left = pread(nth, text, sizeof(text) - 1, 0);
	premise(left > 0, "%s: %s", FAIL_NTH, strerror(errno));
	pwrite(nth, "0", 1, 0);
	return text[0] == '0';
}

/*
 * Each of the allocations of such a fault fails once.  How many calls came to
 * no byte?
 */
static unsigned int each_fails(const char *kind, bool thp, unsigned int *nr)
{
	struct mem_region r = untouched(kind, MOST + 1, thp);
	int nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC), err;
	unsigned int failed = 0;
	ssize_t got;

	premise(nth >= 0 && zero >= 0, "%s: %s", FAIL_NTH, strerror(errno));
	for (*nr = 0; *nr < MOST; ++*nr) {
		unsigned char *at = r.addr + *nr * HUGE_PAGES * mem_page_size();

		if (!read_failing(nth, zero, at, *nr + 1, &got, &err))
			break;
		failed += got != 1;
		check(got == 1 || err == EFAULT, "read(2) says %s",
		      strerror(err));
	}
	check(*nr < MOST, "more than %d allocations in one fault", MOST);
	close(nth);
	close(zero);
	mem_unmap(&r);
	return failed;
}

static void by_read(bool thp)
{
	unsigned int nr, plain, failed;

	may_fail();
	plain = each_fails("private", thp, &nr);
	premise(plain, "no allocation of a fault in plain memory can fail");
	conform_note("plain: %u of %u allocations end a read(2)", plain, nr);
	failed = each_fails("droppable", thp, &nr);
	conform_note("droppable: %u of %u", failed, nr);
	premise(nr, "a fault allocates nothing");
	check(!failed, "%u of %u failing allocations end a read(2)", failed,
	      nr);
}

static void test_read(void)
{
	by_read(false);
}

static void test_read_huge(void)
{
	by_read(true);
}

struct faulter {
	volatile int ready, go;
	volatile size_t touched;
};

static void fault_along(struct faulter *f, bool thp)
{
	struct mem_region r = untouched("droppable", 4, thp);

	premise(!file_write("/proc/self/make-it-fail", "1"), "make-it-fail");
	f->ready = 1;
	while (!f->go)
		;
	for (size_t i = 0; i < r.pages; i += HUGE_PAGES) {
		*(volatile unsigned char *)(r.addr + i * mem_page_size()) = 1;
		f->touched++;
	}
	_exit(0);
}

/* Every allocation of the task fails, for as long as it is told to. */
static void stuck(bool thp)
{
	struct faulter *f = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	may_fail();
	conform_set(PAGE_ALLOC "probability", "0");
	conform_set(PAGE_ALLOC "times", "1000000000");
	pid = fork();
	premise(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		fault_along(f, thp);
	for (int i = 0; i < 1000 && !f->ready; i++)
		conform_sleep_ms(1);
	premise(f->ready, "the faulting child does not start");
	premise(!file_write(PAGE_ALLOC "probability", "100"), "probability");
	f->go = 1;
	conform_sleep_ms(100);
	premise(!file_write(PAGE_ALLOC "probability", "0"), "probability");
	premise(!f->touched, "the fault got its page all the same");
	for (int i = 0; i < 1000 && f->touched < 4; i++)
		conform_sleep_ms(1);
	premise(waitpid(pid, &status, f->touched < 4 ? WNOHANG : 0) >= 0,
		"waitpid: %s", strerror(errno));
	check(!WIFSIGNALED(status), "the faulting task got signal %d",
	      WTERMSIG(status));
	check(f->touched == 4, "with memory again, the fault never ends");
}

static void test_stuck(void)
{
	stuck(false);
}

static void test_stuck_huge(void)
{
	stuck(true);
}

static const struct conform_test tests[] = {
	{ "read(2) into it, each allocation failing once", test_read },
	{ "the same where huge pages are asked for", test_read_huge },
	{ "from user mode, all of them failing, then none", test_stuck },
	{ "the same where huge pages are asked for", test_stuck_huge },
	{ 0 },
};

static const struct conform_property no_page = {
	.number = 17,
	.name = "no-page",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(no_page);
