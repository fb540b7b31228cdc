// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a PMU counted, beside each metric of time, as Markdown.  See out.h.
 */
#include <math.h>

#include "pages/out.h"
#include "pages/part_hardware.h"
#include "pages/wrap.h"

static void put_heads(FILE *f, const char *spec)
{
	static const char *const heads[] = { HARDWARE_HEADS };
	size_t i;

	fprintf(f, "\n`%s`\n\n| metric | per | variant |", spec);
	for (i = 0; i < N_HARDWARE; i++)
		fprintf(f, " %s |", heads[i]);
	fputs("\n| --- | --- | --- |", f);
	for (i = 0; i < N_HARDWARE; i++)
		fputs(" --: |", f);
	fputc('\n', f);
}

static void put_row(FILE *f, const struct hardware_row *row, const char *shown)
{
	char num[TEXT_NUM];

	fprintf(f, "| %s | %s | ", row->metric, row->per);
	text_md(f, shown);
	fputs(" |", f);
	for (size_t i = 0; i < N_HARDWARE; i++)
		fprintf(f, " %s |",
			isfinite(row->value[i]) ? text_num(num, row->value[i])
						: "-");
	fputc('\n', f);
}

int out_hardware(FILE *f, const struct comparison *c, struct err *err)
{
	const struct data *d = c->data;
	struct hardware_table t;
	double least = 100;
	size_t shown = 0;
	int ret = 0;

	for (size_t spec = 0; spec < d->n_specs && !ret; spec++) {
		ret = hardware_table(c, spec, &t, err);
		least = fmin(least, t.least);
		if (!ret && t.n) {
			if (!shown++)
				fputs("\n## Hardware beside time\n\n" HARDWARE_SAYS
				      "\n",
				      f);
			put_heads(f, d->specs[spec]);
			for (size_t i = 0; i < t.n; i++)
				put_row(f, &t.rows[i],
					d->arms[t.rows[i].arm].shown);
		}
		hardware_table_free(&t);
	}
	if (shown && least < 100)
		fprintf(f,
			"\nThe PMU was shared: an event was counted in as "
			"little as %.0f %% of the time, and scaled.\n",
			least);
	return ret;
}
