/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of report.html.  What came from a file goes through html_text(), names as
 * well; numbers and our own words need not.
 */
#ifndef MMVS_HTML_H
#define MMVS_HTML_H

#include <stdio.h>

#include "load/table.h"
#include "pages/decision.h"

extern const char html_style[]; /* CSS */
extern const char html_script[]; /* sorts tables */
#define HTML_SCRIPT_SHA256 "zB0xNoKdQdM3GAwHABUfbjfHghl78icIA/PEnmN3jEw="

struct html {
	FILE *f;
	const struct decision *decision;
	const struct comparison *c;
	const struct data *d;
	bool bare; /* no links to cells */
	struct table ecdf; /* RUN/ecdf.tsv, or empty */
};

/* Text and attributes, everything that means something escaped. */
void html_text(FILE *f, const char *text);
void html_textf(FILE *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* As the path of a link below the run's folder: one component, escaped. */
void html_path(FILE *f, const char *name);

/* <td> with what it is sorted by. */
void html_number(FILE *f, double sort, const char *text);

/* A wide table scrolls in a box of its own; @label says what it is. */
void html_table_begin(FILE *f, const char *label, bool sortable);
void html_table_end(FILE *f);

/* A text that one of part_*() has printed, as paragraphs and lists. */
void html_lines(FILE *f, const char *text);

/* A class for the verdict; a word stands beside it always. */
const char *html_class(enum verdict v);

/* The sections.  0 or -errno. */
int html_decision(struct html *h);
void html_forest(struct html *h);
int html_matrix(struct html *h);
int html_static(struct html *h);
int html_case(struct html *h, size_t spec);
int html_run(struct html *h);
int html_run_pictures(struct html *h);

/* Parts of a case: dots by seed, distributions, counters, profile, pictures. */
void html_seeds(struct html *h, size_t metric);
size_t html_ecdf(struct html *h, size_t spec); /* figures drawn */
int html_hardware(struct html *h, size_t spec);
int html_counters(struct html *h, size_t spec);
int html_profile(struct html *h, size_t spec);
int html_picture(struct html *h, size_t spec);

/* "effect [interval]" as a line on a scale, for the forest plot and cases. */
void html_effect(FILE *f, const struct row *r, double range, double delta,
		 const char *unit);

#endif
