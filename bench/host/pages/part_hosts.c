// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of the pages of several hosts.  See part_hosts.h.
 */
#include <math.h>
#include <string.h>

#include "pages/part_hosts.h"
#include "pages/parts.h"
#include "pages/wrap.h"

bool part_hosts_shown(const struct hosts *h, const struct row *row)
{
	return h->d.metrics[row->metric].key &&
	       h->d.arms[row->arm].base != row->arm;
}

const char *part_hosts_verdict(char buf[VERDICT_TEXT], const struct hosts *h,
			       const struct row *row)
{
	if (!h->split[row - h->c.rows])
		return verdict_text(buf, row, h->d.metrics[row->metric].unit);
	snprintf(buf, VERDICT_TEXT, "%s", PART_SPLIT);
	return buf;
}

/* The effect of a host: of the same kind in all, or NaN. */
static double effect(const struct row *own, bool ratio)
{
	if (!own || !own->n || !own->base_n)
		return NAN;
	return ratio ? own->ratio : own->diff;
}

static const char *effect_text(char buf[TEXT_NUM], double v, bool ratio)
{
	return ratio ? text_pct(buf, v) : text_num(buf, v);
}

const char *part_hosts_spread(char buf[PART_SPREAD], const struct hosts *h,
			      const struct row *row)
{
	bool ratio = !isnan(row->ratio);
	double lo = NAN, hi = NAN, v;
	size_t i, low = 0, high = 0;
	char a[TEXT_NUM], z[TEXT_NUM];

	buf[0] = '\0';
	for (i = 0; i < h->n; i++) {
		v = effect(hosts_row(h, i, row), ratio);
		if (isnan(v))
			continue;
		if (isnan(lo) || v < lo) {
			lo = v;
			low = i;
		}
		if (isnan(hi) || v > hi) {
			hi = v;
			high = i;
		}
	}
	if (isnan(lo))
		return buf;
	effect_text(a, lo, ratio);
	effect_text(z, hi, ratio);
	if (!strcmp(a, z))
		snprintf(buf, PART_SPREAD, "%s on each host", a);
	else
		snprintf(buf, PART_SPREAD, "%s on %.100s to %s on %.100s", a,
			 h->host[low].name, z, h->host[high].name);
	return buf;
}

int part_hosts_about(FILE *f, const struct hosts *h, int width)
{
	size_t i;
	int ret = text_wrapf(
		f, width, "", "  ",
		"Each variant against %s within a host, then over all hosts: "
		"the ratio with its %.3g%% interval (weighted Hodges-Lehmann, "
		"inverts the test), p of van Elteren's test, adjusted for all "
		"key metrics and %zu variants (A/A: as it is), verdict; same = "
		"within %g%%.",
		h->d.arms[0].shown, compare_percent(&h->c), h->c.variants,
		h->c.delta * 100);

	for (i = 0; i < h->n_said && !ret; i++)
		ret = text_wrapf(f, width, "Differs: ", "  ", "%s", h->said[i]);
	return ret;
}

int part_hosts_own(FILE *f, const struct hosts *h, int width,
		   const char *heading, const char *quote)
{
	size_t i;
	int ret;

	fprintf(f, "\n%sAll hosts: A/A and noise\n%s", heading,
		*heading ? "\n" : "");
	ret = part_noise(f, &h->c, width, quote);
	for (i = 0; i < h->n && !ret; i++) {
		fprintf(f, "\n%s%s: A/A and noise\n%s", heading,
			h->host[i].name, *heading ? "\n" : "");
		ret = part_noise(f, &h->host[i].c, width, quote);
		fprintf(f, "\n%s%s: cells\n%s", heading, h->host[i].name,
			*heading ? "\n" : "");
		if (!ret)
			ret = part_cells(f, &h->host[i].d, width, quote);
	}
	return ret;
}
