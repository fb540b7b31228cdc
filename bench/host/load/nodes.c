// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NUMA nodes of the machine that measured, as scripts/host-numa.sh recorded them.
 * See run.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "load/json.h"
#include "load/run.h"

/* What is said of a node, in this order: before, the text of run.json, behind. */
static const struct {
	const char *key, *before, *behind;
} parts[] = {
	{ "cpus", "CPUs ", "" },	   { "memory_mib", "", " MiB" },
	{ "distances", "distances ", "" }, { "tier", "memory tier ", "" },
	{ "read_ns", "reads ", " ns" },	   { "read_mbs", "reads ", " MB/s" },
	{ "write_ns", "writes ", " ns" },  { "write_mbs", "writes ", " MB/s" },
};

#define N_PARTS (sizeof(parts) / sizeof(*parts))

static int put_parts(const struct json_src *src, const json_t *obj, FILE *f)
{
	const char *sep = "";
	char *text = NULL;
	int ret = 0;

	for (size_t i = 0; i < N_PARTS && !ret; i++) {
		ret = json_get_text(src, obj, parts[i].key, false, &text);
		if (!ret && *text) {
			fprintf(f, "%s%s%s%s", sep, parts[i].before, text,
				parts[i].behind);
			sep = ", ";
		} else if (!ret && !i) {
			fputs("no CPU", f);
			sep = ", ";
		}
		free(text);
		text = NULL;
	}
	return ret;
}

static int load_node(const struct json_src *src, const json_t *obj,
		     struct host_node *node)
{
	size_t len;
	FILE *mem;
	int ret;

	ret = json_get_name(src, obj, "node", NAME_COLUMN, &node->name);
	if (ret)
		return ret;
	mem = open_memstream(&node->text, &len);
	if (mem)
		ret = put_parts(src, obj, mem);
	if (!mem || fclose(mem))
		return err_set(src->err, -ENOMEM, "%s: out of memory",
			       src->path);
	return ret;
}

int nodes_load(const struct json_src *src, const json_t *host, struct run *run)
{
	json_t *arr, *j;
	size_t i;
	int ret;

	ret = json_get_array(src, host, "nodes", 0, RUN_MAX_NODES, &arr);
	if (ret || !arr || !json_array_size(arr))
		return ret;
	run->nodes = calloc(json_array_size(arr), sizeof(*run->nodes));
	if (!run->nodes)
		return err_set(src->err, -ENOMEM, "%s: out of memory",
			       src->path);
	json_array_foreach(arr, i, j)
	{
		ret = load_node(src, j, &run->nodes[run->n_nodes++]);
		if (ret)
			return ret;
	}
	return 0;
}

void nodes_free(struct run *run)
{
	for (size_t i = 0; i < run->n_nodes; i++) {
		free(run->nodes[i].name);
		free(run->nodes[i].text);
	}
	free(run->nodes);
}
