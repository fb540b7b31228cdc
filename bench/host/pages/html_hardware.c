// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a PMU counted in a case, beside its metrics of time.  See html.h.
 */
#include <math.h>

#include "pages/html.h"
#include "pages/part_hardware.h"

static void put_row(FILE *f, const struct hardware_row *row, const char *shown)
{
	char num[TEXT_NUM];

	fputs("<tr><th scope=row>", f);
	html_text(f, row->metric);
	fputs("</th><td>", f);
	html_text(f, row->per);
	fputs("</td><td>", f);
	html_text(f, shown);
	fputs("</td>", f);
	for (size_t i = 0; i < N_HARDWARE; i++)
		html_number(f, row->value[i],
			    isfinite(row->value[i])
				    ? text_num(num, row->value[i])
				    : "-");
	fputs("</tr>\n", f);
}

static void put_table(struct html *h, const struct hardware_table *t)
{
	static const char *const heads[] = { "metric", "per", "variant",
					     HARDWARE_HEADS };
	size_t i;

	fputs("<details><summary>Hardware beside time</summary>\n<p>" HARDWARE_SAYS
	      "</p>\n",
	      h->f);
	html_table_begin(h->f, "Hardware beside time", true);
	fputs("<thead><tr>", h->f);
	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		fprintf(h->f, "<th scope=col>%s</th>", heads[i]);
	fputs("</tr></thead>\n<tbody>\n", h->f);
	for (i = 0; i < t->n; i++)
		put_row(h->f, &t->rows[i], h->d->arms[t->rows[i].arm].shown);
	fputs("</tbody>", h->f);
	html_table_end(h->f);
	if (t->least < 100)
		fprintf(h->f,
			"<p>The PMU was shared: an event was counted in as "
			"little as %.0f %% of the time, and scaled.</p>\n",
			t->least);
	fputs("</details>\n", h->f);
}

int html_hardware(struct html *h, size_t spec)
{
	struct hardware_table t;
	struct err err;
	int ret = hardware_table(h->c, spec, &t, &err);

	if (!ret && t.n)
		put_table(h, &t);
	hardware_table_free(&t);
	return ret;
}
