// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run conformance properties and write TAP.  In a guest the case "conform"
 * calls this, elsewhere mmconform.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/lib/conform.h"
#include "kernel/file.h"
#include "kernel/memcg.h"
#include "kernel/swap.h"
#include "run/bench.h"

#define LRU_GEN_ENABLED "/sys/kernel/mm/lru_gen/enabled"
#define LIMIT_S 30

extern const struct conform_property *const __start_conform_properties[];
extern const struct conform_property *const __stop_conform_properties[];

static int by_number(const void *a, const void *b)
{
	const struct conform_property *const *x = a, *const *y = b;

	return (int)(*x)->number - (int)(*y)->number;
}

/* Is @subject one of "a+b"? */
static bool is_among(const char *subject, const char *of)
{
	size_t len = strlen(subject);

	for (const char *s = of; s; s = strchr(s, '+')) {
		s += *s == '+';
		if (strcspn(s, "+") == len && !strncmp(s, subject, len))
			return true;
	}
	return false;
}

static bool is_selected(const struct conform_property *p, const char *of,
			int nr, char *const *select)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", p->number);
	for (int i = 0; i < nr; i++)
		if (!strcmp(select[i], p->name) || !strcmp(select[i], number))
			return true;
	return !nr && p->number < CONFORM_NAMED &&
	       (is_among(p->subject, of) || !strcmp(p->subject, "any"));
}

/* 0, or BENCH_SKIP with the reason on @tap when the LRU cannot be had. */
static int set_lru(const char *lru, FILE *tap)
{
	bool mglru = lru && !strcmp(lru, "mglru");
	char now[32] = "";

	if (!lru)
		return 0;
	file_write(LRU_GEN_ENABLED, mglru ? "y" : "n");
	if (file_read(LRU_GEN_ENABLED, now, sizeof(now)) < 0 && !mglru)
		return 0; /* a kernel without MGLRU has only the classic one */
	if ((strtoul(now, NULL, 16) & 1) == mglru)
		return 0;
	if (access(LRU_GEN_ENABLED, F_OK)) {
		fputs("1..0 # SKIP this kernel has no MGLRU\n", tap);
		return BENCH_SKIP;
	}
	fprintf(tap, "1..0 # SKIP the LRU cannot be set to %s (root?)\n", lru);
	return BENCH_SKIP;
}

static void enter_group(unsigned int property, unsigned int test)
{
	char name[32];

	snprintf(name, sizeof(name), "conform-%u-%u", property, test);
	if (memcg_usable() && !memcg_create(name) && !memcg_enter(name))
		strcpy(conform_shared->group, name);
}

/* End whatever the test has left behind and put its settings back. */
static void clean_up(pid_t pid)
{
	char path[256];

	kill(-pid, SIGKILL);
	if (conform_shared->group[0]) {
		/* A task that waits for memory may not see the signal. */
		memcg_path(path, sizeof(path), conform_shared->group,
			   "memory.max");
		file_write(path, "max");
		memcg_path(path, sizeof(path), conform_shared->group,
			   "cgroup.kill");
		file_write(path, "1");
	}
	while (waitpid(-1, NULL, 0) > 0)
		; /* orphans come to us: PR_SET_CHILD_SUBREAPER */
	if (conform_shared->group[0]) {
		snprintf(path, sizeof(path), MEMCG_TOP "/%s",
			 conform_shared->group);
		for (int i = 0; rmdir(path) && errno == EBUSY && i < 100; i++)
			poll(NULL, 0, 10);
	}
	if (conform_shared->swap[0] && swap_reset(conform_shared->swap))
		fprintf(stderr, "mmbench: cannot put swap back\n");
	/*
	 * A console with a thread of its own (8250 in 7.3) asks for the level when
	 * it prints: let it pass over what was to be kept off it.
	 */
	if (conform_shared->nr_saved)
		poll(NULL, 0, 50);
	for (int i = conform_shared->nr_saved; i-- > 0;) {
		const char *file = conform_shared->saved[i].path;

		if (file_write(file, conform_shared->saved[i].old))
			fprintf(stderr, "mmbench: cannot put back %s\n", file);
	}
}

