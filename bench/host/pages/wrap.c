// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrapping and escaping.  See wrap.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "load/text.h"
#include "pages/wrap.h"

/* No line of a mail is cut before this column for the sake of a blank. */
#define MAIL_SHORTEST 40

/* Where to break a word of which only room bytes fit: after punctuation. */
static size_t break_at(const char *word, size_t room)
{
	size_t i;

	for (i = room; i > room / 2; i--)
		if (strchr(",@=]/:", word[i - 1]))
			return i;
	return room;
}

void text_wrap(FILE *f, const char *text, int width, const char *first,
	       const char *rest)
{
	size_t w = (size_t)width, col = strlen(first), indent = strlen(rest);
	bool begun = false;
	size_t len, n;

	fputs(first, f);
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (begun && col + 1 + len > w) {
			fprintf(f, "\n%s", rest);
			col = indent;
		} else if (begun) {
			fputc(' ', f);
			col++;
		}
		while (col + len > w && col < w) {
			n = break_at(text, w - col);
			fprintf(f, "%.*s\n%s", (int)n, text, rest);
			text += n;
			len -= n;
			col = indent;
		}
		fwrite(text, 1, len, f);
		col += len;
		text += len;
		begun = true;
	}
	fputc('\n', f);
}

/* The state of quoting after a character: 0, a quote, or an escape in one. */
struct quoting {
	char quote;
	bool escaped;
};

static void step(struct quoting *q, char c)
{
	if (q->escaped)
		q->escaped = false;
	else if (c == '\\' && q->quote != '\'')
		q->escaped = true;
	else if (q->quote && c == q->quote)
		q->quote = '\0';
	else if (!q->quote && (c == '\'' || c == '"'))
		q->quote = c;
}

/* The length of a word as a shell sees it: to a blank outside quotes. */
static size_t shell_word(const char *s)
{
	struct quoting q = { '\0', false };
	size_t n;

	for (n = 0; s[n] && (s[n] != ' ' || q.quote || q.escaped); n++)
		step(&q, s[n]);
	return n;
}

/*
 * Where to end a line within a word: the last place of at most room where
 * nothing is escaped, better behind a blank; *q is left as it is there.
 */
static size_t shell_break(const char *s, size_t room, struct quoting *q)
{
	struct quoting at = *q, best = *q;
	size_t n, best_n = 0;

	for (n = 1; n <= room; n++) {
		step(&at, s[n - 1]);
		if (at.escaped || (best_n > room / 2 && s[best_n - 1] == ' ' &&
				   s[n - 1] != ' '))
			continue;
		best = at;
		best_n = n;
	}
	*q = best;
	return best_n;
}

/*
 * The rest of a line is no longer indented once a word has been broken: its
 * halves must join up.  In single quotes a backslash is only a backslash, so
 * they are closed before it and opened behind it.
 */
static size_t put_shell_word(FILE *f, const char *s, size_t len, size_t col,
			     size_t w)
{
	struct quoting q = { '\0', false };
	size_t n;

	while (col + len > w) {
		n = shell_break(s, w - col - 1, &q);
		fwrite(s, 1, n, f);
		fputs(q.quote == '\'' ? "'\\\n'" : "\\\n", f);
		col = q.quote == '\'' ? 1 : 0;
		s += n;
		len -= n;
	}
	fwrite(s, 1, len, f);
	return col + len;
}

void text_wrap_command(FILE *f, const char *text, int width)
{
	size_t w = (size_t)width - 2, col = 2, len;
	bool begun = false;

	fputs("  ", f);
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		len = shell_word(text);
		if (begun && col + 1 + len > w) {
			fputs(" \\\n    ", f);
			col = 4;
		} else if (begun) {
			fputc(' ', f);
			col++;
		}
		col = put_shell_word(f, text, len, col, w);
		text += len;
		begun = true;
	}
	fputc('\n', f);
}

int text_wrapf(FILE *f, int width, const char *first, const char *rest,
	       const char *fmt, ...)
{
	char *text, *ascii;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return -ENOMEM;
	ascii = text_ascii(text);
	free(text);
	if (!ascii)
		return -ENOMEM;
	text_wrap(f, ascii, width, first, rest);
	free(ascii);
	return 0;
}

void text_md(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", f);
		else if (*text == '>')
			fputs("&gt;", f);
		else if (*text == '&')
			fputs("&amp;", f);
		else if (strchr("\\`*_{}[]()#!|~", *text))
			fprintf(f, "\\%c", *text);
		else
			fputc(*text, f);
	}
}

/* A line without the blanks at its end. */
static void put_trimmed(FILE *f, const char *line, size_t len)
{
	while (len && line[len - 1] == ' ')
		len--;
	fprintf(f, "%.*s\n", (int)len, line);
}

/* Where the first line of more than TEXT_MAIL_WIDTH bytes ends. */
static size_t mail_cut(const char *line)
{
	size_t cut = TEXT_MAIL_WIDTH + 1;

	while (cut > MAIL_SHORTEST && line[cut - 1] != ' ')
		cut--;
	return cut == MAIL_SHORTEST ? TEXT_MAIL_WIDTH : cut;
}

int text_mail(FILE *f, const char *text)
{
	const char *indent;
	size_t len, cut;
	char *line, *rest;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		indent = strncmp(text, "  ", 2) ? "" : "    ";
		len = strcspn(text, "\n");
		line = malloc(len + 1);
		if (!line)
			return -ENOMEM;
		memcpy(line, text, len);
		line[len] = '\0';
		rest = line;
		while (strlen(rest) > TEXT_MAIL_WIDTH) {
			cut = mail_cut(rest);
			put_trimmed(f, rest, cut);
			rest += cut;
			/* What was cut off has made room for the indent. */
			if (*indent) {
				rest -= strlen(indent);
				memcpy(rest, indent, strlen(indent));
			}
		}
		put_trimmed(f, rest, strlen(rest));
		free(line);
	}
	return 0;
}
