/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The TAP of conformance boots, as hostile input, counted by property: pass, FAIL
 * and skip stay apart.  What matrix.tsv and skipped.tsv hold (results/README.md).
 */
#ifndef MMVS_TAP_H
#define MMVS_TAP_H

#include <stddef.h>

#include "load/text.h"

#define TAP_MAX_FILE (4UL << 20)
#define TAP_MAX_PROPERTIES 256 /* of a boot */
#define TAP_MAX_REASONS 1000 /* for skipped tests of a boot */
#define TAP_MAX_BOOTS 1000

/* A property in a boot.  It passes if no test failed and one passed. */
struct tap_row {
	const char *property, *variant, *lru;
	unsigned int passed, failed, skipped;
	char *why; /* of the first failure, else of the first skipped test */
};

/* Tests of a property that a boot skipped for one reason. */
struct tap_skip {
	const char *property, *variant, *lru;
	unsigned int skipped, asked;
	char *why;
};

struct tap_boot {
	const char *variant, *lru, *file;
};

struct tap {
	char *columns; /* the text of columns.tsv, which boots point into */
	char **texts; /* those of the TAP files, by boot */
	struct tap_boot *boots;
	struct tap_row *rows;
	struct tap_skip *skips;
	size_t n_boots, n_rows, n_skips;
};

/*
 * Reads DIR/columns.tsv ("variant<TAB>lru<TAB>TAP file in DIR", more columns are left
 * out) and those files into a zeroed struct; free with tap_free(), also after an
 * error.  0, -ENOENT, -EINVAL or another -errno, with a message.
 */
int tap_load(const char *dir, struct tap *tap, struct err *err);
void tap_free(struct tap *tap);

/* "FAIL", "pass" or "skip". */
const char *tap_result(const struct tap_row *row);

#endif
