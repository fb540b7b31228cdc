/* SPDX-License-Identifier: GPL-2.0-only */
/* What every unit test includes; cmocka.h wants these before it. */
#ifndef MMVS_UNIT_H
#define MMVS_UNIT_H

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/* a and b agree to within eps; says so with their values if not. */
#define assert_near(a, b, eps)                                         \
	do {                                                           \
		double a_ = (a), b_ = (b);                             \
		if (!(fabs(a_ - b_) <= (eps)))                         \
			fail_msg("%s = %.12g, not %.12g", #a, a_, b_); \
	} while (0)

#endif