unsigned int conform_slowness(void)
{
	const char *text = getenv("MMVS_SLOWNESS");
	uint64_t n = 1;

	return text && !parse_u64(text, &n) && n && n <= 100 ? (unsigned int)n
							     : 1;
}

/* Wait at most @limit_s; a test that is late is killed.  Its wait status. */
static int await(pid_t pid, unsigned int limit_s, bool *late)
{
	struct pollfd pfd = { .events = POLLIN };
	int status = 0;

	pfd.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	*late = pfd.fd >= 0 && poll(&pfd, 1, (int)limit_s * 1000) <= 0;
	if (*late) {
		kill(pid, SIGKILL);
		poll(&pfd, 1, 1000); /* clean_up() makes room, then waits */
	}
	if (!*late || pfd.revents)
		while (waitpid(pid, &status, 0) != pid)
			;
	close(pfd.fd);
	return status;
}

static enum conform_code run_test(const struct conform_property *p,
				  unsigned int index)
{
	struct conform_shared *s = conform_shared;
	unsigned int limit =
		(p->limit_s ? p->limit_s : LIMIT_S) * conform_slowness();
	bool late;
	int status;
	pid_t pid;

	memset(s, 0, sizeof(*s));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		snprintf(s->why, sizeof(s->why), "fork: %s", strerror(errno));
		return CONFORM_FAIL;
	}
	if (!pid) {
		setpgid(0, 0);
		enter_group(p->number, index);
		p->tests[index].fn();
		_exit(CONFORM_PASS);
	}
	status = await(pid, limit, &late);
	clean_up(pid);
	if (late)
		snprintf(s->why, sizeof(s->why), "no end within %u s", limit);
	else if (WIFSIGNALED(status))
		snprintf(s->why, sizeof(s->why), "killed by signal %d",
			 WTERMSIG(status));
	else if (s->code || !WEXITSTATUS(status))
		return (enum conform_code)s->code;
	else
		snprintf(s->why, sizeof(s->why), "ended with %d",
			 WEXITSTATUS(status));
	return CONFORM_FAIL;
}

/* Texts of a test are one printable line each. */
static void put_lines(FILE *tap, const char *prefix, char *text)
{
	char *line, *save;

	for (char *c = text; *c; c++)
		if (*c != '\n' && (*c < ' ' || *c > '~'))
			*c = '?';
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		fprintf(tap, "# %s%s\n", prefix, line);
}

static void put_result(FILE *tap, unsigned int n,
		       const struct conform_property *p, const char *desc,
		       enum conform_code code)
{
	fprintf(tap, "%sok %u - %s: %s", code == CONFORM_FAIL ? "not " : "", n,
		p->name, desc);
	if (code == CONFORM_SKIP)
		fprintf(tap, " # SKIP %s", conform_shared->why);
	fputc('\n', tap);
	if (code == CONFORM_FAIL)
		put_lines(tap, "why: ", conform_shared->why);
	put_lines(tap, "", conform_shared->notes);
	fflush(tap);
}

#define NR_PROPERTIES \
	((size_t)(__stop_conform_properties - __start_conform_properties))

/* All properties in the order of their numbers, into @list of NR_PROPERTIES. */
static void sorted(const struct conform_property **list)
{
	memcpy(list, __start_conform_properties, NR_PROPERTIES * sizeof(*list));
	qsort(list, NR_PROPERTIES, sizeof(*list), by_number);
}

void conform_list(FILE *out)
{
	const struct conform_property *list[NR_PROPERTIES];

	sorted(list);
	for (size_t i = 0; i < NR_PROPERTIES; i++)
		fprintf(out, "%u\t%s\t%s\n", list[i]->number, list[i]->name,
			list[i]->subject);
}

