// SPDX-License-Identifier: GPL-2.0-only
/*
 * 15. vDSO getrandom, the user that the mapping was made for.
 *
 * The vDSO keeps a ChaCha key and a generation in a droppable page that the C
 * library maps with the flags the vDSO asks for.  A dropped page has generation
 * 0, an inherited one is wiped: both are seen as stale and filled from the
 * kernel.  If a page could come back with old contents, or be shared over fork,
 * the same random bytes would be given out twice.  Found through the auxiliary
 * vector; no C library has to know it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/vdso_random.h"
#include "run/clock.h"

#define ROUNDS 2000
#define CALLS 100000

static struct vdso_random random_state;
static struct mem_region page;

static void set_up(void)
{
	int err = vdso_random_open(&random_state);

	premise(err != -ENOSYS,
		"the vDSO has no getrandom, or does not tell its parameters");
	premise(!err, "its state cannot be mapped: %s", strerror(-err));
	page = (struct mem_region){ .addr = random_state.page,
				    .pages = 1,
				    .kind = "state" };
}

static void get(uint64_t out[4])
{
	ssize_t n = random_state.get(out, 32, 0, page.addr,
				     random_state.params.size_of_opaque_state);

	check(n == 32, "getrandom gives %zd of 32 bytes", n);
	check(out[0] | out[1] | out[2] | out[3], "getrandom gives zeroes");
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void all_differ(uint64_t (*v)[4], size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	for (size_t i = 1; i < n; i++)
		check(memcmp(v[i - 1], v[i], 32), "32 bytes were given twice");
}

static void test_state(void)
{
	uint64_t out[4], sum = 0;

	set_up();
	check(conform_smaps_flag(page.addr, "dp"),
	      "the vDSO's own flags (%#x) do not give a droppable mapping",
	      random_state.params.mmap_flags);
	get(out);
	for (size_t i = 0; i < random_state.params.size_of_opaque_state / 8;
	     i++)
		sum |= ((uint64_t *)page.addr)[i];
	premise(sum, "the state stays empty: the system call answered");
}

static void test_pressure(void)
{
	uint64_t(*out)[4] = calloc(ROUNDS, sizeof(*out));
	size_t drops = 0;

	premise(out, "no memory");
	set_up();
	for (size_t i = 0; i < ROUNDS; i++) {
		get(out[i]);
		if (i % 3)
			continue;
		madvise(page.addr, mem_page_size(), MADV_PAGEOUT);
		drops += !conform_where(&page).present;
	}
	premise(drops > ROUNDS / 10, "the state was dropped %zu times only",
		drops);
	conform_note("dropped %zu times in %d calls", drops, ROUNDS);
	conform_not_swapped(&page, "pressure");
	all_differ(out, ROUNDS);
}

/* Takes its parent's state away every 50 us or so, wherever that then is. */
static void take_away(int parent, volatile int *stop)
{
	struct iovec state = { page.addr, mem_page_size() };

	for (long i = 0; !*stop; i++) {
		struct timespec t = { 0, 20000 + i * 7919 % 60000 };

		nanosleep(&t, NULL);
		syscall(SYS_process_madvise, parent, &state, 1, MADV_PAGEOUT,
			0);
	}
	_exit(0);
}

static long minor_faults(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_minflt;
}

/*
 * The state goes between any two instructions of a call: the child's timer
 * interrupts the parent in user mode.  Each time costs the parent one fault.
 */
static void test_midst(void)
{
	uint64_t(*out)[4] = calloc(CALLS, sizeof(*out));
	volatile int *stop = mmap(NULL, mem_page_size(), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	long drops;
	pid_t pid;

	premise(out && stop != MAP_FAILED, "no memory");
	premise(parent >= 0, "pidfd_open: %s", strerror(errno));
	premise(!clock_wait_fine_timers(), "no high-resolution timers");
	set_up();
	memset(out, 1, CALLS * sizeof(*out)); /* no faults of its own later */
	pid = fork();
	premise(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		take_away(parent, stop);
	drops = minor_faults();
	for (size_t i = 0; i < CALLS; i++)
		get(out[i]);
	drops = minor_faults() - drops;
	*stop = 1;
	waitpid(pid, NULL, 0);
	conform_note("dropped about %ld times in %d calls", drops, CALLS);
	premise(drops > 50, "the state was dropped %ld times only", drops);
	conform_not_swapped(&page, "pressure");
	all_differ(out, CALLS);
}

static uint64_t (*shared_out)[4];

static void get_some(void *arg)
{
	size_t first = (size_t)arg;

	for (size_t i = first; i < first + 64; i++)
		get(shared_out[i]);
}

/* Four children of one state, and the parent: five streams, no byte twice. */
static void test_fork(void)
{
	uint64_t out[4];

	set_up();
	shared_out = mmap(NULL, 320 * 32, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	premise(shared_out != MAP_FAILED, "mmap: %s", strerror(errno));
	get(out);
	for (size_t child = 0; child < 4; child++)
		conform_child_ok(get_some, (void *)(child * 64), "a child");
	get_some((void *)256);
	all_differ(shared_out, 320);
}

static const struct conform_test tests[] = {
	{ "the state is droppable and used", test_state },
	{ "neither zero nor repeated under pressure", test_pressure },
	{ "dropped in the midst of calls", test_midst },
	{ "not repeated after fork", test_fork },
	{ 0 },
};

static const struct conform_property getrandom_property = {
	.number = 15,
	.name = "getrandom",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(getrandom_property);
