// SPDX-License-Identifier: GPL-2.0-only
/* What conformance tests share.  Everything here runs in a test's child. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"

struct conform_shared *conform_shared;

/* The first verdict stays: a check that fails later is a consequence. */
static void decide(enum conform_code code, const char *fmt, va_list ap)
{
	if (conform_shared->code == CONFORM_PASS) {
		vsnprintf(conform_shared->why, sizeof(conform_shared->why), fmt,
			  ap);
		conform_shared->code = (int)code;
	}
}

void conform_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	decide(CONFORM_FAIL, fmt, ap);
	va_end(ap);
	_exit(CONFORM_FAIL);
}

void conform_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	decide(CONFORM_SKIP, fmt, ap);
	va_end(ap);
	_exit(CONFORM_SKIP);
}

void conform_note(const char *fmt, ...)
{
	size_t used = strlen(conform_shared->notes);
	size_t left = sizeof(conform_shared->notes) - used;
	va_list ap;

	if (left < 2)
		return;
	va_start(ap, fmt);
	vsnprintf(conform_shared->notes + used, left - 1, fmt, ap);
	va_end(ap);
	strcat(conform_shared->notes, "\n");
}

/* A choice reads as "always [madvise] never" but is written as one word. */
static void keep_choice(char *text)
{
	char *open = strchr(text, '['), *close = strchr(text, ']');

	if (!open || !close || close < open)
		return;
	*close = '\0';
	memmove(text, open + 1, (size_t)(close - open));
}

int conform_try_set(const char *path, const char *value)
{
	int n = conform_shared->nr_saved, err;

	premise(n < 12, "too many settings changed");
	err = file_read(path, conform_shared->saved[n].old,
			sizeof(conform_shared->saved[n].old));
	if (err < 0)
		return err;
	keep_choice(conform_shared->saved[n].old);
	snprintf(conform_shared->saved[n].path,
		 sizeof(conform_shared->saved[n].path), "%s", path);
	err = file_write(path, value);
	if (!err)
		conform_shared->nr_saved++;
	return err;
}

void conform_set(const char *path, const char *value)
{
	int err = conform_try_set(path, value);

	premise(!err, "%s to %s: %s", value, path, strerror(-err));
}

const char *conform_group(void)
{
	premise(conform_shared->group[0],
		"needs cgroup v2 with the memory controller, writable");
	return conform_shared->group;
}

void conform_group_set(const char *file, const char *value)
{
	char path[256];
	int err;

	memcg_path(path, sizeof(path), conform_group(), file);
	err = file_write(path, value);
	premise(!err, "%s to %s: %s", value, file, strerror(-err));
}

uint64_t conform_group_get(const char *file)
{
	uint64_t value = 0;
	char path[256];
	int err;

	memcg_path(path, sizeof(path), conform_group(), file);
	err = file_read_u64(path, &value);
	premise(!err, "%s: %s", file, strerror(-err));
	return value;
}

uint64_t conform_group_stat(const char *counter)
{
	uint64_t value = 0;
	int err = memcg_stat(conform_group(), counter, &value);

	premise(!err, "memory.stat has no %s", counter);
	return value;
}

uint64_t conform_vmstat(const char *name)
{
	uint64_t value;
	char line[128], key[96];
	FILE *f = fopen("/proc/vmstat", "re");

	premise(f, "/proc/vmstat: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%95s %" SCNu64, key, &value) == 2 &&
		    !strcmp(key, name)) {
			fclose(f);
			return value;
		}
	conform_skip("/proc/vmstat has no %s", name);
}

struct mem_where conform_where(const struct mem_region *r)
{
	struct mem_where w;
	int err = mem_where(r, &w);

	premise(!err, "pagemap: %s", strerror(-err));
	return w;
}

struct mem_region conform_region(const char *kind, size_t pages)
{
	struct mem_region r;
	int err = mem_map(&r, kind, pages);

	premise(err != -EOPNOTSUPP, "this kernel has no MAP_DROPPABLE");
	check(!err, "mmap of %zu pages, %s: %s", pages, kind, strerror(-err));
	err = mem_fill(&r);
	check(!err, "filling %s: %s", kind, strerror(-err));
	premise(conform_where(&r).present == pages,
		"only %zu of %zu pages are there after filling",
		conform_where(&r).present, pages);
	return r;
}

/* compact_nodes() begins with lru_add_drain_all(); no other call is so plain. */
void conform_drain(void)
{
	int err = file_write("/proc/sys/vm/compact_memory", "1");

	premise(!err, "draining all CPUs: compact_memory: %s", strerror(-err));
}

/*
 * A folio that sits in a per-CPU batch or that another task looks at has one
 * reference more than reclaim expects and stays for this time; a second call
 * finds it (tools/testing/selftests/mm/droppable.c does the same).
 */
void conform_pageout(const struct mem_region *r)
{
	for (int i = 0; i < 10; i++) {
		check(!madvise(r->addr, r->pages * mem_page_size(),
			       MADV_PAGEOUT),
		      "MADV_PAGEOUT: %s", strerror(errno));
		if (!conform_where(r).present)
			return;
		conform_sleep_ms(10);
	}
}

