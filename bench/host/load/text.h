/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that came from files, made fit to print: names, cleaning, numbers.
 * Nothing here keeps state.
 */
#ifndef MMVS_TEXT_H
#define MMVS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Longest names accepted, without the NUL. */
#define TEXT_MAX_SPEC 200 /* a folder name: case@key=value,... */
#define TEXT_MAX_FULL 200 /* metric[group=value,...] */
#define TEXT_NUM 40 /* room that text_num() and friends need */

/* The one error that a failing function leaves for main() to print. */
struct err {
	char msg[1024];
};

/*
 * Formats the message, makes it printable ASCII, and returns rc so that
 * "return err_set(err, -EINVAL, ...)" reads well.
 */
int err_set(struct err *err, int rc, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

enum name_kind {
	NAME_VARIANT, /* [A-Za-z0-9._+-], a folder */
	NAME_SPEC, /* as above and [@=,], a folder */
	NAME_METRIC, /* [A-Za-z0-9._+-] */
	NAME_COLUMN, /* [A-Za-z0-9_] */
	NAME_UNIT, /* [A-Za-z0-9._/%-] */
	NAME_FILE, /* as NAME_SPEC and [][]; a file in plots/ */
};

/*
 * True if s has only the characters of its kind, begins with a letter or a
 * digit, holds no "..", and is at most 64 characters long (200 for specs and
 * files).
 */
bool name_ok(const char *s, enum name_kind kind);

/*
 * A copy of s[0..len) with control characters (C0, DEL, C1, bidirectional
 * overrides, line separators) taken out, tabs and newlines turned into one
 * blank, and bytes that are not UTF-8 turned into '?'.  NULL: out of memory.
 */
char *text_clean(const char *s, size_t len);

/* A copy with everything but printable ASCII replaced.  NULL: no memory. */
char *text_ascii(const char *s);

/*
 * A number with at most six significant digits and no exponent between 1e-4
 * and 1e15; "" if v is not finite.  Returns buf.
 */
const char *text_num(char buf[TEXT_NUM], double v);

/*
 * A ratio as a signed percentage, 1.016 is "+1.60%", or from 10 on as a
 * factor, 327.7 is "x 327.7".  Returns buf.
 */
const char *text_pct(char buf[TEXT_NUM], double ratio);

/* A fraction as an unsigned percentage: 0.016 is "1.60%".  Returns buf. */
const char *text_upct(char buf[TEXT_NUM], double fraction);

/* A p value, two significant digits.  Returns buf. */
const char *text_p(char buf[TEXT_NUM], double p);

#endif
