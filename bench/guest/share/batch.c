// SPDX-License-Identifier: GPL-2.0-only
#include <sys/resource.h>

#include "share/batch.h"
#include "share/timed.h"

size_t batch_rows(struct bench_ctx *ctx)
{
	return bench_opt_u64(ctx, "rounds");
}

static size_t faults_taken(void)
{
	struct rusage r;

	getrusage(RUSAGE_THREAD, &r);
	return (size_t)(r.ru_minflt + r.ru_majflt);
}

static int round_once(struct bench_ctx *ctx, struct batch *b, bool warm)
{
	const struct batch_ops *ops = ctx->bc->kind;
	uint64_t cost;
	int err;

	b->warm = warm;
	err = ops->prepare ? ops->prepare(ctx, b) : 0;
	if (err)
		return err;
	b->faults = faults_taken();
	if (warm)
		TIMED(REGION_BATCH, cost, err = ops->op(ctx, b));
	else
		err = ops->op(ctx, b);
	b->faults = faults_taken() - b->faults;
	if (!err)
		err = ops->verify(ctx, b);
	if (!err && warm)
		bench_row(ctx,
			  (int64_t[]){ (int64_t)ctx->nr_rows, (int64_t)cost,
				       (int64_t)b->units, (int64_t)b->faults });
	return err;
}

int batch_run(struct bench_ctx *ctx)
{
	const struct batch_ops *ops = ctx->bc->kind;
	size_t rounds = batch_rows(ctx);
	struct batch b = { 0 };
	int err;

	if (ops->units)
		b.units = bench_opt_u64(ctx, ops->units);
	err = round_once(ctx, &b, false);
	while (!err && rounds--)
		err = round_once(ctx, &b, true);
	return err;
}
