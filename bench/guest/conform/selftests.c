// SPDX-License-Identifier: GPL-2.0-only
/*
 * 16. The kernel tree's own selftests hold, where they touch this ground.
 *
 * scripts/selftests.sh builds them from the source that the image was built
 * from and packs them below /selftests.  They know more than we do of COW, KSM,
 * soft-dirty, MADV_POPULATE and mremap: a stack that touches what pte_dirty()
 * means or what a folio's flags mean may break any of them while droppable
 * memory itself works.  Each is one test here, judged by its exit status (see
 * tools/testing/selftests/kselftest.h); what its own TAP says is in the notes.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"

#define TOP "/selftests"
#define KSFT_SKIP 4
#define NR_TAIL 8

/* What scripts/selftests.sh says of a selftest that it has not packed. */
static const char *why_missing(const char *dir, const char *name)
{
	static char line[160];
	const char *why = NULL;
	size_t len = strlen(name);
	FILE *f = fopen(TOP "/missing", "re");

	dir += strlen(TOP "/");
	while (f && !why && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, dir, strlen(dir)) &&
		    line[strlen(dir)] == '/' &&
		    !strncmp(line + strlen(dir) + 1, name, len) &&
		    line[strlen(dir) + 1 + len] == ' ')
			why = line + strlen(dir) + len + 2;
	}
	if (f)
		fclose(f);
	return why ? why : "it has not been packed (scripts/selftests.sh)";
}

/* Run @dir/@name to its end, what it says into @out.  Its wait status. */
static int run(const char *dir, const char *name, FILE *out)
{
	char self[64];
	int status;
	pid_t pid;

	/* From its folder: some run themselves again as "./name". */
	premise(!chdir(dir), "no %s in this initramfs (scripts/selftests.sh)",
		dir);
	snprintf(self, sizeof(self), "./%s", name);
	premise(!access(self, X_OK), "%s", why_missing(dir, name));
	pid = fork();
	premise(pid >= 0, "fork: %s", strerror(errno));
	if (!pid) {
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(out), STDERR_FILENO);
		execl(self, self, NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	rewind(out);
	return status;
}

struct counts {
	unsigned int ok, not_ok, skipped;
	char why[160]; /* the first "not ok" or "Bail out!"; else of "# SKIP" */
	char tail[NR_TAIL][160];
	unsigned int lines;
};

/* TAP 13 of kselftest: "ok 1 ...", "not ok 2 ...", "ok 3 # SKIP ...". */
static struct counts read_tap(FILE *out)
{
	struct counts c = { 0 };
	bool failed = false;
	char line[160];

	while (fgets(line, sizeof(line), out)) {
		bool ok = !strncmp(line, "ok ", 3),
		     skip = strstr(line, "# SKIP");
		bool bad = !strncmp(line, "not ok ", 7);
		bool end = !strncmp(line, "Bail out!", 9);

		line[strcspn(line, "\n")] = '\0';
		strcpy(c.tail[c.lines++ % NR_TAIL], line);
		c.ok += ok && !skip;
		c.skipped += ok && skip;
		c.not_ok += bad;
		if (!failed && (bad || end || (skip && !c.why[0])))
			strcpy(c.why, line);
		failed = failed || bad || end;
	}
	return c;
}

static void selftest(const char *dir, const char *name)
{
	FILE *out = tmpfile();
	struct counts c;
	int status;

	premise(out, "tmpfile: %s", strerror(errno));
	status = run(dir, name, out);
	c = read_tap(out);
	fclose(out);
	conform_note("%s: %u passed, %u failed, %u skipped in it", name, c.ok,
		     c.not_ok, c.skipped);
	if (c.skipped)
		conform_note("%s", c.why);
	premise(!WIFEXITED(status) || WEXITSTATUS(status) != KSFT_SKIP,
		"it says: %s", c.why);
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		check(c.ok && !c.not_ok,
		      "exit 0, but %u passed and %u failed in it", c.ok,
		      c.not_ok);
		return;
	}
	for (unsigned int i = c.lines > NR_TAIL ? c.lines - NR_TAIL : 0;
	     i < c.lines; i++)
		conform_note("| %s", c.tail[i % NR_TAIL]);
	check(!WIFSIGNALED(status), "killed by signal %d", WTERMSIG(status));
	conform_fail("%u of its tests fail, exit %d: %s", c.not_ok,
		     WEXITSTATUS(status), c.why);
}

static void test_droppable(void)
{
	selftest(TOP "/mm", "droppable");
}

static void test_getrandom(void)
{
	selftest(TOP "/vDSO", "vdso_test_getrandom");
}

/*
 * Its range_maps_duplicates() compares each pair of 512 pages and reads pagemap
 * for each pair: some 10^5 system calls a time, in each of its tests.
 */
static void test_ksm(void)
{
	premise(conform_slowness() == 1,
		"reads pagemap for each pair of pages: minutes on a slow kernel (property 8 has KSM)");
	selftest(TOP "/mm", "ksm_functional_tests");
}

/* Two huge pages for each test, as run_vmtests.sh provides. */
static void test_cow(void)
{
	conform_set("/proc/sys/vm/nr_hugepages", "4");
	selftest(TOP "/mm", "cow");
}

static void test_populate(void)
{
	selftest(TOP "/mm", "madv_populate");
}

/*
 * 2 GiB of address space, 4 MiB of it used: more than the guest commits to.  It
 * maps below addresses that it has found free without asking what is there, with
 * MAP_FIXED_NOREPLACE: with a randomised layout it failed in one boot of 18.
 */
static void test_mremap(void)
{
	premise(personality(ADDR_NO_RANDOMIZE) >= 0, "personality: %s",
		strerror(errno));
	conform_set("/proc/sys/vm/overcommit_memory", "1");
	selftest(TOP "/mm", "mremap_test");
}

static void test_soft_dirty(void)
{
	selftest(TOP "/mm", "soft-dirty");
}

static const struct conform_test tests[] = {
	{ "mm/droppable", test_droppable },
	{ "vDSO/vdso_test_getrandom", test_getrandom },
	{ "mm/ksm_functional_tests", test_ksm },
	{ "mm/cow", test_cow },
	{ "mm/madv_populate", test_populate },
	{ "mm/mremap_test", test_mremap },
	{ "mm/soft-dirty", test_soft_dirty },
	{ 0 },
};

static const struct conform_property selftests = {
	.number = 16,
	.name = "selftests",
	.subject = "droppable",
	.tests = tests,
	.limit_s = 180,
};

CONFORM_PROPERTY(selftests);
