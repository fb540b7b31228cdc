// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names, cleaning and numbers.  See text.h.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema.h"
#include "load/text.h"

int err_set(struct err *err, int rc, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	for (p = err->msg; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return rc;
}

/* ctype.h follows the locale; names must not. */
static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

bool name_ok(const char *s, enum name_kind kind)
{
	static const char *const extra[] = {
		[NAME_VARIANT] = "._+-", [NAME_SPEC] = "._+-@=,",
		[NAME_METRIC] = "._+-",	 [NAME_COLUMN] = "_",
		[NAME_UNIT] = "._/%-",	 [NAME_FILE] = "._+-@=,[]",
	};
	size_t len = strlen(s), max = MMVS_MAX_NAME, i;

	if (kind == NAME_SPEC || kind == NAME_FILE)
		max = TEXT_MAX_SPEC;
	if (!len || len > max || !is_alnum(s[0]) || strstr(s, ".."))
		return false;
	for (i = 0; i < len; i++)
		if (!is_alnum(s[i]) && !strchr(extra[kind], s[i]))
			return false;
	return true;
}

/* Decodes one UTF-8 character; 0 if the bytes are not one. */
static size_t utf8_next(const char *s, size_t len, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s[0];
	size_t n, i;

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || n > len)
		return 0;
	*cp = c & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* Controls, and what reorders or hides the text around it. */
static bool is_hidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	       cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

char *text_clean(const char *s, size_t len)
{
	char *out = malloc(len + 1);
	size_t i = 0, o = 0, n;
	uint32_t cp;

	if (!out)
		return NULL;
	while (i < len) {
		n = utf8_next(s + i, len - i, &cp);
		if (!n) {
			out[o++] = '?';
			i++;
		} else if (cp == '\t' || cp == '\n') {
			out[o++] = ' ';
			i++;
		} else {
			if (!is_hidden(cp)) {
				memcpy(out + o, s + i, n);
				o += n;
			}
			i += n;
		}
	}
	out[o] = '\0';
	return out;
}

static const char *ascii_for(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *s;
	} map[] = {
		{ 0xa0, " " },	  { 0xb1, "+-" },    { 0xb5, "u" },
		{ 0xd7, "x" },	  { 0x2010, "-" },   { 0x2011, "-" },
		{ 0x2012, "-" },  { 0x2013, "-" },   { 0x2014, "--" },
		{ 0x2018, "'" },  { 0x2019, "'" },   { 0x201c, "\"" },
		{ 0x201d, "\"" }, { 0x2026, "..." }, { 0x2192, "->" },
		{ 0x2264, "<=" }, { 0x2265, ">=" },  { 0x3bc, "u" },
	};
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].cp == cp)
			return map[i].s;
	return "?";
}

char *text_ascii(const char *s)
{
	size_t len = strlen(s), i = 0, o = 0, n;
	char *out = malloc(3 * len + 1);
	const char *rep;
	uint32_t cp;

	if (!out)
		return NULL;
	while (i < len) {
		n = utf8_next(s + i, len - i, &cp);
		if (n == 1 && cp >= 0x20 && cp < 0x7f) {
			out[o++] = s[i++];
			continue;
		}
		rep = n > 1 ? ascii_for(cp) : "?";
		memcpy(out + o, rep, strlen(rep));
		o += strlen(rep);
		i += n ? n : 1;
	}
	out[o] = '\0';
	return out;
}

const char *text_num(char buf[TEXT_NUM], double v)
{
	char e[32];
	int exp10, decimals;
	char *p;

	buf[0] = '\0';
	if (!isfinite(v))
		return buf;
	snprintf(e, sizeof(e), "%.5e", v);
	v = strtod(e, NULL);
	if (v == 0)
		return strcpy(buf, "0");
	exp10 = (int)strtol(strchr(e, 'e') + 1, NULL, 10);
	if (exp10 < -4 || exp10 >= 15) {
		snprintf(buf, TEXT_NUM, "%.6g", v);
		return buf;
	}
	decimals = exp10 < 5 ? 5 - exp10 : 0;
	snprintf(buf, TEXT_NUM, "%.*f", decimals, v);
	if (!decimals)
		return buf;
	for (p = buf + strlen(buf) - 1; *p == '0'; p--)
		*p = '\0';
	if (*p == '.')
		*p = '\0';
	return buf;
}

/* Enough digits for the size: 0.012, 1.25, 12.5, 125. */
static int pct_decimals(double pct)
{
	pct = fabs(pct);
	return pct == 0 ? 1 : pct < 0.1 ? 3 : pct < 10 ? 2 : pct < 100 ? 1 : 0;
}

const char *text_pct(char buf[TEXT_NUM], double ratio)
{
	double pct = (ratio - 1) * 100;

	buf[0] = '\0';
	if (!isfinite(pct))
		return buf;
	if (ratio >= 10)
		snprintf(buf, TEXT_NUM, "x %.4g", ratio);
	else if (fabs(pct) < 0.0005)
		strcpy(buf, "0.0%");
	else
		snprintf(buf, TEXT_NUM, "%+.*f%%", pct_decimals(pct), pct);
	return buf;
}

const char *text_upct(char buf[TEXT_NUM], double fraction)
{
	double pct = fabs(fraction) * 100;

	buf[0] = '\0';
	if (!isfinite(pct))
		return buf;
	if (pct >= 1e6)
		snprintf(buf, TEXT_NUM, "%.3g%%", pct);
	else if (pct != 0 && pct < 0.001)
		strcpy(buf, "<0.001%");
	else
		snprintf(buf, TEXT_NUM, "%.*f%%", pct_decimals(pct), pct);
	return buf;
}

const char *text_p(char buf[TEXT_NUM], double p)
{
	buf[0] = '\0';
	if (isfinite(p))
		snprintf(buf, TEXT_NUM, "%.2g", p);
	return buf;
}
