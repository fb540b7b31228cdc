// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "share/case_swap.h"

int case_swap(struct bench_ctx *ctx)
{
	const char *mode = bench_opt(ctx, "swap");
	int err = swap_set(mode);

	if (err == -EPERM || err == -EACCES)
		return bench_skip(
			ctx, "swap=%s changes the machine: a guest only", mode);
	return err ? bench_fail(ctx, err, "premise: swap=%s", mode) : 0;
}

bool case_swap_is_on(const struct bench_ctx *ctx)
{
	return !strcmp(bench_opt(ctx, "swap"), "on");
}

void case_swap_undo(struct bench_ctx *ctx)
{
	const char *mode = bench_opt(ctx, "swap");

	if (!strcmp(mode, "max0") || !strcmp(mode, "swappiness0"))
		swap_reset(mode);
}
