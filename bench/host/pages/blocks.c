// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comparison table of terminal and mail.  See parts.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pages/parts.h"
#include "pages/wrap.h"

#define INDENT 2

/* The texts of a line behind the name. */
struct line {
	char median[TEXT_NUM], half[TEXT_NUM + 2], delta[TEXT_NUM];
	char verdict[VERDICT_TEXT];
	char tail[96];
};

struct blocks {
	FILE *f;
	const struct comparison *c;
	int width;
	bool brief; /* one line where nothing differs */
	int name, median, half, delta, verdict; /* of the columns */
	const char **notes; /* footnotes, borrowed */
	size_t n_notes;
};

/* "exact" stands in the line itself. */
static const char *footnote(const struct row *r)
{
	const char *note = r->note;

	if (!strncmp(note, "exact", 5))
		note += note[5] == ';' ? 7 : 5;
	return *note ? note : NULL;
}

static size_t note_number(struct blocks *b, const char *note)
{
	size_t i;

	for (i = 0; i < b->n_notes; i++)
		if (!strcmp(b->notes[i], note))
			return i + 1;
	b->notes[b->n_notes++] = note;
	return b->n_notes;
}

static void fill_tail(struct blocks *b, const struct row *r, struct line *l)
{
	char n[48], num[TEXT_NUM];
	const char *note = footnote(r);
	double p = isnan(r->p_adj) ? r->p : r->p_adj;
	size_t len;

	if (r->n == r->base_n || r->verdict == VERDICT_BASELINE)
		snprintf(n, sizeof(n), "n=%zu", r->n);
	else
		snprintf(n, sizeof(n), "n=%zu+%zu", r->n, r->base_n);
	if (r->exact)
		snprintf(l->tail, sizeof(l->tail), "(exact %s)", n);
	else if (!isnan(p))
		snprintf(l->tail, sizeof(l->tail), "(p=%s %s)", text_p(num, p),
			 n);
	else
		snprintf(l->tail, sizeof(l->tail), "(%s)", n);
	len = strlen(l->tail);
	if (note)
		snprintf(l->tail + len, sizeof(l->tail) - len, " [%zu]",
			 note_number(b, note));
}

static void fill_line(struct blocks *b, const struct row *r, struct line *l)
{
	double half = fmax(r->ci.hi - r->median, r->median - r->ci.lo);
	char num[TEXT_NUM];

	memset(l, 0, sizeof(*l));
	text_num(l->median, r->median);
	if (!isnan(half) && r->median != 0)
		snprintf(l->half, sizeof(l->half), "+-%s",
			 text_upct(num, half / r->median));
	else if (!isnan(half) && half == 0)
		strcpy(l->half, "+-0.0%");
	if (r->verdict != VERDICT_BASELINE && !isnan(r->ratio))
		text_pct(l->delta, r->ratio);
	else if (r->verdict != VERDICT_BASELINE && isfinite(r->diff))
		snprintf(l->delta, sizeof(l->delta), "%s%s",
			 r->diff > 0 ? "+" : "", text_num(num, r->diff));
	verdict_text(l->verdict, r, b->c->data->metrics[r->metric].unit);
	fill_tail(b, r, l);
}

static void widen(int *width, const char *s)
{
	if ((int)strlen(s) > *width)
		*width = (int)strlen(s);
}

/* Is every arm, A/A too, the baseline or the same as it? */
static bool nothing_differs(const struct blocks *b, size_t metric)
{
	size_t n = b->c->data->n_arms, arm;
	enum verdict v;

	for (arm = 0; arm < n; arm++) {
		v = b->c->rows[metric * n + arm].verdict;
		if (v != VERDICT_BASELINE && v != VERDICT_SAME)
			return false;
	}
	return true;
}

/* Column widths over the whole table; numbers its footnotes on the way. */
static void measure(struct blocks *b)
{
	const struct data *d = b->c->data;
	struct line l;
	size_t i;
	int room;

	for (i = 0; i < b->c->n_rows; i++) {
		if (!d->metrics[b->c->rows[i].metric].key ||
		    (b->brief && nothing_differs(b, b->c->rows[i].metric)))
			continue;
		fill_line(b, &b->c->rows[i], &l);
		widen(&b->name, d->arms[b->c->rows[i].arm].shown);
		widen(&b->median, l.median);
		widen(&b->half, l.half);
		widen(&b->delta, l.delta);
		/* What a proven difference adds may reach beyond. */
		widen(&b->verdict, verdict_name(b->c->rows[i].verdict));
	}
	/* Leave room for "(p=0.0047 n=8)" and a footnote, if names allow. */
	room = b->width - INDENT - b->median - b->half - b->delta - b->verdict -
	       5 - 18;
	if (b->name > room)
		b->name = room > 8 ? room : 8;
}

