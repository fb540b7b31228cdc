// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that --page knows.  See page.h.
 */
#include <string.h>

#include "pages/page.h"

int (*page_find(const char *name))(const char *dir, struct err *err)
{
	static const struct {
		const char *name;
		int (*page)(const char *dir, struct err *err);
	} pages[] = {
		{ "conform", page_conform }, { "static", page_static },
		{ "perf", page_perf },	     { "hits", page_hits },
		{ "cost", page_cost },	     { "profile", page_profile },
		{ "figures", page_figures }, { "tap", page_tap },
		{ "passes", page_passes },
	};
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (!strcmp(name, pages[i].name))
			return pages[i].page;
	return NULL;
}