void conform_not_swapped(const struct mem_region *r, const char *after)
{
	struct mem_where w = conform_where(r);
	uint64_t kb = conform_smaps_kb(r->addr, "Swap");

	check(!w.swapped, "%zu of %zu pages are in swap after %s (pagemap)",
	      w.swapped, r->pages, after);
	check(!kb, "%" PRIu64 " kB are in swap after %s (smaps)", kb, after);
}

void conform_intact(const struct mem_region *r, const char *after)
{
	size_t intact, zero;

	check(!mem_verify(r, &intact, &zero), "torn or foreign data after %s",
	      after);
	check(intact == r->pages, "%zu of %zu pages lost their data after %s",
	      zero, r->pages, after);
}

void conform_zero(const struct mem_region *r, const char *after)
{
	const uint64_t *p = (void *)r->addr;
	size_t words = mem_page_size() / sizeof(*p);

	for (size_t i = 0; i < r->pages * words; i++)
		check(!p[i], "page %zu of %zu is not zero after %s", i / words,
		      r->pages, after);
}

void conform_drops(struct mem_region *r, const char *after)
{
	size_t left;

	conform_pageout(r);
	conform_not_swapped(r, after);
	left = conform_where(r).present;
	check(!left, "MADV_PAGEOUT leaves %zu of %zu pages after %s", left,
	      r->pages, after);
	conform_zero(r, after);
}

void conform_need_swap(void)
{
	struct mem_region r = conform_region("private", 64);

	conform_pageout(&r);
	premise(conform_where(&r).swapped > 32,
		"swap is off or not used: plain memory paged out is not in it");
	mem_unmap(&r);
}

/* Find @key in the part of smaps for @addr; the rest of its line in @value. */
static bool smaps_line(const void *addr, const char *key, char *value,
		       size_t size)
{
	unsigned long start, end, at = (unsigned long)addr;
	size_t len = strlen(key);
	bool inside = false, found = false;
	char line[512];
	FILE *f = fopen("/proc/self/smaps", "re");

	premise(f, "smaps: %s", strerror(errno));
	while (!found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
			inside = start <= at && at < end;
			found = inside && !len;
		} else {
			found = inside && !strncmp(line, key, len) &&
				line[len] == ':';
		}
		if (found)
			snprintf(value, size, "%s",
				 len ? line + len + 1 : line);
	}
	fclose(f);
	return found;
}

uint64_t conform_smaps_kb(const void *addr, const char *field)
{
	char value[512];

	premise(smaps_line(addr, field, value, sizeof(value)),
		"smaps has no %s at %p", field, addr);
	return strtoull(value, NULL, 10);
}

bool conform_smaps_flag(const void *addr, const char *flag)
{
	char value[512], word[8];

	premise(smaps_line(addr, "VmFlags", value, sizeof(value)),
		"smaps has no VmFlags at %p", addr);
	snprintf(word, sizeof(word), " %.4s ", flag);
	return strstr(value, word);
}

size_t conform_smaps_size(const void *addr)
{
	unsigned long start = 0, end = 0;
	char value[512];

	if (!smaps_line(addr, "", value, sizeof(value)) ||
	    sscanf(value, "%lx-%lx", &start, &end) != 2)
		return 0;
	return end - start;
}

uint64_t conform_kb_of(const char *path, const char *name)
{
	size_t len = strlen(name);
	char line[256];
	FILE *f = fopen(path, "re");

	premise(f, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ':') {
			fclose(f);
			return strtoull(line + len + 1, NULL, 10);
		}
	conform_skip("%s has no %s", path, name);
}

void conform_pfns(const struct mem_region *r, uint64_t *pfn)
{
	size_t first = (size_t)r->addr / mem_page_size(), done = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	premise(fd >= 0, "pagemap: %s", strerror(errno));
	while (done < r->pages) {
		ssize_t n = pread(fd, pfn + done, (r->pages - done) * 8,
				  (off_t)((first + done) * 8));

		premise(n > 0, "pagemap: %s", n ? strerror(errno) : "its end");
		done += (size_t)n / 8;
	}
	close(fd);
	for (size_t i = 0; i < r->pages; i++)
		pfn[i] = pfn[i] >> 63 ? pfn[i] & ((1ULL << 55) - 1) : 0;
}

int conform_child(void (*fn)(void *arg), void *arg)
{
	int status;
	pid_t pid = fork();

	premise(pid >= 0, "fork: %s", strerror(errno));
	if (!pid) {
		fn(arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	return status;
}

void conform_child_ok(void (*fn)(void *arg), void *arg, const char *what)
{
	int status = conform_child(fn, arg);

	check(!WIFSIGNALED(status), "%s: killed by signal %d", what,
	      WTERMSIG(status));
	if (WEXITSTATUS(status)) /* the child has said why */
		_exit(WEXITSTATUS(status));
}

void conform_sleep_ms(unsigned int ms)
{
	uint64_t all = (uint64_t)ms * conform_slowness();
	struct timespec t = { (time_t)(all / 1000),
			      (long)(all % 1000) * 1000000 };

	nanosleep(&t, NULL);
}
