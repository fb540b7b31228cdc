// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/folio.h"

#define THP "/sys/kernel/mm/transparent_hugepage"
#define MAX_ORDER 10
#define KPF_COMPOUND_HEAD (1ULL << 15)
#define KPF_COMPOUND_TAIL (1ULL << 16)
#define PM_PFN ((1ULL << 55) - 1)
#define PM_PRESENT (1ULL << 63)

static char before[MAX_ORDER][16]; /* what was set, by order */

static void setting_path(char *path, size_t size, unsigned int order)
{
	snprintf(path, size, THP "/hugepages-%zukB/enabled",
		 (mem_page_size() << order) / 1024);
}

static void restore(void)
{
	char path[128];

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		setting_path(path, sizeof(path), order);
		if (before[order][0])
			file_write(path, before[order]);
	}
}

/* Keep the word in brackets of "always inherit [madvise] never". */
static int save(const char *path, char *word, size_t size)
{
	char buf[128], *start, *end;
	int n;

	n = file_read(path, buf, sizeof(buf));
	if (n < 0)
		return n;
	start = strchr(buf, '[');
	end = start ? strchr(start, ']') : NULL;
	if (!end || (size_t)(end - start) > size)
		return -EIO;
	*end = '\0';
	strcpy(word, start + 1);
	return 0;
}

int folio_order_enable(unsigned int order)
{
	static bool registered;
	char path[128];
	int err;

	setting_path(path, sizeof(path), order);
	if (order >= MAX_ORDER || access(path, F_OK))
		return -ENOENT;
	for (unsigned int o = 0; o < MAX_ORDER; o++) {
		setting_path(path, sizeof(path), o);
		if (access(path, F_OK))
			continue;
		err = before[o][0] ? 0
				   : save(path, before[o], sizeof(before[o]));
		if (!err)
			err = file_write(path,
					 o == order ? "madvise" : "never");
		if (err)
			return err;
	}
	if (registered)
		return 0;
	registered = true;
	return atexit(restore) ? -ENOMEM : 0;
}

/* Are the frames from @pfn on one folio of @order, from its head? */
static int is_folio(int fd, uint64_t pfn, unsigned int order)
{
	uint64_t flags[(1 << (MAX_ORDER - 1)) + 1];
	size_t nr = 1UL << order;
	ssize_t n;

	n = pread(fd, flags, (nr + 1) * 8, (off_t)(pfn * 8));
	if (n < (ssize_t)(nr * 8))
		return n < 0 ? -errno : -EIO;
	if (n == (ssize_t)(nr * 8)) /* the last frame there is */
		flags[nr] = 0;
	if (!order)
		return !(flags[0] & (KPF_COMPOUND_HEAD | KPF_COMPOUND_TAIL));
	if (!(flags[0] & KPF_COMPOUND_HEAD) || flags[nr] & KPF_COMPOUND_TAIL)
		return 0;
	for (size_t i = 1; i < nr; i++)
		if (!(flags[i] & KPF_COMPOUND_TAIL))
			return 0;
	return 1;
}

static int folio_at(int pagemap, int kpageflags, size_t page,
		    unsigned int order)
{
	uint64_t entry[1 << (MAX_ORDER - 1)];
	size_t nr = 1UL << order;

	if (pread(pagemap, entry, nr * 8, (off_t)(page * 8)) !=
	    (ssize_t)(nr * 8))
		return -EIO;
	for (size_t i = 0; i < nr; i++) {
		if (!(entry[i] & PM_PRESENT))
			return 0;
		if (!(entry[i] & PM_PFN))
			return -EPERM;
		if ((entry[i] & PM_PFN) != (entry[0] & PM_PFN) + i)
			return 0;
	}
	return is_folio(kpageflags, entry[0] & PM_PFN, order);
}

int folio_order_pages(const struct mem_region *r, unsigned int order,
		      size_t *pages)
{
	size_t first = (size_t)r->addr / mem_page_size(), nr = 1UL << order;
	int pagemap, kpageflags, ret = 0;

	*pages = 0;
	if (order >= MAX_ORDER)
		return -EINVAL;
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		return -errno;
	kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (kpageflags < 0)
		ret = errno == EACCES ? -EPERM : -errno;
	for (size_t i = 0; i + nr <= r->pages && ret >= 0; i += nr) {
		ret = folio_at(pagemap, kpageflags, first + i, order);
		if (ret > 0)
			*pages += nr;
	}
	if (kpageflags >= 0)
		close(kpageflags);
	close(pagemap);
	return ret < 0 ? ret : 0;
}
