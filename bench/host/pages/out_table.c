// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table for a terminal.  See out.h.
 */
#include <errno.h>

#include "pages/out.h"
#include "pages/parts.h"
#include "pages/wrap.h"

int out_table(FILE *f, const struct comparison *c)
{
	const struct run *run = c->data->run;
	int ret, w = OUT_TABLE_WIDTH;

	ret = text_wrapf(f, w, "", "  ", "%s: %s, mode %s, 1 %s = %s",
			 *run->name ? run->name : run->dir, run->family,
			 run->mode, run->unit,
			 run->unit[0] == 'i' ? "one guest instruction"
					     : "one nanosecond");
	if (!ret)
		ret = text_wrapf(f, w, "", "  ",
				 "Median over seeds, +- its %.3g%% interval; "
				 "change against the baseline; p adjusted for "
				 "all key metrics and %zu variants (A/A: as it "
				 "is); same = within %g%%.",
				 compare_percent(c), c->variants,
				 c->delta * 100);
	fputc('\n', f);
	if (!ret)
		ret = part_blocks(f, c, w, false);
	fputs("\nA/A and noise\n", f);
	if (!ret)
		ret = part_noise(f, c, w, "");
	fputs("\nCells\n", f);
	if (!ret)
		ret = part_cells(f, c->data, w, "");
	return ret;
}
