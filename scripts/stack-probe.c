// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a stack costs in layout.  scripts/stack-compile.sh compiles it inside
 * the kernel tree; the size of each array, less one, is the figure.
 */
#include <linux/backing-dev.h>
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmzone.h>
#include <linux/rmap.h>
#include <linux/sched.h>

#define FIGURE(name, n) char mmvs_##name[(n) + 1]

FIGURE(pageflags, NR_PAGEFLAGS);
/* All that wants a place in page->flags; beyond BITS_PER_LONG somebody loses. */
FIGURE(flags_wanted, NR_PAGEFLAGS + SECTIONS_WIDTH + NODES_WIDTH + ZONES_WIDTH +
			     LAST_CPUPID_SHIFT + KASAN_TAG_WIDTH +
			     LRU_GEN_WIDTH + __LRU_REFS_WIDTH);
FIGURE(flags_bits, BITS_PER_LONG);
FIGURE(sizeof_page, sizeof(struct page));
FIGURE(sizeof_folio, sizeof(struct folio));
FIGURE(sizeof_vm_area_struct, sizeof(struct vm_area_struct));
FIGURE(sizeof_vm_operations_struct, sizeof(struct vm_operations_struct));
FIGURE(sizeof_vm_fault, sizeof(struct vm_fault));
FIGURE(sizeof_mm_struct, sizeof(struct mm_struct));
FIGURE(sizeof_anon_vma, sizeof(struct anon_vma));
FIGURE(sizeof_address_space, sizeof(struct address_space));
FIGURE(sizeof_inode, sizeof(struct inode));
FIGURE(sizeof_lruvec, sizeof(struct lruvec));
FIGURE(sizeof_mem_cgroup, sizeof(struct mem_cgroup));
FIGURE(sizeof_task_struct, sizeof(struct task_struct));
