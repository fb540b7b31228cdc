// SPDX-License-Identifier: GPL-2.0-only
/*
 * Escapes and small elements.  See html.h.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "pages/html.h"

void html_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\'':
			fputs("&#39;", f);
			break;
		default:
			fputc(*text, f);
		}
	}
}

void html_textf(FILE *f, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0) {
		html_text(f, text);
		free(text);
	}
	va_end(ap);
}

void html_path(FILE *f, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (isascii(c) && (isalnum(c) || strchr("-._", c)))
			fputc(c, f);
		else
			fprintf(f, "%%%02X", c);
	}
}

void html_number(FILE *f, double sort, const char *text)
{
	if (isfinite(sort))
		fprintf(f, "<td class=n data-v=\"%.9g\">", sort);
	else
		fputs("<td class=n data-v=\"\">", f);
	html_text(f, text);
	fputs("</td>", f);
}

void html_table_begin(FILE *f, const char *label, bool sortable)
{
	fputs("<div class=scroll role=region tabindex=0 aria-label=\"", f);
	html_text(f, label);
	fprintf(f, "\"><table%s>\n", sortable ? " class=sortable" : "");
}

void html_table_end(FILE *f)
{
	fputs("</table></div>\n", f);
}

/* From a list of this depth to one of that, up to the tag of its next item. */
static size_t html_nest(FILE *f, size_t depth, size_t want)
{
	for (; depth > want; depth--)
		fputs("</li>\n</ul>\n", f);
	if (depth && depth == want)
		fputs("</li>\n", f);
	for (; depth < want; depth++)
		fputs(depth ? "\n<ul>\n" : "<ul>\n", f);
	return depth;
}

void html_lines(FILE *f, const char *text)
{
	size_t depth = 0;

	while (*text) {
		size_t len = strcspn(text, "\n"), indent = strspn(text, " ");
		const char *item = text + indent;
		bool is_item = !strncmp(item, "- ", 2);
		char *line = strndup(
			is_item ? item + 2 : item,
			len - (size_t)((is_item ? item + 2 : item) - text));

		/* An item may be one level below the last, not more. */
		indent = indent / 2 < depth ? indent / 2 : depth;
		depth = html_nest(f, depth, is_item ? indent + 1 : 0);
		fputs(is_item ? "<li>" : "<p>", f);
		html_text(f, line ? line : "(out of memory)");
		if (!is_item)
			fputs("</p>\n", f);
		free(line);
		text += len + (text[len] == '\n');
	}
	html_nest(f, depth, 0);
}

const char *html_class(enum verdict v)
{
	switch (v) {
	case VERDICT_BETTER:
		return "better";
	case VERDICT_WORSE:
		return "worse";
	case VERDICT_DIFFERENT:
		return "differs";
	case VERDICT_NOT_PROVEN:
	case VERDICT_MISSING:
		return "open";
	default:
		return "same";
	}
}

/* Where a ratio lies on a scale of 200, the middle at 1; beyond the end at its end. */
static double place(double ratio, double range)
{
	double x = 100 + 92 * log(ratio) / range;

	return x < 4 ? 4 : x > 196 ? 196 : x;
}

void html_effect(FILE *f, const struct row *r, double range, double delta,
		 const char *label)
{
	double lo = r->ratio_ci.lo, hi = r->ratio_ci.hi;

	fputs("<svg class=fx viewBox=\"0 0 200 16\" role=img aria-label=\"", f);
	html_text(f, label);
	fprintf(f,
		"\"><rect class=band x=\"%.2f\" width=\"%.2f\" y=\"0\" "
		"height=\"16\"/><path class=axis d=\"M100 0V16\"/>",
		place(1 - delta, range),
		place(1 + delta, range) - place(1 - delta, range));
	if (!isnan(lo) && !isnan(hi))
		fprintf(f, "<path class=\"ci %s\" d=\"M%.2f 8H%.2f\"/>",
			html_class(r->verdict), place(lo, range),
			place(hi, range));
	if (!isnan(r->ratio) && fabs(log(r->ratio)) > range)
		fprintf(f, "<path class=\"pt %s\" d=\"M%s\"/>",
			html_class(r->verdict),
			r->ratio > 1 ? "190 3L197 8L190 13z"
				     : "10 3L3 8L10 13z");
	else if (!isnan(r->ratio))
		fprintf(f,
			"<circle class=\"pt %s\" cx=\"%.2f\" cy=\"8\" "
			"r=\"4\"/>",
			html_class(r->verdict), place(r->ratio, range));
	fputs("</svg>", f);
}