static void put_line(struct blocks *b, const struct row *r)
{
	const char *label = b->c->data->arms[r->arm].shown;
	struct line l;
	int len, pad;

	fill_line(b, r, &l);
	len = fprintf(b->f, "%*s", INDENT, "");
	if ((int)strlen(label) > b->name) {
		text_wrap(b->f, label, b->width - INDENT, "", "  ");
		len = fprintf(b->f, "%*s", INDENT + b->name, "");
	} else {
		len += fprintf(b->f, "%-*s", b->name, label);
	}
	len += fprintf(b->f, " %*s %-*s %*s  ", b->median, l.median, b->half,
		       l.half, b->delta, l.delta);
	if (len + (int)strlen(l.verdict) > b->width)
		len = fprintf(b->f, "\n%*s ", INDENT + 2, "") - 1;
	len += fprintf(b->f, "%s", l.verdict);
	pad = b->verdict - (int)strlen(l.verdict);
	if (pad < 0)
		pad = 0;
	if (len + pad + 1 + (int)strlen(l.tail) > b->width)
		fprintf(b->f, "\n%*s %s\n", INDENT + 2, "", l.tail);
	else
		fprintf(b->f, "%*s %s\n", pad, "", l.tail);
}

/* "2905" or "2905 to 2908", over all arms of a metric. */
static void put_range(FILE *f, const struct row *rows, size_t n)
{
	double lo = rows->median, hi = rows->median;
	char a[TEXT_NUM], z[TEXT_NUM];
	size_t i;

	for (i = 1; i < n; i++) {
		lo = fmin(lo, rows[i].median);
		hi = fmax(hi, rows[i].median);
	}
	text_num(a, lo);
	text_num(z, hi);
	fprintf(f, "%s%s%s", a, strcmp(a, z) ? " to " : "",
		strcmp(a, z) ? z : "");
}

/*
 * One line where nothing differs by as much as matters, with the differences that
 * are proven all the same.
 */
static int put_brief(struct blocks *b, size_t metric)
{
	const struct metric *m = &b->c->data->metrics[metric];
	size_t n = b->c->data->n_arms, arm, size = 0;
	const struct row *rows = &b->c->rows[metric * n];
	char num[TEXT_NUM], words[VERDICT_TEXT], *text = NULL;
	FILE *mem = open_memstream(&text, &size);
	int ret;

	if (!mem)
		return -ENOMEM;
	fprintf(mem, "%s (%s): ", m->name, m->unit);
	put_range(mem, rows, n);
	fprintf(mem, "; the same in all within %s%% (n=%zu)",
		text_num(num, b->c->delta * 100), rows->n);
	for (arm = 0; arm < n; arm++)
		if (rows[arm].proven)
			fprintf(mem, "; %s: %s", b->c->data->arms[arm].shown,
				verdict_text(words, &rows[arm], m->unit));
	fclose(mem);
	ret = text_wrapf(b->f, b->width, "", "  ", "%s", text);
	free(text);
	return ret;
}

static int put_metric(struct blocks *b, size_t metric)
{
	const struct metric *m = &b->c->data->metrics[metric];
	size_t n = b->c->data->n_arms, arm;
	int ret;

	if (b->brief && nothing_differs(b, metric))
		return put_brief(b, metric);

	ret = text_wrapf(b->f, b->width, "", "  ", "%s (%s, %s): %s", m->name,
			 m->unit, part_better(m->better), m->desc);
	for (arm = 0; arm < n && !ret; arm++)
		put_line(b, &b->c->rows[metric * n + arm]);
	return ret;
}

/* Returns the number of metrics of the spec that it printed. */
static int put_spec(struct blocks *b, size_t spec)
{
	const struct data *d = b->c->data;
	size_t i, keys = 0, all = 0;
	int ret = 0;

	text_wrap(b->f, d->specs[spec], b->width - 3, "== ", "   ");
	for (i = 0; i < d->n_metrics && !ret; i++) {
		if (d->metrics[i].spec != spec)
			continue;
		all++;
		if (!d->metrics[i].key)
			continue;
		keys++;
		ret = put_metric(b, i);
	}
	if (!all)
		fputs("  Nothing was measured: see the cells below.\n", b->f);
	else if (!keys)
		fputs("  No key metrics here: see report.md.\n", b->f);
	return ret;
}

int part_blocks(FILE *f, const struct comparison *c, int width, bool brief)
{
	struct blocks b = { .f = f, .c = c, .width = width, .brief = brief };
	char mark[32];
	size_t i;
	int ret = 0;

	b.notes = calloc(c->n_rows + 1, sizeof(*b.notes));
	if (!b.notes)
		return -ENOMEM;
	measure(&b);
	for (i = 0; i < c->data->n_specs && !ret; i++) {
		if (i)
			fputc('\n', f);
		ret = put_spec(&b, i);
	}
	if (b.n_notes)
		fputc('\n', f);
	for (i = 0; i < b.n_notes && !ret; i++) {
		snprintf(mark, sizeof(mark), "[%zu] ", i + 1);
		ret = text_wrapf(f, width, mark, "    ", "%s", b.notes[i]);
	}
	free(b.notes);
	return ret ? ret : part_mark(f, c->data, width, "\n");
}
