/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMVS_ARRAY_H
#define MMVS_ARRAY_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
