#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build, or find in the cache, the kernel of every variant of a family.
#
# Usage: kernels.sh           (FAMILY=droppable VARIANTS="a b", as in variant.sh, or all)
# Prints: a line for each variant with its image's folder.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "kernels.sh (FAMILY= and VARIANTS= in the environment)"
words_list=$(measured_of "${FAMILY:-droppable}")
mapfile -t words <<<"$words_list"
table=$("$MMVS_TOP/scripts/images.sh" "${FAMILY:-droppable}" "${words[@]}")
while IFS=$'\t' read -r _ name image _; do
	printf '%-24s %s\n' "$name" "$image"
done <<<"$table"
