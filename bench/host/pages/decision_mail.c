// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision table of the mail.  See decision.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pages/decision.h"
#include "pages/wrap.h"

/* Columns of the mail's table: how much of a cell fits. */
enum fit {
	FIT_INTERVAL,
	FIT_EFFECT,
	FIT_COUNT,
	FIT_SIGN
};

/* "[-5.11%, -5.05%]": said once, before it. */
static void drop_percents(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != '%')
			*to++ = *s;
	*to = '\0';
}

static const char *mail_cell(const struct decision *d, size_t aspect,
			     size_t arm, enum fit fit, char buf[DECISION_CELL])
{
	char sign = decision_sign(d, aspect, arm), *bracket;
	bool count = d->aspects[aspect].kind != ASPECT_METRICS;
	size_t len;

	decision_cell(d, aspect, arm, buf);
	if (fit == FIT_COUNT && count && buf[0] != 'u') {
		len = strcspn(buf, " ");
		snprintf(buf + len, DECISION_CELL - len, "%c", sign);
		return buf;
	}
	if (fit >= FIT_COUNT) {
		snprintf(buf, DECISION_CELL, "%c", sign);
		return buf;
	}
	bracket = strchr(buf, '[');
	if (fit == FIT_INTERVAL && bracket)
		drop_percents(bracket);
	if (fit == FIT_EFFECT && !bracket)
		bracket = strstr(buf, " (exact)");
	if (fit == FIT_EFFECT && bracket)
		*bracket = '\0';
	len = strlen(buf);
	while (len && buf[len - 1] == ' ')
		buf[--len] = '\0';
	snprintf(buf + len, DECISION_CELL - len, " %c", sign);
	return buf;
}

static int mail_widths(const struct decision *d, enum fit fit, int *width)
{
	int total = 0, len;
	char cell[DECISION_CELL];
	size_t arm, i;

	for (arm = 0; arm < d->n; arm++) {
		width[arm] = 1;
		for (i = 0; i < d->n_aspects; i++) {
			len = (int)strlen(mail_cell(d, i, arm, fit, cell));
			if (len > width[arm])
				width[arm] = len;
		}
		if (arm != d->c->data->baseline)
			total += width[arm] + 2;
	}
	return total;
}

const char *decision_letter(const struct decision *d, size_t arm, char buf[4])
{
	size_t n = arm < d->c->data->baseline ? arm : arm - 1;

	if (n < 26)
		snprintf(buf, 4, "%c", (char)('A' + n));
	else
		snprintf(buf, 4, "%c%c", (char)('A' + n / 26 - 1),
			 (char)('A' + n % 26));
	return buf;
}

static void mail_rows(FILE *f, const struct decision *d, enum fit fit,
		      const int *width, int head, int gap)
{
	char cell[DECISION_CELL], l[4];
	size_t i, arm, base = d->c->data->baseline, last;

	last = d->n - 1 == base ? d->n - 2 : d->n - 1;
	fprintf(f, "%*s", head, "");
	for (arm = 0; arm < d->n; arm++)
		if (arm != base)
			fprintf(f, "%*s%-*s", gap, "",
				arm == last ? 1 : width[arm],
				decision_letter(d, arm, l));
	fputc('\n', f);
	for (i = 0; i < d->n_aspects; i++) {
		fprintf(f, "%-*s", head, d->aspects[i].name);
		for (arm = 0; arm < d->n; arm++)
			if (arm != base)
				fprintf(f, "%*s%-*s", gap, "",
					arm == last ? 1 : width[arm],
					mail_cell(d, i, arm, fit, cell));
		fputc('\n', f);
	}
}

int decision_mail(FILE *f, const struct decision *d, int width)
{
	int *widths, head = 0, gap = 2, ret;
	struct says says = { 0 };
	enum fit fit = FIT_INTERVAL;
	size_t i;

	if (!d->n_aspects)
		return 0;
	widths = calloc(d->n, sizeof(*widths));
	if (!widths)
		return -ENOMEM;
	for (i = 0; i < d->n_aspects; i++)
		if ((int)strlen(d->aspects[i].name) > head)
			head = (int)strlen(d->aspects[i].name);
	while (head + mail_widths(d, fit, widths) > width && fit < FIT_SIGN)
		fit++;
	/* Of very many, the signs stand closer. */
	if (head + mail_widths(d, fit, widths) > width)
		gap = 1;
	ret = text_wrapf(
		f, width, "", "  ",
		"against %s: + better, - worse, = same, ~ both ways, "
		"? not proven, . unknown; of several metrics the worst",
		d->c->data->arms[d->c->data->baseline].shown);
	mail_rows(f, d, fit, widths, head, gap);
	free(widths);
	if (!ret)
		ret = says_make(d, true, &says);
	for (i = 0; i < says.n && !ret; i++)
		ret = text_wrapf(f, width, "- ", "  ", "%s", says.all[i].text);
	says_free(&says);
	return ret;
}
