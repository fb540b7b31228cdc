// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "kernel/mem.h"
#include "kernel/vdso_random.h"

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

int vdso_random_open(struct vdso_random *r)
{
	void *symbol = vdso_symbol("__vdso_getrandom");

	*r = (struct vdso_random){ 0 };
	if (!symbol)
		return -ENOSYS;
	memcpy(&r->get, &symbol, sizeof(symbol));
	if (r->get(NULL, 0, 0, &r->params, ~0UL))
		return -ENOSYS;
	r->page = mmap(NULL, mem_page_size(), (int)r->params.mmap_prot,
		       (int)r->params.mmap_flags, -1, 0);
	if (r->page == MAP_FAILED) {
		r->page = NULL;
		return -errno;
	}
	return 0;
}

void vdso_random_close(struct vdso_random *r)
{
	if (r->page)
		munmap(r->page, mem_page_size());
	r->page = NULL;
}
