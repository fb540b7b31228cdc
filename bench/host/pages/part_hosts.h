/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts that the pages of several hosts share. */
#ifndef MMVS_PART_HOSTS_H
#define MMVS_PART_HOSTS_H

#include <stdio.h>

#include "stats/hosts.h"

#define PART_SPLIT "no joint verdict" /* hosts prove opposite things */
#define PART_SPREAD 320

/* Is this row one of the table: a key metric, measured, of a variant or A/A? */
bool part_hosts_shown(const struct hosts *h, const struct row *row);

/* "better" and so on, "same, +3 ns (+0.10%)", or PART_SPLIT.  Returns buf. */
const char *part_hosts_verdict(char buf[VERDICT_TEXT], const struct hosts *h,
			       const struct row *row);

/* "+3.90% on a to +5.00% on c": the least and the most of the hosts.  Returns buf. */
const char *part_hosts_spread(char buf[PART_SPREAD], const struct hosts *h,
			      const struct row *row);

/* What the figures are, in a paragraph; then what differs and is not refused. */
int part_hosts_about(FILE *f, const struct hosts *h, int width);

/* A/A and the cells of each host by itself, each under @heading. */
int part_hosts_own(FILE *f, const struct hosts *h, int width,
		   const char *heading, const char *quote);

#endif
