// SPDX-License-Identifier: GPL-2.0-only
/*
 * 9. Written through get_user_pages(): never swapped, still droppable; not
 * dropped while it is pinned.
 *
 * GUP callers mark folios dirty without going through a page table
 * (unpin_user_pages_dirty_lock(), bio_set_pages_dirty()), so a variant that
 * keeps folios clean by what pte_dirty() says has a second way to cover.  A
 * pinned folio has references that try_to_unmap_one() counts: dropping it
 * would leave the device and the mapping with different pages.
 *
 * A kernel may refuse to pin droppable memory, with EFAULT: whether the page is
 * mapped or not (GUP-fast has no VMA to ask), and MADV_FREE memory not with it.
 *
 * Where the data comes by GUP alone, the pages were never written through the
 * page table of the mapping.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

#define PAGES 256
#define PINNED 16

static size_t bytes(size_t pages)
{
	return pages * mem_page_size();
}

/* Droppable memory that nobody has touched. */
static struct mem_region untouched(size_t pages)
{
	struct mem_region r = conform_region("droppable", 1);

	mem_unmap(&r);
	check(!mem_map(&r, "droppable", pages), "mmap: %s", strerror(errno));
	return r;
}

static void squeeze(void)
{
	for (int i = 0; i < 4; i++)
		memcg_reclaim(conform_group(), bytes(PAGES));
}

/* A way to fill memory by pins: what came of it, or -errno. */
struct way {
	const char *by;
	ssize_t (*go)(const struct way *w, struct mem_region *r);
	struct mem_region from;
	int fd;
};

static ssize_t by_disk(const struct way *w, struct mem_region *r)
{
	ssize_t got = pread(w->fd, r->addr, bytes(r->pages), 0);

	return got < 0 ? -errno : got;
}

static ssize_t by_vm_writev(const struct way *w, struct mem_region *r)
{
	struct iovec from = { w->from.addr, bytes(r->pages) };
	struct iovec to = { r->addr, bytes(r->pages) };
	ssize_t got = process_vm_writev(getpid(), &from, 1, &to, 1, 0);

	return got < 0 ? -errno : got;
}

/* Nothing has come of an attempt on @r, whose pages were written or not. */
static void unharmed(struct mem_region *r, bool written)
{
	if (!written)
		return conform_zero(r, "a refusal");
	conform_intact(r, "a refusal");
	conform_drops(r, "a refusal"); /* as long as nobody holds a page */
}

/* Fill @r, which is untouched: done, or refused, and then when mapped, too. */
static bool granted(const struct way *w, struct mem_region *r)
{
	ssize_t got = w->go(w, r);

	check(got == -EFAULT || got == (ssize_t)bytes(r->pages), "%s: %s",
	      w->by, got < 0 ? strerror((int)-got) : "short");
	if (got != -EFAULT)
		return true;
	conform_note("%s: refused", w->by);
	unharmed(r, false);
	mem_fill(r);
	got = w->go(w, r);
	check(got == -EFAULT,
	      "%s: refused without a page, with one it says %zd", w->by, got);
	unharmed(r, true);
	return false;
}

/* Filled by GUP: the data is right, and it goes like any other. */
static void filled(struct mem_region *r, const char *by)
{
	conform_need_swap();
	check(conform_where(r).present == r->pages, "%s brought %zu pages", by,
	      conform_where(r).present);
	conform_intact(r, by);
	conform_drops(r, by);
}

/*
 * Held by a reference: pressure leaves the pages and their data alone.  The
 * page table may let go of them, as it does of page cache; what counts is what
 * the next access finds.
 */
static void held(struct mem_region *r, const char *by)
{
	const struct mem_region pinned = { .addr = r->addr, .pages = PINNED };
	uint64_t frame[PINNED], now[PINNED];

	/* Mapped now, if reclaim has just taken them out of the page table. */
	for (size_t i = 0; i < PINNED; i++)
		(void)*(volatile unsigned char *)(r->addr + bytes(i));
	conform_pfns(&pinned, frame);
	premise(frame[0], "frame numbers need root");
	conform_pageout(r);
	squeeze();
	conform_not_swapped(r, by);
	conform_intact(r, by);
	conform_pfns(&pinned, now);
	for (size_t i = 0; i < PINNED; i++)
		check(now[i] == frame[i],
		      "page %zu of %d is not the one pinned by %s", i, PINNED,
		      by);
}

