// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmcompare: statistics and reports from the samples of a run.
 *
 * The rooms, from the top; each includes its own headers and those of rooms
 * below, never above (tests/static.t): pages, stats, load.  Their headers say
 * what goes in and out: pages/out.h, stats/stats.h, load/file.h.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_errno.h>

#include "load/file.h"
#include "load/unpack.h"
#include "pages/out.h"
#include "pages/page.h"

#define EXIT_USAGE 2
#define DEFAULT_DELTA_PCT 1
#define DEFAULT_ALPHA 0.05

enum format {
	FORMAT_TABLE,
	FORMAT_TSV,
	FORMAT_MAIL,
	FORMAT_MAIL_FULL,
	FORMAT_MD,
	FORMAT_VALUES,
	FORMAT_ECDF,
	FORMAT_STEPS,
	FORMAT_HTML,
	FORMAT_CALIBRATE,
	FORMAT_OPEN,
	FORMAT_HARDWARE,
	FORMAT_FLIPS,
	N_FORMATS,
};

static const char *const format_names[] = {
	[FORMAT_TABLE] = "table", [FORMAT_TSV] = "tsv",
	[FORMAT_MAIL] = "mail",	  [FORMAT_MAIL_FULL] = "mail-full",
	[FORMAT_MD] = "md",	  [FORMAT_VALUES] = "values",
	[FORMAT_ECDF] = "ecdf",	  [FORMAT_STEPS] = "steps",
	[FORMAT_HTML] = "html",	  [FORMAT_CALIBRATE] = "calibrate",
	[FORMAT_OPEN] = "open",	  [FORMAT_HARDWARE] = "hardware",
	[FORMAT_FLIPS] = "flips",
};

struct options {
	const char *runs[2]; /* the second may be NULL */
	const char *baseline; /* NULL: as recorded */
	double delta_pct, alpha; /* NaN: as recorded */
	enum format format;
	bool chain, bare;
	const char *unpack; /* NULL, or the folder for a bundle's files */
	const char *bridge; /* NULL, or the folder for its tables */
	const char *history; /* NULL, or CASE:METRIC over any number of runs */
	char **dirs;
	size_t n_dirs;
	int (*page)(const char *dir, struct err *err); /* NULL, or of runs[0] */
	const char *to; /* NULL, or the folder for one file of each format */
};

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
	      "values, ecdf, calibrate, open (what is not decided), "
	      "hardware (what a PMU counted), steps (with --chain) or flips "
	      "(of two runs)\n"
	      "  --bare        html without links to the cells, for a copy that "
	      "has none\n"
	      "  --to DIR      write a file of each other format into DIR, "
	      "print the table\n"
	      "  --unpack DIR  no run: the files of a bundle, a tar on standard "
	      "input, into DIR\n"
	      "  --history M   of any number of runs: the metric M, CASE:NAME, "
	      "in each\n"
	      "  --bridge DIR  of a run that counts and one in time: do they "
	      "agree? tables into DIR\n"
	      "  --page P      of a folder of TAP (P: conform) or static "
	      "checks (static): write its\n"
	      "                tables, exit 1 if one failed; of a run: print "
	      "the section of its report\n"
	      "                (perf, hits, cost, profile); of a document: "
	      "print it with its figures\n"
	      "                made anew (figures)\n"
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

