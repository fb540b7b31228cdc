/* SPDX-License-Identifier: GPL-2.0-only */
/* Sections of report.md about the run itself. */
#ifndef MMVS_MD_H
#define MMVS_MD_H

#include <stdio.h>

#include "stats/data.h"

#define MD_WIDTH (1 << 24) /* renderers wrap; a break could undo an escape */

/* The title, and that different kernels are compared.  -ENOMEM. */
int md_title(FILE *f, const struct data *d);

/* Run, variants with their patches, how to reproduce.  -ENOMEM. */
int md_about(FILE *f, const struct data *d);

/* Links to the .svg files in the run's plots folder, sorted.  -errno. */
int md_plots(FILE *f, const struct run *run);

#endif
