// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples of one cell to one value for each metric.  See reduce.h.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "stats/reduce.h"

/* The rows of one metric, told apart by the values of its "by" columns. */
struct groups {
	const struct samples *s;
	const struct metric_decl *m;
	size_t first_row[SAMPLES_MAX_GROUPS]; /* shows a group's values */
	size_t n;
	uint16_t *of_row; /* n_rows */
};

static double cell(const struct samples *s, size_t row, int col)
{
	return s->rows[row * s->n_columns + (size_t)col];
}

static bool same_group(const struct groups *g, size_t a, size_t b)
{
	size_t i;

	for (i = 0; i < g->m->n_by; i++)
		if (cell(g->s, a, g->m->by[i]) != cell(g->s, b, g->m->by[i]))
			return false;
	return true;
}

static int find_groups(struct groups *g, const char *path, struct err *err)
{
	size_t row, k = 0;

	for (row = 0; row < g->s->n_rows; row++) {
		/* Rows of a group tend to lie together: try the last first. */
		if (!g->n || !same_group(g, g->first_row[k], row))
			for (k = 0; k < g->n; k++)
				if (same_group(g, g->first_row[k], row))
					break;
		if (k == SAMPLES_MAX_GROUPS)
			return err_set(err, -EINVAL,
				       "%s: metric %s: more than %d groups",
				       path, g->m->name, SAMPLES_MAX_GROUPS);
		if (k == g->n)
			g->first_row[g->n++] = row;
		g->of_row[row] = (uint16_t)k;
	}
	if (!g->n && !g->m->n_by)
		g->n = 1; /* no rows at all: the metric is there, missing */
	return 0;
}

/* "pages" of "folio_pages"?  No: the suffix goes, the rest stays. */
static int label_length(const char *column)
{
	static const char *const plain[] = { "_pages", "_pct", "_count" };
	size_t len = strlen(column), i, n;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		n = strlen(plain[i]);
		if (len > n && !strcmp(column + len - n, plain[i]))
			return (int)(len - n);
	}
	return (int)len;
}

/* name[a=1,b=2]; values in full, so that two groups never share a name. */
static int group_name(const struct groups *g, size_t k,
		      char buf[TEXT_MAX_FULL + 1], const char *path,
		      struct err *err)
{
	const size_t size = TEXT_MAX_FULL + 1;
	size_t i, len = strlen(g->m->name);
	const char *column;
	char num[40];
	double v;

	memcpy(buf, g->m->name, len + 1);
	for (i = 0; i < g->m->n_by; i++) {
		v = cell(g->s, g->first_row[k], g->m->by[i]) + 0.0;
		snprintf(num, sizeof(num), "%.15g", v);
		if (strtod(num, NULL) != v)
			snprintf(num, sizeof(num), "%.17g", v);
		column = g->s->columns[g->m->by[i]].name;
		len += (size_t)snprintf(buf + len, size - len, "%c%.*s=%s",
					i ? ',' : '[', label_length(column),
					column, num);
		if (len + 2 > size)
			return err_set(err, -EINVAL,
				       "%s: metric %s: name of a group "
				       "longer than %d",
				       path, g->m->name, TEXT_MAX_FULL);
	}
	if (g->m->n_by)
		strcpy(buf + len, "]");
	return 0;
}

static double reduce(enum reduce how, double *v, size_t n)
{
	static const double q[] = {
		[REDUCE_P50] = 0.5,
		[REDUCE_P90] = 0.9,
		[REDUCE_P99] = 0.99,
		[REDUCE_P999] = 0.999,
	};
	double sum = 0;
	size_t i;

	switch (how) {
	case REDUCE_P50:
	case REDUCE_P90:
	case REDUCE_P99:
	case REDUCE_P999:
		gsl_sort(v, 1, n);
		return gsl_stats_quantile_from_sorted_data(v, 1, n, q[how]);
	case REDUCE_MAX:
		return gsl_stats_max(v, 1, n);
	case REDUCE_MEAN:
		return gsl_stats_mean(v, 1, n);
	case REDUCE_SUM:
		for (i = 0; i < n; i++)
			sum += v[i];
		return sum;
	case REDUCE_FIRST:
		return v[0];
	case REDUCE_LAST:
		return v[n - 1];
	case REDUCE_SLOPE: /* slope() */
		break;
	}
	return NAN;
}

/*
 * What one more of x costs: y = constant + slope x, least squares.  -ERANGE:
 * x does not vary, and no line is better than another.
 */
