// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/mman.h>

#include "kernel/drop.h"

#define MAP_DROP_SIGNAL 0x400000
#define MADV_VOLATILE 26
#define MADV_NONVOLATILE 27

int drop_signal_map(struct mem_region *r, size_t pages)
{
	bool found;
	void *addr;
	int err;

	addr = mmap(NULL, pages * mem_page_size(), PROT_READ | PROT_WRITE,
		    MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_DROP_SIGNAL, -1,
		    0);
	/* Before there was such a flag, anonymous memory had no such type. */
	if (addr == MAP_FAILED)
		return errno == EINVAL ? -EOPNOTSUPP : -errno;
	*r = (struct mem_region){ .addr = addr,
				  .pages = pages,
				  .kind = "droppable" };
	err = mem_vm_flag(addr, "dm", &found);
	if (!err && !found)
		err = -EIO;
	if (err)
		mem_unmap(r);
	return err;
}

int drop_volatile(const struct mem_region *r)
{
	return madvise(r->addr, r->pages * mem_page_size(), MADV_VOLATILE)
		       ? -errno
		       : 0;
}

int drop_nonvolatile(const struct mem_region *r)
{
	int ret =
		madvise(r->addr, r->pages * mem_page_size(), MADV_NONVOLATILE);

	return ret < 0 ? -errno : ret;
}

int drop_volatile_known(void)
{
	struct mem_region r;
	int err = mem_map(&r, "private", 1);

	if (err)
		return err;
	err = drop_volatile(&r);
	if (!err)
		err = drop_nonvolatile(&r);
	mem_unmap(&r);
	return err == -EINVAL ? -EOPNOTSUPP : err;
}

struct mem_region mem_part(const struct mem_region *r, size_t first, size_t n)
{
	return (struct mem_region){ .addr = r->addr + first * mem_page_size(),
				    .pages = n,
				    .kind = r->kind };
}

sigjmp_buf drop_back;
static siginfo_t caught;
static struct sigaction old_bus, old_segv;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	caught = *info;
	siglongjmp(drop_back, 1);
}

int drop_catch(void)
{
	/* The mask is not put back, so the signal must not get into it. */
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_NODEFER };

	if (sigaction(SIGBUS, &sa, &old_bus) ||
	    sigaction(SIGSEGV, &sa, &old_segv))
		return -errno;
	return 0;
}

void drop_uncatch(void)
{
	sigaction(SIGBUS, &old_bus, NULL);
	sigaction(SIGSEGV, &old_segv, NULL);
}

int drop_touch(uint64_t *p, bool write, siginfo_t *info)
{
	drop_catch();
	caught.si_signo = 0;
	if (!drop_caught()) {
		if (write)
			*(volatile uint64_t *)p = 42;
		else
			(void)*(volatile uint64_t *)p;
	}
	drop_uncatch();
	*info = caught;
	return caught.si_signo;
}
