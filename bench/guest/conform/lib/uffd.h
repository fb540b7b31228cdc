/* SPDX-License-Identifier: GPL-2.0-only */
/* userfaultfd, also where the headers are older than the kernel. */
#ifndef MMVS_UFFD_H
#define MMVS_UFFD_H

#include <linux/userfaultfd.h>
#include <stddef.h>
#include <stdint.h>

#ifndef UFFDIO_MOVE
struct uffdio_move {
	__u64 dst, src, len, mode;
	__s64 move;
};
#define UFFDIO_MOVE _IOWR(UFFDIO, 0x05, struct uffdio_move)
#endif
#ifndef UFFD_FEATURE_MOVE
#define UFFD_FEATURE_MOVE (1 << 16)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

/* With one feature, called @name, or 0.  Skips when the kernel has it not. */
int uffd_open(uint64_t feature, const char *name);
/* 0 or -errno. */
int uffd_register(int fd, const void *addr, size_t size, uint64_t mode);

#endif
