// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmcompare: statistics and reports from the samples of a run.
 *
 * The rooms, from the top; each includes its own headers and those of rooms
 * below, never above (tests/static.t): cli, pages, stats, load.  Their headers say
 * what goes in and out: cli/args.h, pages/out.h, stats/stats.h, load/file.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_errno.h>

#include "cli/args.h"
#include "load/file.h"
#include "load/unpack.h"
#include "pages/out.h"
#include "pages/page.h"

#define DEFAULT_DELTA_PCT 1
#define DEFAULT_ALPHA 0.05

static double delta_of(const struct options *o, const struct run *run)
{
	double pct = isnan(o->delta_pct) ? run->delta_pct : o->delta_pct;

	return (isnan(pct) ? DEFAULT_DELTA_PCT : pct) / 100;
}

static double alpha_of(const struct options *o, const struct run *run)
{
	double alpha = isnan(o->alpha) ? run->alpha : o->alpha;

	return isnan(alpha) ? DEFAULT_ALPHA : alpha;
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
	case FORMAT_LOOK:
		ret = out_look(f, dec->c);
		break;
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
	int ret = compare_all(d, delta_of(o, d->run), alpha_of(o, d->run), &c,
			      err);

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

static int put_hosts(FILE *f, enum format format, const struct hosts *h)
{
	if (format == FORMAT_MD)
		return out_hosts_md(f, h);
	if (format == FORMAT_TABLE)
		return out_hosts(f, h);
	out_hosts_tsv(f, h);
	return 0;
}

/* A file of --to, as page_file() wants it. */
struct hosts_file {
	const struct hosts *h;
	enum format format;
	int *ret;
};

static void put_hosts_file(FILE *f, const void *arg)
{
	const struct hosts_file *file = arg;

	*file->ret = put_hosts(f, file->format, file->h);
}

static int print_hosts(const struct options *o, struct err *err)
{
	struct hosts h = { 0 };
	size_t i;
	int failed, put = 0,
		    ret = hosts_load(&h, o->dirs, o->n_dirs, o->baseline, err);
	struct hosts_file tsv = { &h, FORMAT_TSV, &put };
	struct hosts_file md = { &h, FORMAT_MD, &put };

	if (!ret)
		ret = hosts_compare(&h, delta_of(o, h.d.run),
				    alpha_of(o, h.d.run), err);
	if (!ret && o->to)
		ret = page_file(o->to, "hosts.tsv", put_hosts_file, &tsv, err);
	if (!ret && !put && o->to)
		ret = page_file(o->to, "hosts.md", put_hosts_file, &md, err);
	if (!ret && !put)
		put = put_hosts(stdout, o->format, &h);
	if (!ret && put)
		ret = err_set(err, put, "output: %s", strerror(-put));
	failed = ret;
	for (i = 0; i < h.n && !failed; i++)
		ret |= say_damaged(&h.host[i].d, err);
	hosts_free(&h);
	return ret;
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
	else if (!done && o.hosts)
		ret = print_hosts(&o, &err);
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
