// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that pass, fail, skip, crash and hang on purpose: the suite's own
 * tests run them by number and must see each reported for what it is.
 */
#include <stdlib.h>
#include <unistd.h>

#include "conform/lib/conform.h"

static void pass(void)
{
	conform_note("a note");
}

static void fail(void)
{
	conform_fail("planted failure\nof two lines");
}

static void skip(void)
{
	conform_skip("planted skip");
}

static void crash(void)
{
	abort();
}

static void hang(void)
{
	pause();
}

static void fail_in_child(void *arg)
{
	(void)arg;
	conform_fail("planted failure in a child");
}

static void child_fails(void)
{
	conform_child_ok(fail_in_child, NULL, "child");
}

static const struct conform_test tests[] = {
	{ "passes", pass },	  { "fails", fail },
	{ "skips", skip },	  { "crashes", crash },
	{ "hangs", hang },	  { "fails in a child", child_fails },
	{ "passes again", pass }, { 0 },
};

static const struct conform_property selftest = {
	.number = CONFORM_SELFTEST,
	.name = "selftest",
	.subject = "droppable",
	.tests = tests,
	.limit_s = 1,
};

CONFORM_PROPERTY(selftest);
