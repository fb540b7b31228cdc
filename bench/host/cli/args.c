// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of mmcompare.  See args.h.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "pages/out.h"
#include "pages/page.h"

#define FORMAT_NAME(name, constant) [constant] = name,
const char *const format_names[N_FORMATS] = { FORMATS(FORMAT_NAME) };

static void usage(FILE *f)
{
	fputs("Usage: mmcompare RUN [OTHER_RUN] [OPTION...]\n"
	      "Compare the variants of a run (results/<name>), or the same "
	      "variants across two.\n\n"
	      "  --baseline V  compare with this variant, not the recorded "
	      "one\n"
	      "  --chain       compare each variant with the one before it, as "
	      "the patches of a series\n"
	      "  --delta PCT   'same' is within this many percent (default: "
	      "run.json's, or 1)\n"
	      "  --alpha A     significance level (default: run.json's, or "
	      "0.05)\n"
	      "  --format F    table (default), tsv, mail, mail-full, md, html, "
	      "values, ecdf, calibrate, look (what moved), "
	      "open (what is not decided), hardware (what a PMU counted), steps (with --chain) or flips "
	      "(of two runs)\n"
	      "  --bare        html without links to the cells, for a copy that "
	      "has none\n"
	      "  --to DIR      write a file of each other format into DIR, "
	      "print the table\n"
	      "  --unpack DIR  no run: the files of a bundle, a tar on standard "
	      "input, into DIR\n"
	      "  --history M   of any number of runs: the metric M, CASE:NAME, "
	      "in each\n"
	      "  --hosts       of two runs or more, one a host: variants within "
	      "each, then over all\n"
	      "  --bridge DIR  of a run that counts and one in time: do they "
	      "agree? tables into DIR\n"
	      "  --page P      of a folder of TAP (P: conform) or static "
	      "checks (static): write its\n"
	      "                tables, exit 1 if one failed; of a run: print "
	      "the section of its report\n"
	      "                (perf, hits, cost, profile); of a conformance "
	      "boot: its TAP (tap); of a\n"
	      "                boot under mmcount.so: what its regions count "
	      "(passes); of a document:\n"
	      "                print it with its figures made anew (figures)\n"
	      "  --help        this text\n"
	      "  --version     the format that this program writes\n\n"
	      "Exit status: 0 done, 1 bad data or another failure, 2 wrong "
	      "usage.\n",
	      f);
}

/* Says what is wrong with an option; returns the exit status. */
static int wrong(const char *what, const char *arg)
{
	fprintf(stderr, "mmcompare: %s: \"%s\"\n", what, arg);
	usage(stderr);
	return EXIT_USAGE;
}

static int parse_one(int opt, const char *arg, struct options *o)
{
	size_t i;

	switch (opt) {
	case 'b':
		o->baseline = arg;
		return 0;
	case 'd':
		if (file_parse_number(arg, &o->delta_pct) || o->delta_pct < 0 ||
		    o->delta_pct > 100)
			return wrong("--delta is not from 0 to 100", arg);
		return 0;
	case 'a':
		if (file_parse_number(arg, &o->alpha) || o->alpha < 1e-9 ||
		    o->alpha > 0.5)
			return wrong("--alpha is not from 1e-9 to 0.5", arg);
		return 0;
	case 'f':
		for (i = 0; i < N_FORMATS; i++) {
			if (strcmp(arg, format_names[i]))
				continue;
			o->format = (enum format)i;
			return 0;
		}
		return wrong("unknown format", arg);
	case 'c':
		o->chain = true;
		return 0;
	case 'S':
		o->hosts = true;
		return 0;
	case 'B':
		o->bare = true;
		return 0;
	case 'p':
		o->page = page_find(arg);
		return o->page ? 0 : wrong("unknown page", arg);
	case 'u':
		o->unpack = arg;
		return 0;
	case 'G':
		o->bridge = arg;
		return 0;
	case 'H':
		o->history = arg;
		return 0;
	case 't':
		o->to = arg;
		return 0;
	}
	usage(stderr); /* getopt has said what is wrong */
	return EXIT_USAGE;
}

/* --hosts: two runs or more, and what says nothing of them. */
static int check_hosts(const struct options *o)
{
	if (o->n_dirs < 2)
		return wrong("--hosts takes two runs or more, one a host",
			     o->n_dirs ? o->dirs[0] : "");
	if (o->chain || o->bare || o->page || o->history || o->bridge)
		return wrong("--hosts goes with no --chain, --bare, --page, "
			     "--history or --bridge",
			     o->dirs[0]);
	if (o->format != FORMAT_TABLE && o->format != FORMAT_TSV &&
	    o->format != FORMAT_MD)
		return wrong("--hosts has the formats table, tsv and md",
			     format_names[o->format]);
	return 0;
}

/* One run, or two: the rest of the line. */
static int check_runs(struct options *o)
{
	if (!o->n_dirs || o->n_dirs > 2) {
		fputs("mmcompare: one run or two are needed\n", stderr);
		usage(stderr);
		return EXIT_USAGE;
	}
	o->runs[0] = o->dirs[0];
	o->runs[1] = o->n_dirs > 1 ? o->dirs[1] : NULL;
	if (o->page && o->runs[1])
		return wrong("--page takes one folder", o->runs[1]);
	if (o->chain && (o->runs[1] || o->baseline))
		return wrong("--chain is for one run, as it was recorded",
			     o->runs[1] ? o->runs[1] : o->baseline);
	if (o->format == FORMAT_STEPS && !o->chain)
		return wrong("--format steps needs --chain", "steps");
	if (o->format == FORMAT_FLIPS && !o->runs[1])
		return wrong("--format flips is of two runs", o->runs[0]);
	if (o->runs[1] && o->baseline)
		return wrong("--baseline has no meaning with two runs",
			     o->baseline);
	return 0;
}

int parse_options(int argc, char **argv, struct options *o, bool *done)
{
	static const struct option longs[] = {
		{ "baseline", required_argument, NULL, 'b' },
		{ "bare", no_argument, NULL, 'B' },
		{ "bridge", required_argument, NULL, 'G' },
		{ "chain", no_argument, NULL, 'c' },
		{ "delta", required_argument, NULL, 'd' },
		{ "alpha", required_argument, NULL, 'a' },
		{ "format", required_argument, NULL, 'f' },
		{ "hosts", no_argument, NULL, 'S' },
		{ "history", required_argument, NULL, 'H' },
		{ "page", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ "unpack", required_argument, NULL, 'u' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		*done = opt == 'h' || opt == 'v';
		if (opt == 'h')
			usage(stdout);
		if (opt == 'v')
			puts("mmcompare: " MMVS_COMPARE_MAGIC);
		if (*done)
			return 0;
		ret = parse_one(opt, optarg, o);
		if (ret)
			return ret;
	}
	if (o->unpack && optind == argc)
		return 0;
	if (o->unpack)
		return wrong("--unpack takes no run", argv[optind]);
	o->dirs = argv + optind;
	o->n_dirs = (size_t)(argc - optind);
	if (o->hosts)
		return check_hosts(o);
	if ((o->history || o->bridge) && o->n_dirs)
		return 0;
	return check_runs(o);
}
