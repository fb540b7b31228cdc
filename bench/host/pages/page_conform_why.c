// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a cell of the conformance matrix is no pass: each reason once, with all who
 * have it.  See page_conform.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pages/page_conform.h"

static bool same_note(const struct conform_note *a,
		      const struct conform_note *b)
{
	return a->fails == b->fails && !strcmp(a->property, b->property) &&
	       a->skipped == b->skipped && a->asked == b->asked &&
	       !strcmp(a->why, b->why);
}

/* In how many boots of a variant a property was judged. */
static size_t boots_of(const struct conform_page *p, const char *property,
		       const char *variant)
{
	size_t i, n = 0;

	for (i = 0; i < p->tap.n_rows; i++)
		n += !strcmp(p->tap.rows[i].property, property) &&
		     !strcmp(p->tap.rows[i].variant, variant);
	return n;
}

/* Those who have what a note says, and in which boots, unless it is all of theirs. */
static char *people(const struct conform_page *p,
		    const struct conform_note *note)
{
	char *text = NULL, *lrus;
	size_t v, i, n, len;
	FILE *f, *g;

	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	for (v = 0; v < p->n_variants; v++) {
		lrus = NULL;
		g = open_memstream(&lrus, &len);
		if (!g)
			break;
		for (i = 0, n = 0; i < p->n_notes; i++)
			if (same_note(note, &p->notes[i]) &&
			    !strcmp(p->notes[i].variant, p->variant[v]))
				fprintf(g, "%s%s", n++ ? ", " : "",
					p->notes[i].lru);
		if (fclose(g))
			break;
		if (n && ftello(f))
			fputs(", ", f);
		if (n && p->format == PAGE_MD)
			fputs(p->variant[v], f);
		else if (n)
			fputc(page_letter(v), f);
		if (n && n < boots_of(p, note->property, p->variant[v]))
			fprintf(f, " (%s)", lrus);
		free(lrus);
	}
	if (!fclose(f) && v == p->n_variants)
		return text;
	free(text);
	return NULL;
}

/* All that one group of people has for one reason, on one line. */
static void put_group(FILE *f, const struct conform_page *p, size_t first)
{
	const struct conform_note *head = &p->notes[first];
	bool md = p->format == PAGE_MD;
	size_t i, n = 0;

	fputs(md ? "- " : "  ", f);
	for (i = first; i < p->n_notes; i++) {
		struct conform_note *note = &p->notes[i];

		if (note->repeats || note->fails != head->fails ||
		    strcmp(note->people, head->people) ||
		    strcmp(note->why, head->why))
			continue;
		note->listed = true;
		fprintf(f, "%s%s%s%s", n++ ? ", " : "", md ? "**" : "",
			note->property, md ? "**" : "");
		if (!note->fails)
			fprintf(f, " %u of %u", note->skipped, note->asked);
	}
	fprintf(f, md ? ", %s: %s\n" : " [%s]: %s\n", head->people, head->why);
}

void page_notes(FILE *f, const struct conform_page *p, bool fails,
		const char *title)
{
	bool any = false;
	size_t i;

	for (i = 0; i < p->n_notes; i++) {
		const struct conform_note *note = &p->notes[i];

		if (note->fails != fails || note->repeats || note->listed)
			continue;
		if (!any)
			fputs(title, f);
		any = true;
		put_group(f, p, i);
	}
}

int page_find_people(struct conform_page *p)
{
	size_t i, k;

	for (i = 0; i < p->n_notes; i++) {
		struct conform_note *note = &p->notes[i];

		note->listed = false;
		free(note->people);
		note->people = NULL;
		for (k = 0; k < i && !note->repeats; k++)
			note->repeats = same_note(note, &p->notes[k]);
		if (note->repeats)
			continue;
		note->people = people(p, note);
		if (!note->people)
			return -ENOMEM;
	}
	return 0;
}
