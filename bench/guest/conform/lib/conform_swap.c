// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conform/lib/conform.h"
#include "kernel/swap.h"

void conform_swap(const char *mode)
{
	int err;

	conform_group(); /* "max0" is a limit of the group above it */
	/* Before: a child that ends in the midst of it leaves it to be put back. */
	snprintf(conform_shared->swap, sizeof(conform_shared->swap), "%s",
		 mode);
	err = swap_set(mode);
	if (err == -EPERM)
		conform_shared->swap[0] = '\0';
	premise(!err, "swap %s: %s", mode, strerror(-err));
}
