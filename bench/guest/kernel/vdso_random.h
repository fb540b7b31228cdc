/* SPDX-License-Identifier: GPL-2.0-only */
/* getrandom of the vDSO, without a C library that knows it. */
#ifndef MMVS_VDSO_RANDOM_H
#define MMVS_VDSO_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* include/uapi/linux/random.h, which older headers do not have. */
struct vdso_random_params {
	uint32_t size_of_opaque_state, mmap_prot, mmap_flags, reserved[13];
};

struct vdso_random {
	ssize_t (*get)(void *buf, size_t len, unsigned int flags, void *state,
		       size_t state_len);
	struct vdso_random_params params;
	void *page; /* one page that holds the state */
};

/*
 * Find the function through the auxiliary vector and map a page for its state
 * with the protection and the flags that it asks for.  -ENOSYS when the vDSO
 * has none or does not tell its parameters, -errno of mmap(2).
 */
int vdso_random_open(struct vdso_random *r);
void vdso_random_close(struct vdso_random *r);

#endif
