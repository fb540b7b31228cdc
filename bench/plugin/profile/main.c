// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmprofile: check, compare and draw the profiles of mmcount.so.
 */
#include <stdlib.h>
#include <string.h>

#include "profile.h"

#define TOP 25
#define BARS 12
#define MAX_VARIANTS 16

static const char usage[] =
	"Usage: mmprofile [--inlined] check DIR\n"
	"       mmprofile diff|explain DIR_A DIR_B NAME_A NAME_B\n"
	"       mmprofile groups DIR_A DIR_B NAME_A NAME_B FILE\n"
	"       mmprofile flame DIR_A DIR_B TITLE\n"
	"       mmprofile bars DIR NAME [DIR NAME ...]\n"
	"DIR holds functions.tsv regions.tsv operations.tsv folded.txt.  With\n"
	"--inlined first: functions-inlined.tsv and folded-inlined.txt instead.\n"
	"Exit: 0, 1 a file is not sound (says which), 2 wrong usage.\n";

static char why[4500];
static const char *view = "";

static int fail(void)
{
	fprintf(stderr, "mmprofile: %s\n", why);
	return 1;
}

static int compare(const char *how, char **arg)
{
	bool grouped = !strcmp(how, "groups");
	struct groups groups = { 0 };
	struct profile a, b;

	if (profile_load(&a, arg[0], view, why, sizeof(why)) ||
	    profile_load(&b, arg[1], view, why, sizeof(why)))
		return fail();
	if (!strcmp(how, "flame")) {
		if (flame_draw(stdout, &a, &b, arg[2], why, sizeof(why)))
			return fail();
		return 0;
	}
	if (grouped && groups_load(&groups, arg[4], why, sizeof(why)))
		return fail();
	for (size_t i = 0; i < a.nr_ops; i++) {
		struct diff *d = diff_make(&a, &b, &a.ops[i]);

		if (!d) {
			snprintf(why, sizeof(why), "%s: no region %s", arg[1],
				 a.ops[i].region);
			return fail();
		}
		if (!strcmp(how, "explain"))
			diff_explain(stdout, d);
		else if (grouped)
			groups_table(stdout, &groups, d, arg[2], arg[3]);
		else
			diff_table(stdout, d, arg[2], arg[3], TOP);
		diff_free(d);
	}
	groups_free(&groups);
	profile_free(&a);
	profile_free(&b);
	return 0;
}

/* Per operation, all regions; a function that is nowhere costs 0. */
static double cost(const struct profile *p, const char *function)
{
	double sum = 0;

	for (size_t i = 0; i < p->nr; i++)
		if (!function || !strcmp(p->row[i].function, function))
			sum += (double)p->row[i].insn /
			       (double)profile_ops(p, p->row[i].region)->count;
	return sum;
}

/* The BARS most expensive functions of the first profile. */
static size_t largest(const struct profile *p, const char **top)
{
	size_t n = 0;

	while (n < BARS) {
		const char *best = NULL;
		double most = 0;

		for (size_t i = 0; i < p->nr; i++) {
			const char *f = p->row[i].function;
			double c = cost(p, f);
			bool used = false;

			for (size_t k = 0; k < n; k++)
				used |= !strcmp(top[k], f);
			if (!used && c > most) {
				most = c;
				best = f;
			}
		}
		if (!best)
			break;
		top[n++] = best;
	}
	return n;
}

/* A row a variant: name, then a column a function, last all others. */
static int bars(int argc, char **argv)
{
	static struct profile p[MAX_VARIANTS];
	const char *top[BARS];
	int nr = argc / 2;
	size_t n;

	for (int i = 0; i < nr; i++)
		if (profile_load(&p[i], argv[2 * i], view, why, sizeof(why)))
			return fail();
	n = largest(&p[0], top);
	printf("variant");
	for (size_t k = 0; k < n; k++)
		printf("\t%s", top[k]);
	printf("\tall others\n");
	for (int i = 0; i < nr; i++) {
		double rest = cost(&p[i], NULL);

		printf("%s", argv[2 * i + 1]);
		for (size_t k = 0; k < n; k++) {
			double c = cost(&p[i], top[k]);

			rest -= c;
			printf("\t%.3f", c);
		}
		printf("\t%.3f\n", rest);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what;
	struct profile p;

	if (argc > 1 && !strcmp(argv[1], "--inlined")) {
		view = "-inlined";
		argv++;
		argc--;
	}
	what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "check") && argc == 3) {
		if (profile_load(&p, argv[2], view, why, sizeof(why)))
			return fail();
		profile_free(&p);
		return 0;
	}
	if ((!strcmp(what, "diff") || !strcmp(what, "explain")) && argc == 6)
		return compare(what, argv + 2);
	if (!strcmp(what, "groups") && argc == 7)
		return compare(what, argv + 2);
	if (!strcmp(what, "flame") && argc == 5)
		return compare(what, argv + 2);
	if (!strcmp(what, "bars") && argc >= 4 && argc % 2 == 0 &&
	    argc <= 2 + 2 * MAX_VARIANTS)
		return bars(argc - 2, argv + 2);
	fputs(usage, stderr);
	return 2;
}
