// SPDX-License-Identifier: GPL-2.0-only
/*
 * 15. vDSO getrandom, the user that the mapping was made for.
 *
 * The vDSO keeps a ChaCha key and a generation in a droppable page that the C
 * library maps with the flags the vDSO asks for.  A dropped page has generation
 * 0, an inherited one is wiped: both are seen as stale and filled from the
 * kernel.  If a page could come back with old contents, or be shared over fork,
 * the same random bytes would be given out twice.  Found through the auxiliary
 * vector; no C library has to know it.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../conform.h"
#include "../memcg.h"

#define ROUNDS 2000

/* include/uapi/linux/random.h, which older headers do not have. */
struct opaque_params {
	uint32_t size_of_opaque_state, mmap_prot, mmap_flags, reserved[13];
};

typedef ssize_t getrandom_fn(void *buf, size_t len, unsigned int flags,
			     void *state, size_t state_len);

static getrandom_fn *vdso_getrandom;
static struct opaque_params params;
static struct mem_region page;

/* A symbol of the vDSO by name: its dynamic symbol table, linearly. */
static void *vdso_symbol(const char *name)
{
	char *base = (char *)getauxval(AT_SYSINFO_EHDR);
	Elf64_Ehdr *ehdr = (void *)base;
	Elf64_Shdr *sh;

	if (!base || !ehdr->e_shoff)
		return NULL;
	sh = (void *)(base + ehdr->e_shoff);
	for (int i = 0; i < ehdr->e_shnum; i++) {
		Elf64_Sym *sym = (void *)(base + sh[i].sh_offset);
		const char *strings;

		if (sh[i].sh_type != SHT_DYNSYM)
			continue;
		strings = base + sh[sh[i].sh_link].sh_offset;
		for (size_t n = 0; n < sh[i].sh_size / sizeof(*sym); n++)
			if (!strcmp(strings + sym[n].st_name, name))
				return base + sym[n].st_value;
	}
	return NULL;
}

static void set_up(void)
{
	void *symbol = vdso_symbol("__vdso_getrandom");

	premise(symbol, "the vDSO has no getrandom");
	memcpy(&vdso_getrandom, &symbol, sizeof(symbol));
	premise(!vdso_getrandom(NULL, 0, 0, &params, ~0UL),
		"the vDSO does not tell its parameters");
	page = (struct mem_region){ .pages = 1, .kind = "state" };
	page.addr = mmap(NULL, mem_page_size(), (int)params.mmap_prot,
			 (int)params.mmap_flags, -1, 0);
	premise(page.addr != MAP_FAILED, "its state cannot be mapped: %s",
		strerror(errno));
}

static void get(uint64_t out[4])
{
	ssize_t n = vdso_getrandom(out, 32, 0, page.addr,
				   params.size_of_opaque_state);

	check(n == 32, "getrandom gives %zd of 32 bytes", n);
	check(out[0] | out[1] | out[2] | out[3], "getrandom gives zeroes");
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void all_differ(uint64_t (*v)[4], size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	for (size_t i = 1; i < n; i++)
		check(memcmp(v[i - 1], v[i], 32), "32 bytes were given twice");
}

static void test_state(void)
{
	uint64_t out[4], sum = 0;

	set_up();
	check(conform_smaps_flag(page.addr, "dp"),
	      "the vDSO's own flags (%#x) do not give a droppable mapping",
	      params.mmap_flags);
	get(out);
	for (size_t i = 0; i < params.size_of_opaque_state / 8; i++)
		sum |= ((uint64_t *)page.addr)[i];
	premise(sum, "the state stays empty: the system call answered");
}

static void test_pressure(void)
{
	uint64_t(*out)[4] = calloc(ROUNDS, sizeof(*out));
	size_t drops = 0;

	premise(out, "no memory");
	set_up();
	for (size_t i = 0; i < ROUNDS; i++) {
		get(out[i]);
		if (i % 3)
			continue;
		madvise(page.addr, mem_page_size(), MADV_PAGEOUT);
		drops += !conform_where(&page).present;
	}
	premise(drops > ROUNDS / 10, "the state was dropped %zu times only",
		drops);
	conform_note("dropped %zu times in %d calls", drops, ROUNDS);
	conform_not_swapped(&page, "pressure");
	all_differ(out, ROUNDS);
}

static uint64_t (*shared_out)[4];

static void get_some(void *arg)
{
	size_t first = (size_t)arg;

	for (size_t i = first; i < first + 64; i++)
		get(shared_out[i]);
}

/* Four children of one state, and the parent: five streams, no byte twice. */
static void test_fork(void)
{
	uint64_t out[4];

	set_up();
	shared_out = mmap(NULL, 320 * 32, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	get(out);
	for (size_t child = 0; child < 4; child++)
		conform_child_ok(get_some, (void *)(child * 64), "a child");
	get_some((void *)256);
	all_differ(shared_out, 320);
}

static const struct conform_test tests[] = {
	{ "the state is droppable and used", test_state },
	{ "neither zero nor repeated under pressure", test_pressure },
	{ "not repeated after fork", test_fork },
	{ 0 },
};

static const struct conform_property getrandom_property = {
	.number = 15,
	.name = "getrandom",
	.tests = tests,
};

CONFORM_PROPERTY(getrandom_property);
