/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files of proc, sysfs, cgroup and debugfs.
 *
 * kernel/ takes in names, numbers and mappings, one interface a file.
 * Out go 0 or -errno and what the kernel said, never a text for the user.
 * It includes only itself and schema.h; it knows of no case, row or skip.
 */
#ifndef MMVS_FILE_H
#define MMVS_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Whole file into @buf, NUL-terminated: length, -EFBIG when it does not fit. */
int file_read(const char *path, char *buf, size_t size);
/* One write(2) of @text: 0 or -errno (what the kernel said of the request). */
int file_write(const char *path, const char *text);
/* A file that holds one number. */
int file_read_u64(const char *path, uint64_t *value);
/* Strict: the whole string is one unsigned decimal number, else -EINVAL. */
int parse_u64(const char *text, uint64_t *value);

#endif