/* A block device of our own: on tmpfs O_DIRECT only copies. */
static int open_disk(void)
{
	char id[16], path[64];
	int fd = -1;

	premise(file_read("/sys/class/zram-control/hot_add", id, sizeof(id)) >
			0,
		"no second zram device");
	id[strcspn(id, "\n")] = '\0';
	snprintf(path, sizeof(path), "/sys/block/zram%s/disksize", id);
	premise(!file_write(path, "4M"), "%s", path);
	snprintf(path, sizeof(path), "/dev/zram%s", id);
	for (int i = 0; i < 50 && fd < 0; i++) {
		fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
		if (fd < 0)
			conform_sleep_ms(10);
	}
	premise(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

static void test_direct_read(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	struct mem_region r = untouched(PAGES);
	int fd = open_disk();
	const struct way disk = { "an O_DIRECT read", by_disk, plain, fd };

	premise(pwrite(fd, plain.addr, bytes(PAGES), 0) ==
			(ssize_t)bytes(PAGES),
		"O_DIRECT write: %s", strerror(errno));
	if (!granted(&disk, &r))
		return;
	filled(&r, disk.by);
	/* Again over dropped pages, then from the mapping to the disk. */
	check(pread(fd, r.addr, bytes(PAGES), 0) == (ssize_t)bytes(PAGES),
	      "O_DIRECT read into a dropped mapping: %s", strerror(errno));
	conform_intact(&r, "an O_DIRECT read into a dropped mapping");
	check(pwrite(fd, r.addr, bytes(PAGES), 0) == (ssize_t)bytes(PAGES),
	      "O_DIRECT write from the mapping: %s", strerror(errno));
	squeeze();
	conform_not_swapped(&r, "O_DIRECT and memory.reclaim");
	mem_fill(&r);
	conform_drops(&r, "O_DIRECT");
}

static void test_vm_writev(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	const struct way w = { "process_vm_writev", by_vm_writev, plain, -1 };
	struct mem_region r = untouched(PAGES);

	if (granted(&w, &r))
		filled(&r, w.by);
}

static void test_proc_mem(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	struct mem_region r = untouched(PAGES);
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	premise(fd >= 0, "/proc/self/mem: %s", strerror(errno));
	check(pwrite(fd, plain.addr, bytes(PAGES), (off_t)(uintptr_t)r.addr) ==
		      (ssize_t)bytes(PAGES),
	      "/proc/self/mem: %s", strerror(errno));
	filled(&r, "/proc/self/mem");
}

/* Filled by GUP and reclaimed from the LRU instead of by page table. */
static void test_reclaim(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	const struct way w = { "process_vm_writev", by_vm_writev, plain, -1 };
	struct mem_region r = untouched(PAGES);

	conform_need_swap();
	if (!granted(&w, &r))
		return;
	squeeze();
	conform_not_swapped(&r, "process_vm_writev and memory.reclaim");
	check(conform_where(&r).present < PAGES,
	      "memory.reclaim drops no page written by process_vm_writev");
	conform_drops(&r, "process_vm_writev and memory.reclaim");
}

/* The pipe holds the pages: what is written afterwards comes out of it. */
static void test_vmsplice(void)
{
	struct mem_region r = conform_region("droppable", PINNED);
	struct iovec iov = { r.addr, bytes(PINNED) };
	unsigned char *copy = malloc(bytes(PINNED));
	int fds[2];

	conform_need_swap();
	premise(copy, "no memory");
	premise(!pipe2(fds, O_CLOEXEC), "pipe: %s", strerror(errno));
	check(vmsplice(fds[1], &iov, 1, 0) == (ssize_t)bytes(PINNED),
	      "vmsplice: %s", strerror(errno));
	held(&r, "vmsplice");
	r.addr[bytes(3) + 5] ^= 0xff;
	for (size_t n = 0; n < bytes(PINNED);) {
		ssize_t got = read(fds[0], copy + n, bytes(PINNED) - n);

		check(got > 0, "reading the pipe: %s", strerror(errno));
		n += (size_t)got;
	}
	check(!memcmp(copy, r.addr, bytes(PINNED)),
	      "pipe and mapping have different pages");
	free(copy);
	close(fds[0]);
	close(fds[1]);
	conform_drops(&r, "the pipe is closed");
}

/* A long-term pin, FOLL_LONGTERM | FOLL_WRITE: a ring, or -1 if refused. */
static int fix_buffers(struct io_uring_params *p, struct mem_region *r)
{
	bool written = conform_where(r).present;
	struct iovec iov = { r->addr, bytes(r->pages) };
	int fd = (int)syscall(SYS_io_uring_setup, 4, p);

	premise(fd >= 0, "io_uring_setup: %s", strerror(errno));
	if (!syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &iov,
		     1))
		return fd;
	check(errno == EFAULT, "fixed buffers: %s", strerror(errno));
	conform_note("fixed buffers: refused");
	close(fd);
	unharmed(r, written);
	return -1;
}

static void let_go(int fd)
{
	check(!syscall(SYS_io_uring_register, fd, IORING_UNREGISTER_BUFFERS,
		       NULL, 0),
	      "unregister: %s", strerror(errno));
	close(fd);
	conform_sleep_ms(100); /* resources are put by a work item */
}

static void test_io_uring(void)
{
	struct mem_region r = conform_region("droppable", PINNED);
	struct io_uring_params p = { 0 };
	int fd;

	conform_need_swap();
	fd = fix_buffers(&p, &r);
	if (fd < 0)
		return;
	held(&r, "io_uring");
	mem_fill(&r);
	held(&r, "io_uring, written again");
	let_go(fd);
	conform_drops(&r, "io_uring let go");
}

/* One READ_FIXED of all of @r from the start of @file; its result. */
static int read_fixed(int fd, const struct io_uring_params *p, int file,
		      const struct mem_region *r)
{
	size_t size =
		p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	char *ring = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqe =
		mmap(NULL, p->sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
	const struct io_uring_cqe *cqe;

	premise(p->features & IORING_FEAT_SINGLE_MMAP && ring != MAP_FAILED &&
			sqe != MAP_FAILED,
		"no ring: %s", strerror(errno));
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_READ_FIXED,
		.fd = file,
		.addr = (uintptr_t)r->addr,
		.len = (uint32_t)bytes(r->pages),
	};
	*(unsigned int *)(ring + p->sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(ring + p->sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	check(syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS,
		      NULL, 0) == 1,
	      "io_uring_enter: %s", strerror(errno));
	check(__atomic_load_n((unsigned int *)(ring + p->cq_off.tail),
			      __ATOMIC_ACQUIRE) == 1,
	      "no completion");
	cqe = (void *)(ring + p->cq_off.cqes);
	return cqe->res;
}

/* What the device writes into the pin is what the mapping shows. */
static void test_read_fixed(void)
{
	struct mem_region plain = conform_region("private", PINNED);
	struct mem_region r = untouched(PINNED);
	struct io_uring_params p = { 0 };
	int disk = open_disk(), fd, res;

	conform_need_swap();
	premise(pwrite(disk, plain.addr, bytes(PINNED), 0) ==
			(ssize_t)bytes(PINNED),
		"O_DIRECT write: %s", strerror(errno));
	fd = fix_buffers(&p, &r);
	if (fd < 0)
		return;
	conform_zero(&r, "pinning");
	conform_pageout(&r);
	squeeze();
	res = read_fixed(fd, &p, disk, &r);
	check(res == (int)bytes(PINNED), "READ_FIXED: %d, %s", res,
	      res < 0 ? strerror(-res) : "short");
	held(&r, "io_uring, filled by READ_FIXED");
	let_go(fd);
	conform_intact(&r, "READ_FIXED and letting go");
	conform_drops(&r, "READ_FIXED and letting go");
}

/* Its folios are anonymous and not swap-backed either. */
static void test_free(void)
{
	struct mem_region plain = conform_region("private", PAGES);
	struct mem_region r = conform_region("private-free", PAGES);
	int fd = open_disk();

	premise(pwrite(fd, plain.addr, bytes(PAGES), 0) ==
			(ssize_t)bytes(PAGES),
		"O_DIRECT write: %s", strerror(errno));
	check(pread(fd, r.addr, bytes(PAGES), 0) == (ssize_t)bytes(PAGES),
	      "O_DIRECT read into MADV_FREE memory: %s", strerror(errno));
	conform_pageout(&r);
	conform_intact(&r, "an O_DIRECT read into MADV_FREE memory");
}

static const struct conform_test tests[] = {
	{ "O_DIRECT read into the mapping", test_direct_read },
	{ "process_vm_writev", test_vm_writev },
	{ "/proc/pid/mem", test_proc_mem },
	{ "process_vm_writev, then memory.reclaim", test_reclaim },
	{ "vmsplice: held in a pipe", test_vmsplice },
	{ "io_uring: fixed buffers", test_io_uring },
	{ "io_uring: READ_FIXED", test_read_fixed },
	{ "MADV_FREE memory can be pinned, and keeps what comes", test_free },
	{ 0 },
};

static const struct conform_property gup = {
	.number = 9,
	.name = "gup",
	.subject = "droppable",
	.tests = tests,
};

CONFORM_PROPERTY(gup);
