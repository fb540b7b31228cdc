// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a conformance boot said, as TAP: its tests, and one more, the boot as a whole.
 * See page.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/file.h"
#include "load/json.h"
#include "load/tap.h"
#include "pages/page.h"

#define TAP_LINE "# tap\t"

struct cell_end {
	char *status, *reason;
};

/* What became of the boot. */
static int read_end(const char *dir, struct cell_end *end, struct err *err)
{
	struct json_src src = { NULL, err };
	json_t *root = NULL;
	char *path;
	int ret;

	if (asprintf(&path, "%s/cell.json", dir) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	src.path = path;
	ret = file_read_json(path, "mmvs-cell 1", &root, err);
	if (!ret)
		ret = json_get_text(&src, root, "status", true, &end->status);
	if (!ret)
		ret = json_get_text(&src, root, "reason", false, &end->reason);
	json_decref(root);
	free(path);
	return ret;
}

/* Its version and plan are made anew. */
static bool is_kept(const char *line)
{
	return strncmp(line, "TAP version", 11) && strncmp(line, "1..", 3);
}

static bool is_result(const char *line)
{
	return !strncmp(line, "ok ", 3) || !strncmp(line, "not ok ", 7);
}

/*
 * The lines of the guest's TAP among samples.tsv @text, to @out; how many of them are
 * results, or -ENOMEM.
 */
static int put_lines(const char *text, FILE *out)
{
	const size_t head = strlen(TAP_LINE);
	int n = 0;

	for (size_t len; *text; text += len + (text[len] == '\n')) {
		char *line;

		len = strcspn(text, "\n");
		if (len < head || strncmp(text, TAP_LINE, head))
			continue;
		line = text_clean(text + head, len - head);
		if (!line)
			return -ENOMEM;
		if (is_kept(line)) {
			n += is_result(line);
			fprintf(out, "%s\n", line);
		}
		free(line);
	}
	return n;
}

static void put_tap(const char *lines, unsigned int n,
		    const struct cell_end *end)
{
	printf("TAP version 13\n1..%u\n%s", n + 1, lines);
	if (!strcmp(end->status, "failed"))
		printf("not ok %u - guest: ends well, without a splat\n# why: %s\n",
		       n + 1, end->reason);
	else
		printf("ok %u - guest: ends well, without a splat%s%s\n", n + 1,
		       strcmp(end->status, "skip") ? "" : " # SKIP ",
		       strcmp(end->status, "skip") ? "" : end->reason);
}

/* The guest's lines as a string to free, and how many results; a boot may have none. */
static int read_lines(const char *dir, char **lines, struct err *err)
{
	char *path, *text = NULL;
	int n = 0, ret;
	size_t len;
	FILE *mem;

	if (asprintf(&path, "%s/samples.tsv", dir) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	ret = file_read(path, TAP_MAX_FILE, &text, &len, err);
	free(path);
	if (ret && ret != -ENOENT)
		return ret;
	mem = open_memstream(lines, &len);
	if (mem)
		n = put_lines(text ? text : "", mem);
	if (!mem || fclose(mem))
		n = -ENOMEM;
	free(text);
	return n < 0 ? err_set(err, n, "out of memory") : n;
}

int page_tap(const char *dir, struct err *err)
{
	struct cell_end end = { 0 };
	char *lines = NULL;
	int n;

	n = read_end(dir, &end, err);
	if (!n)
		n = read_lines(dir, &lines, err);
	if (n >= 0)
		put_tap(lines, (unsigned int)n, &end);
	free(lines);
	free(end.status);
	free(end.reason);
	return n < 0 ? n : 0;
}
