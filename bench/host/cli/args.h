/* SPDX-License-Identifier: GPL-2.0-only */
/* What mmcompare is asked to do: its command line. */
#ifndef MMVS_ARGS_H
#define MMVS_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "load/file.h"

#define EXIT_USAGE 2

/* What --format takes, and its constant; usage() says what each is. */
#define FORMATS(F)                       \
	F("table", FORMAT_TABLE)         \
	F("tsv", FORMAT_TSV)             \
	F("mail", FORMAT_MAIL)           \
	F("mail-full", FORMAT_MAIL_FULL) \
	F("md", FORMAT_MD)               \
	F("values", FORMAT_VALUES)       \
	F("ecdf", FORMAT_ECDF)           \
	F("steps", FORMAT_STEPS)         \
	F("html", FORMAT_HTML)           \
	F("calibrate", FORMAT_CALIBRATE) \
	F("open", FORMAT_OPEN)           \
	F("look", FORMAT_LOOK)           \
	F("hardware", FORMAT_HARDWARE)   \
	F("flips", FORMAT_FLIPS)

#define FORMAT_CONSTANT(name, constant) constant,
enum format {
	FORMATS(FORMAT_CONSTANT) N_FORMATS
};

/* Their names, by enum format. */
extern const char *const format_names[N_FORMATS];

struct options {
	const char *runs[2]; /* the second may be NULL */
	const char *baseline; /* NULL: as recorded */
	double delta_pct, alpha; /* NaN: as recorded */
	enum format format;
	bool chain, bare;
	bool hosts; /* any number of runs, each a host */
	const char *unpack; /* NULL, or the folder for a bundle's files */
	const char *bridge; /* NULL, or the folder for its tables */
	const char *history; /* NULL, or CASE:METRIC over any number of runs */
	char **dirs;
	size_t n_dirs;
	int (*page)(const char *dir, struct err *err); /* NULL, or of runs[0] */
	const char *to; /* NULL, or the folder for one file of each format */
};

/* 0, or the exit status; *done if there is nothing left to do. */
int parse_options(int argc, char **argv, struct options *o, bool *done);

#endif