static int slope(const double *x, const double *y, size_t n, double *out)
{
	double constant, cov[3], sumsq;

	if (gsl_stats_min(x, 1, n) == gsl_stats_max(x, 1, n))
		return -ERANGE;
	gsl_fit_linear(x, 1, y, 1, n, &constant, out, &cov[0], &cov[1], &cov[2],
		       &sumsq);
	return 0;
}

static size_t gather(const struct groups *g, size_t k, int col, double *v)
{
	size_t row, n = 0;

	for (row = 0; row < g->s->n_rows; row++)
		if (g->of_row[row] == k)
			v[n++] = cell(g->s, row, col);
	return n;
}

static int reduce_group(const struct groups *g, size_t k, double *tmp,
			struct value *out, const char *path, struct err *err)
{
	const struct metric_decl *m = g->m;
	double num, den, *per = tmp + g->s->n_rows;
	size_t n;

	out->value = NAN;
	if (group_name(g, k, out->name, path, err))
		return -EINVAL;
	n = gather(g, k, m->column, tmp);
	if (!n) {
		out->status = VALUE_NO_ROWS;
		return 0;
	}
	if (m->per >= 0)
		gather(g, k, m->per, per);
	if (m->reduce == REDUCE_SLOPE) {
		if (slope(per, tmp, n, &num)) {
			out->status = VALUE_NO_SLOPE;
			return 0;
		}
	} else {
		num = reduce(m->reduce, tmp, n);
	}
	if (m->per >= 0 && m->reduce != REDUCE_SLOPE) {
		den = reduce(m->reduce, per, n);
		if (den == 0) {
			out->status = VALUE_ZERO_PER;
			return 0;
		}
		num /= den;
	}
	if (!isfinite(num))
		return err_set(err, -EINVAL, "%s: metric %s: not finite", path,
			       out->name);
	out->value = num;
	return 0;
}

static int reduce_metric(struct groups *g, double *tmp, struct value **out,
			 size_t *n, const char *path, struct err *err)
{
	struct value *more;
	size_t k;
	int ret;

	ret = find_groups(g, path, err);
	if (ret)
		return ret;
	more = reallocarray(*out, *n + g->n + 1, sizeof(**out));
	if (!more)
		return err_set(err, -ENOMEM, "%s: out of memory", path);
	*out = more;
	for (k = 0; k < g->n; k++) {
		memset(&more[*n], 0, sizeof(*more));
		more[*n].metric = (size_t)(g->m - g->s->metrics);
		ret = reduce_group(g, k, tmp, &more[*n], path, err);
		if (ret)
			return ret;
		(*n)++;
	}
	return 0;
}

int samples_reduce(const struct samples *s, const char *path,
		   struct value **out, size_t *n, struct err *err)
{
	struct groups *g = calloc(1, sizeof(*g));
	uint16_t *of_row = calloc(s->n_rows + 1, sizeof(*of_row));
	double *tmp = calloc(2 * s->n_rows + 1, sizeof(*tmp));
	size_t i;
	int ret = 0;

	*out = NULL;
	*n = 0;
	if (!g || !of_row || !tmp) {
		ret = err_set(err, -ENOMEM, "%s: out of memory", path);
		goto out_free;
	}
	for (i = 0; i < s->n_metrics && !ret; i++) {
		*g = (struct groups){
			.s = s,
			.m = &s->metrics[i],
			.of_row = of_row,
		};
		ret = reduce_metric(g, tmp, out, n, path, err);
	}
	if (ret) {
		free(*out);
		*out = NULL;
	}
out_free:
	free(tmp);
	free(of_row);
	free(g);
	return ret;
}

int samples_groups(const struct samples *s, size_t metric, const char *path,
		   struct row_groups *out, struct err *err)
{
	struct groups *g = calloc(1, sizeof(*g));
	int ret = g ? 0 : -ENOMEM;
	size_t k;

	memset(out, 0, sizeof(*out));
	out->of_row = calloc(s->n_rows + 1, sizeof(*out->of_row));
	if (ret || !out->of_row) {
		free(g);
		return err_set(err, -ENOMEM, "%s: out of memory", path);
	}
	*g = (struct groups){ .s = s,
			      .m = &s->metrics[metric],
			      .of_row = out->of_row };
	ret = find_groups(g, path, err);
	out->name = ret || !s->n_rows ? NULL : calloc(g->n, sizeof(*out->name));
	if (!ret && s->n_rows && !out->name)
		ret = err_set(err, -ENOMEM, "%s: out of memory", path);
	for (k = 0; !ret && out->name && k < g->n; k++)
		ret = group_name(g, k, out->name[k], path, err);
	out->n = out->name ? g->n : 0;
	free(g);
	return ret;
}

void row_groups_free(struct row_groups *g)
{
	free(g->name);
	free(g->of_row);
	memset(g, 0, sizeof(*g));
}
