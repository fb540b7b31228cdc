// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmprofile's readers as a fuzz target.  The input is the four files of a profile with a
 * form feed between them: operations, regions, functions, folded.  See fuzz.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "profile/profile.h"

/* Text for a terminal or a page: no control characters but ends of lines and tabs. */
static void check_printed(const char *s)
{
	for (; *s; s++)
		must((*s >= ' ' && *s <= '~') || *s == '\n' || *s == '\t');
}

static void draw(const struct profile *p)
{
	char why[4500] = "", *out = NULL;
	size_t size = 0, i;
	FILE *f = open_memstream(&out, &size);
	struct diff *d;

	must(f);
	for (i = 0; i < p->nr_ops; i++) {
		d = diff_make(p, p, &p->ops[i]);
		must(d);
		diff_table(f, d, "a", "b", 25);
		diff_explain(f, d);
		diff_free(d);
	}
	if (flame_draw(f, p, p, "a title", why, sizeof(why)))
		must(!strncmp(why, p->dir, strlen(p->dir)));
	fclose(f);
	check_printed(out);
	free(out);
}

void fuzz_profile(const char *text, size_t len)
{
	static const char *const names[] = { "operations.tsv", "regions.tsv",
					     "functions.tsv", "folded.txt" };
	const char *end = text + len, *next;
	char why[4500] = "";
	struct profile p;
	size_t i;

	for (i = 0; i < 4; i++) {
		next = i < 3 ? memchr(text, '\f', (size_t)(end - text)) : NULL;
		next = next ? next : end;
		fuzz_write(names[i], text, (size_t)(next - text));
		text = next < end ? next + 1 : end;
	}
	if (profile_load(&p, fuzz_dir(), "", why, sizeof(why)))
		must(!strncmp(why, fuzz_dir(), strlen(fuzz_dir())));
	else
		draw(&p);
	profile_free(&p);
}
