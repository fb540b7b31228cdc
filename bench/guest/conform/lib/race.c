// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/race.h"
#include "run/clock.h"

/*
 * Longer than what the intruder does takes, or nothing is left of the CPU for
 * munmap(): it is SCHED_FIFO.  Slow kernels take as much longer.
 */
#define PERIOD_NS 100000

static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t expected;
static atomic_int started, done;

static void on_segv(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!expected) {
		signal(sig, SIG_DFL); /* not ours: die of it */
		return;
	}
	siglongjmp(back, info->si_code);
}

static void catch_segv(void)
{
	struct sigaction sa = { .sa_sigaction = on_segv,
				.sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &sa, NULL);
}

int race_load(const void *p, uint64_t *value)
{
	int code = sigsetjmp(back, 1);

	if (!code) {
		expected = 1;
		*value = *(const volatile uint64_t *)p;
	}
	expected = 0;
	return code;
}

int race_store(void *p, uint64_t value)
{
	int code = sigsetjmp(back, 1);

	if (!code) {
		expected = 1;
		*(volatile uint64_t *)p = value;
	}
	expected = 0;
	return code;
}

bool race_gone(const struct race *r)
{
	uint64_t value;

	return race_load(r->addr, &value);
}

bool race_meet(struct race *r)
{
	bool gone = race_gone(r);

	r->met += gone;
	return gone;
}

void race_map(struct race *r, size_t size)
{
	size_t page = mem_page_size();
	unsigned char *p =
		mmap(NULL, size + 2 * page, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	premise(p != MAP_FAILED, "mmap: %s", strerror(errno));
	r->addr = p + page;
	r->size = size;
	premise(!mprotect(r->addr, size, PROT_READ | PROT_WRITE),
		"mprotect: %s", strerror(errno));
	for (size_t i = 0; i < size / page; i++)
		*(uint64_t *)(r->addr + i * page) = RACE_STAMP(i);
}

struct intruder {
	struct race *race;
	void (*intrude)(struct race *r);
};

static void *run(void *arg)
{
	const struct timespec period = { 0, PERIOD_NS * conform_slowness() };
	struct intruder *in = arg;

	while (!atomic_load(&done)) {
		nanosleep(&period, NULL);
		if (!atomic_load(&started) || atomic_load(&done))
			continue;
		in->race->nr++;
		in->intrude(in->race);
	}
	return NULL;
}

void race_munmap(struct race *r, void (*intrude)(struct race *r))
{
	struct intruder in = { r, intrude };
	struct sched_param sp = { .sched_priority = 1 };
	pthread_t thread;
	int err;

	premise(!clock_wait_fine_timers(), "no high-resolution timers");
	catch_segv();
	r->nr = 0;
	atomic_store(&started, 0);
	atomic_store(&done, 0);
	premise(!pthread_create(&thread, NULL, run, &in), "no thread");
	err = pthread_setschedparam(thread, SCHED_FIFO, &sp);
	premise(!err, "SCHED_FIFO: %s", strerror(err));
	atomic_store(&started, 1);
	err = munmap(r->addr, r->size) ? errno : 0;
	atomic_store(&done, 1);
	pthread_join(thread, NULL);
	check(!err, "munmap: %s", strerror(err));
}

/* How many of the calls found the range gone. */
static unsigned int rounds_of(unsigned int rounds, size_t size, void *arg,
			      void (*intrude)(struct race *r),
			      void (*after)(struct race *r))
{
	unsigned int nr = 0, met = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		struct race r = { .arg = arg };

		race_map(&r, size);
		race_munmap(&r, intrude);
		nr += r.nr;
		met += r.met;
		if (after)
			after(&r);
	}
	premise(nr, "nothing came in between in %u rounds", rounds);
	conform_note("%u intrusions in %u rounds", nr, rounds);
	return met;
}

void race_rounds(unsigned int rounds, size_t size, void *arg,
		 void (*intrude)(struct race *r), void (*after)(struct race *r))
{
	rounds_of(rounds, size, arg, intrude, after);
}

void race_rounds_met(unsigned int rounds, size_t size, void *arg,
		     void (*intrude)(struct race *r),
		     void (*after)(struct race *r))
{
	unsigned int met = rounds_of(rounds, size, arg, intrude, after);

	premise(met, "nobody found the range gone in %u rounds", rounds);
	conform_note("%u of them found the range gone", met);
}
