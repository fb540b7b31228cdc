// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "conform/lib/uffd.h"

int uffd_open(uint64_t feature, const char *name)
{
	struct uffdio_api api = { .api = UFFD_API, .features = feature };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	premise(fd >= 0, "userfaultfd: %s", strerror(errno));
	if (!ioctl(fd, UFFDIO_API, &api))
		return fd;
	/* A feature that the kernel has not is EINVAL. */
	premise(errno != EINVAL || !feature, "no %s", name);
	conform_skip("UFFDIO_API: %s", strerror(errno));
}

int uffd_register(int fd, const void *addr, size_t size, uint64_t mode)
{
	struct uffdio_register reg = {
		.range = { (uintptr_t)addr, size },
		.mode = mode,
	};

	return ioctl(fd, UFFDIO_REGISTER, &reg) ? -errno : 0;
}
