// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define MAX_SYMBOLS (1u << 20)
#define MIN_SYMBOLS 16 /* fewer are no kernel */
#define MAX_NAME 200
#define HASH_SIZE (1u << 21)

static struct symbol *table;
static size_t nr_symbols;
static const char **names;
static uint32_t nr_names, *hash;

static uint32_t intern(const char *name)
{
	uint32_t h = 2166136261u;

	for (const char *c = name; *c; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	for (h %= HASH_SIZE; hash[h]; h = (h + 1) % HASH_SIZE)
		if (!strcmp(names[hash[h]], name))
			return hash[h];
	names[nr_names] = strdup(name);
	if (!names[nr_names])
		abort();
	hash[h] = nr_names;
	return nr_names++;
}

static bool starts(const char *name, const char *with)
{
	return !strncmp(name, with, strlen(with));
}

static enum entry entry_of(const char *name)
{
	static const char *const traps[] = { "asm_exc_int3", "asm_exc_debug",
					     "asm_exc_overflow", NULL };

	if (starts(name, "asm_sysvec_") || starts(name, "asm_common_inter") ||
	    starts(name, "asm_exc_nmi") || starts(name, "irq_entries_start") ||
	    starts(name, "spurious_entries_start"))
		return ENTRY_IRQ;
	for (const char *const *t = traps; *t; t++)
		if (starts(name, *t))
			return ENTRY_TRAP;
	return starts(name, "asm_exc_") ? ENTRY_FAULT : ENTRY_NONE;
}

/* "__irqentry_text_end" and the like: the linker's, not a function. */
static bool is_mark(const char *name)
{
	const char *text = strstr(name, "text_");

	return text &&
	       (!strcmp(text, "text_start") || !strcmp(text, "text_end"));
}

static int add(uint64_t addr, char *name)
{
	char *dot = strchr(name + 1, '.');

	if (nr_symbols == MAX_SYMBOLS)
		return -E2BIG;
	if (dot)
		*dot = '\0';
	table[nr_symbols] = (struct symbol){
		.addr = addr,
		.func = intern(name),
		.entry = entry_of(name),
		.page_fault = !strcmp(name, "asm_exc_page_fault"),
		.stubs = !strcmp(name, "irq_entries_start") ||
			 !strcmp(name, "spurious_entries_start"),
	};
	/* Of several names for one address the first that is a function's. */
	if (!nr_symbols || table[nr_symbols - 1].addr != addr)
		nr_symbols++;
	else if (is_mark(symbols_name(table[nr_symbols - 1].func)))
		table[nr_symbols - 1] = table[nr_symbols];
	return 0;
}

/* One line, "ffffffff81000000 T _stext"; -EINVAL when it is something else. */
static int take(char *line, uint64_t *last)
{
	char *type = line + 17, *name = line + 19, *end;
	uint64_t addr;

	if (strlen(line) < 20 || line[16] != ' ' || line[18] != ' ')
		return -EINVAL;
	addr = strtoull(line, &end, 16);
	if (end != line + 16 || line[0] == '-' || line[0] == '+')
		return -EINVAL;
	name[strcspn(name, "\n")] = '\0';
	if (!*name || strlen(name) > MAX_NAME)
		return -EINVAL;
	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == ';')
			return -EINVAL;
	if (addr < *last)
		return -EINVAL;
	*last = addr;
	if (!strchr("tTwW", *type) || addr >> 47 != 0x1ffff ||
	    starts(name, "__pfx_"))
		return 0;
	return add(addr, name);
}

static int read_lines(FILE *f, const char *path, char *why, size_t size)
{
	char line[512];
	uint64_t last = 0;
	int err = 0;

	for (unsigned int nr = 1; !err && fgets(line, sizeof(line), f); nr++) {
		err = take(line, &last);
		if (err)
			snprintf(why, size, "%s:%u: not a line of System.map",
				 path, nr);
	}
	if (!err && nr_symbols < MIN_SYMBOLS) {
		snprintf(why, size, "%s: %zu functions are no kernel", path,
			 nr_symbols);
		err = -EINVAL;
	}
	return err;
}

int symbols_load(const char *path, char *why, size_t size)
{
	FILE *f;
	int err;

	f = fopen(path, "re");
	if (!f) {
		err = -errno;
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return err;
	}
	table = calloc(MAX_SYMBOLS + 1, sizeof(*table));
	names = calloc(MAX_SYMBOLS + FUNC_FIRST, sizeof(*names));
	hash = calloc(HASH_SIZE, sizeof(*hash));
	if (!table || !names || !hash) {
		snprintf(why, size, "%s: no memory", path);
		err = -ENOMEM;
		goto out_close;
	}
	names[FUNC_USER] = "[user]";
	names[FUNC_UNKNOWN] = "[unknown]";
	names[FUNC_ELSEWHERE] = "[other_context]";
	nr_names = FUNC_FIRST;
	err = read_lines(f, path, why, size);
out_close:
	fclose(f);
	return err;
}

const struct symbol *symbols_find(uint64_t addr)
{
	size_t low = 0, high = nr_symbols;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (table[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &table[low - 1] : NULL;
}

const char *symbols_name(uint32_t func)
{
	return names[func];
}

uint32_t symbols_count(void)
{
	return nr_names;
}