/* 0, or the exit status; *done if there is nothing left to do. */
static int parse_options(int argc, char **argv, struct options *o, bool *done)
{
	static const struct option longs[] = {
		{ "baseline", required_argument, NULL, 'b' },
		{ "bare", no_argument, NULL, 'B' },
		{ "bridge", required_argument, NULL, 'G' },
		{ "chain", no_argument, NULL, 'c' },
		{ "delta", required_argument, NULL, 'd' },
		{ "alpha", required_argument, NULL, 'a' },
		{ "format", required_argument, NULL, 'f' },
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
	if ((o->history || o->bridge) && o->n_dirs)
		return 0;
	if (optind == argc || argc - optind > 2) {
		fputs("mmcompare: one run or two are needed\n", stderr);
		usage(stderr);
		return EXIT_USAGE;
	}
	o->runs[0] = argv[optind];
	o->runs[1] = optind + 1 < argc ? argv[optind + 1] : NULL;
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

static int compare(const struct options *o, const struct data *d,
		   struct comparison *c, struct err *err)
{
	double delta = o->delta_pct, alpha = o->alpha;

	if (isnan(delta))
		delta = isnan(d->run->delta_pct) ? DEFAULT_DELTA_PCT
						 : d->run->delta_pct;
	if (isnan(alpha))
		alpha = isnan(d->run->alpha) ? DEFAULT_ALPHA : d->run->alpha;
	return compare_all(d, delta / 100, alpha, c, err);
}

/* @dec: NULL for the formats that need no comparison. */
static int print(FILE *f, const struct options *o, enum format format,
		 struct data *d, const struct decision *dec, struct err *err)
{
	int ret = 0;

	switch (format) {
	case FORMAT_ECDF:
		return out_ecdf(f, d, err);
	case FORMAT_VALUES:
		out_values(f, d);
		return 0;
	case FORMAT_TSV:
		out_tsv(f, dec->c);
		return 0;
	case FORMAT_MAIL:
		ret = out_mail(f, dec);
		break;
	case FORMAT_STEPS:
		out_steps(f, dec->c);
		return 0;
	case FORMAT_MAIL_FULL:
		ret = out_mail_full(f, dec->c);
		break;
	case FORMAT_MD:
		return out_md(f, dec, err);
	case FORMAT_OPEN:
		out_open(f, dec->c);
		return 0;
	case FORMAT_CALIBRATE:
		return out_calibrate(f, dec->c, err);
	case FORMAT_HARDWARE:
		return out_hardware(f, dec->c, err);
	case FORMAT_HTML:
		return out_html(f, dec, o->bare, err);
	default:
		ret = out_table(f, dec->c);
	}
	return ret ? err_set(err, ret, "output: %s", strerror(-ret)) : 0;
}

/* DIR/NAME appears whole or not at all. */
static int write_file(const struct options *o, const char *name,
		      enum format format, struct data *d,
		      const struct decision *dec, struct err *err)
{
	char path[4096], new[4096 + 8];
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", o->to, name);
	snprintf(new, sizeof(new), "%s.new", path);
	f = fopen(new, "we");
	if (!f)
		return err_set(err, -errno, "%s: %s", new, strerror(errno));
	ret = print(f, o, format, d, dec, err);
	if ((fflush(f) || ferror(f)) && !ret)
		ret = err_set(err, -EIO, "%s: write error", new);
	fclose(f);
	if (!ret && rename(new, path))
		ret = err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (ret)
		remove(new);
	return ret;
}

static int print_comparison(const struct options *o, struct data *d,
			    struct err *err)
{
	static const struct {
		const char *name;
		enum format format;
	} files[] = {
		{ "values.tsv", FORMAT_VALUES },
		{ "ecdf.tsv", FORMAT_ECDF },
		{ "compare.tsv", FORMAT_TSV },
		{ "report.md", FORMAT_MD },
		{ "mail.txt", FORMAT_MAIL },
		{ "mail-full.txt", FORMAT_MAIL_FULL },
	};
	struct decision dec = { 0 };
	struct comparison c;
	int ret = compare(o, d, &c, err);

	if (!ret)
		ret = decide(&c, &dec, err);
	for (size_t i = 0; !ret && o->to && i < sizeof(files) / sizeof(*files);
	     i++)
		ret = write_file(o, files[i].name, files[i].format, d, &dec,
				 err);
	if (!ret)
		ret = print(stdout, o, o->format, d, &dec, err);
	decide_free(&dec);
	compare_free(&c);
	return ret;
}

static int print_runs(const struct options *o, struct run *runs, struct data *d,
		      struct err *err)
{
	int ret;

	ret = run_load(o->runs[0], &runs[0], err);
	if (!ret && o->runs[1])
		ret = run_load(o->runs[1], &runs[1], err);
	if (!ret)
		ret = data_init(d, &runs[0], o->runs[1] ? &runs[1] : NULL,
				o->baseline, err);
	if (ret)
		return ret;
	if (o->format == FORMAT_FLIPS)
		return out_flips(stdout, &runs[0], &runs[1], err);
	if (o->chain)
		data_chain(d);
	if (o->format == FORMAT_ECDF)
		return print(stdout, o, o->format, d, NULL, err);
	ret = data_load(d, err);
	if (ret)
		return ret;
	if (o->format == FORMAT_VALUES)
		return print(stdout, o, o->format, d, NULL, err);
	return print_comparison(o, d, err);
}

/* Names the cells that were left out; -EINVAL if there are any. */
static int say_damaged(const struct data *d, struct err *err)
{
	size_t i, n = 0;

	for (i = 0; i < d->n_cells; i++) {
		if (d->cells[i].status != CELL_DAMAGED)
			continue;
		n++;
		fprintf(stderr, "mmcompare: left out: %s\n",
			d->cells[i].reason);
	}
	return n ? err_set(err, -EINVAL,
			   "%zu of %zu cells are damaged and left out; measure "
			   "them again",
			   n, d->n_cells)
		 : 0;
}

int main(int argc, char **argv)
{
	struct options o = { .delta_pct = NAN, .alpha = NAN };
	struct run runs[2] = { 0 };
	struct data d = { 0 };
	struct err err = { "" };
	bool done = false;
	int ret;

	gsl_set_error_handler_off();
	ret = parse_options(argc, argv, &o, &done);
	if (ret)
		return ret;
	if (!done && o.unpack)
		ret = unpack(stdin, o.unpack, NULL, &err);
	else if (!done && o.history)
		ret = out_history(stdout, o.history, o.dirs, o.n_dirs, &err);
	else if (!done && o.bridge)
		ret = page_bridge(o.bridge, o.dirs, o.n_dirs, &err);
	else if (!done && o.page)
		ret = o.page(o.runs[0], &err);
	else if (!done)
		ret = print_runs(&o, runs, &d, &err);
	if ((fflush(stdout) || ferror(stdout)) && !ret)
		ret = err_set(&err, -EIO, "standard output: write error");
	if (!ret)
		ret = say_damaged(&d, &err);
	if (ret < 0)
		fprintf(stderr, "mmcompare: %s\n", err.msg);
	data_free(&d);
	run_free(&runs[0]);
	run_free(&runs[1]);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
