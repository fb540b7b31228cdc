// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/mem.h"
#include "kernel/tlb.h"

/* More pages than are flushed one by one (tlb_single_page_flush_ceiling, 33). */
#define PAGES 64

int tlb_flush(void)
{
	static unsigned char *decoy;
	size_t size = PAGES * mem_page_size();
	void *p;

	if (!decoy) {
		p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return -errno;
		decoy = p;
	}
	for (size_t i = 0; i < PAGES; i++)
		*(volatile unsigned char *)(decoy + i * mem_page_size()) = 1;
	/* Taking write permission away needs a flush, and all is flushed. */
	if (mprotect(decoy, size, PROT_READ) ||
	    mprotect(decoy, size, PROT_READ | PROT_WRITE))
		return -errno;
	return 0;
}