/* Each subject once, behind "text"; they are nowhere else. */
static void put_subjects(char *text, size_t size)
{
	const struct conform_property *list[NR_PROPERTIES];
	size_t len = strlen(text);

	sorted(list);
	for (size_t i = 0; i < NR_PROPERTIES; i++) {
		bool known = false;

		for (size_t k = 0; k < i && !known; k++)
			known = !strcmp(list[k]->subject, list[i]->subject);
		if (!known && len < size)
			len += (size_t)snprintf(text + len, size - len, " %s",
						list[i]->subject);
	}
}

int conform_check_subjects(const char *of, char *why, size_t size)
{
	const struct conform_property *list[NR_PROPERTIES];

	sorted(list);
	for (const char *s = of; s; s = strchr(s, '+')) {
		bool known = false;
		size_t len;

		s += *s == '+';
		len = strcspn(s, "+");
		for (size_t i = 0; i < NR_PROPERTIES && !known; i++)
			known = strlen(list[i]->subject) == len &&
				!strncmp(s, list[i]->subject, len);
		if (known)
			continue;
		snprintf(why, size,
			 "no property is about '%.*s'; there are:", (int)len,
			 s);
		put_subjects(why, size);
		return -EINVAL;
	}
	return 0;
}

static int run_selected(const char *of, int nr, char *const *select, FILE *tap,
			conform_row *row, void *arg)
{
	size_t count = NR_PROPERTIES;
	const struct conform_property *list[count];
	unsigned int planned = 0, n = 0, tally[3] = { 0 };

	sorted(list);
	for (size_t i = 0; i < count; i++)
		for (const struct conform_test *t = list[i]->tests;
		     is_selected(list[i], of, nr, select) && t->desc; t++)
			planned++;
	if (!planned)
		return 2;
	fprintf(tap, "TAP version 13\n1..%u\n", planned);
	for (size_t i = 0; i < count; i++) {
		const struct conform_property *p = list[i];

		if (!is_selected(p, of, nr, select))
			continue;
		for (unsigned int t = 0; p->tests[t].desc; t++) {
			enum conform_code code = run_test(p, t);

			put_result(tap, ++n, p, p->tests[t].desc, code);
			/* On the console: a debug kernel takes its time. */
			if (conform_slowness() > 1)
				fprintf(stderr, "conform: %u of %u, %s: %s\n",
					n, planned, p->name, p->tests[t].desc);
			tally[code]++;
			if (row)
				row(arg, p->number, t, code);
		}
	}
	if (tally[CONFORM_FAIL])
		return 1;
	return tally[CONFORM_PASS] ? 0 : BENCH_SKIP;
}

int conform_run(const char *of, const char *lru, int nr, char *const *select,
		FILE *tap, conform_row *row, void *arg)
{
	int status;

	status = set_lru(lru, tap);
	if (status)
		return status;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	conform_shared =
		mmap(NULL, sizeof(*conform_shared), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (conform_shared == MAP_FAILED)
		return 1;
	status = run_selected(of, nr, select, tap, row, arg);
	munmap(conform_shared, sizeof(*conform_shared));
	return status;
}

int conform_main(int argc, char **argv)
{
	const char *lru = NULL, *of = "droppable";
	char why[256];
	int i = 0, status;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strncmp(argv[i], "--lru=", 6)) {
			lru = argv[i] + 6;
		} else if (!strncmp(argv[i], "--of=", 5)) {
			of = argv[i] + 5;
		} else {
			fprintf(stderr, "mmconform: what is '%s'?\n", argv[i]);
			return 2;
		}
	}
	if (lru && strcmp(lru, "mglru") && strcmp(lru, "classic")) {
		fprintf(stderr, "mmconform: --lru=%s: must be mglru|classic\n",
			lru);
		return 2;
	}
	if (conform_check_subjects(of, why, sizeof(why))) {
		fprintf(stderr, "mmconform: --of=%s: %s\n", of, why);
		return 2;
	}
	status = conform_run(of, lru, argc - i, argv + i, stdout, NULL, NULL);
	if (status == 2)
		fprintf(stderr, "mmconform: no such property\n");
	return status;
}
