/* SPDX-License-Identifier: GPL-2.0-only */
/* Text put into lines and escaped. */
#ifndef MMVS_WRAP_H
#define MMVS_WRAP_H

#include <stdio.h>

#define TEXT_MAIL_WIDTH 72

/*
 * Prints ASCII text in lines of at most width columns: the first begins with
 * first, the others with rest.  Words that fit in no line are broken.
 */
void text_wrap(FILE *f, const char *text, int width, const char *first,
	       const char *rest);

/*
 * As text_wrap(), for a shell command: a shell that reads the lines sees the
 * same words.
 */
void text_wrap_command(FILE *f, const char *text, int width);

/* printf, made ASCII, then text_wrap().  0 or -ENOMEM. */
int text_wrapf(FILE *f, int width, const char *first, const char *rest,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/*
 * Lines of a mail, each cut at blanks to TEXT_MAIL_WIDTH and without blanks at its
 * end; what goes on below an item ("  item") stands further in.  0 or -ENOMEM.
 */
int text_mail(FILE *f, const char *text);

/* Prints text with everything that markdown would interpret escaped. */
void text_md(FILE *f, const char *text);

#endif
