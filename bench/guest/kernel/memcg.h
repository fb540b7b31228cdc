/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory cgroups (v2): one group a case, below /mmvs. */
#ifndef MMVS_MEMCG_H
#define MMVS_MEMCG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMCG_ROOT "/sys/fs/cgroup"
#define MEMCG_TOP MEMCG_ROOT "/mmvs"

/* Is a cgroup v2 hierarchy with the memory controller there and ours? */
bool memcg_usable(void);
/* Make /mmvs/@name; 0 or -errno. */
int memcg_create(const char *name);
/* Move this process into /mmvs/@name. */
int memcg_enter(const char *name);
/* Path of @file of group @name. */
void memcg_path(char *buf, size_t size, const char *name, const char *file);
/* memory.current in bytes. */
int memcg_current(const char *name, uint64_t *bytes);
/* One line of memory.stat; -ENOENT when the kernel has no such counter. */
int memcg_stat(const char *name, const char *counter, uint64_t *value);
/* A limit such as "memory.max"; UINT64_MAX takes it off. */
int memcg_limit(const char *name, const char *file, uint64_t bytes);
/* One line of memory.events; -ENOENT when the kernel has no such event. */
int memcg_event(const char *name, const char *event, uint64_t *count);
/*
 * Microseconds in which some task of the group waited for memory
 * (memory.pressure, "some"); -ENOENT or -EOPNOTSUPP without PSI.  Look seldom:
 * collect_percpu_times() weighs by whole jiffies since the last look, so what
 * is looked at within a jiffy is lost.
 */
int memcg_stall_us(const char *name, uint64_t *us);
/* Ask for @bytes through memory.reclaim; -EAGAIN is the kernel's refusal. */
int memcg_reclaim(const char *name, uint64_t bytes);

#endif
