#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build, or find in the cache, the kernel of every variant of a family.
#
# Usage: kernels.sh           (FAMILY=droppable VARIANTS="a b" or all)
# Prints: a line for each variant with its image's folder.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "kernels.sh (FAMILY= and VARIANTS= in the environment)"
family=${FAMILY:-droppable}
variants_list=$(measured_of "$family")
mapfile -t variants <<<"$variants_list"
for v in "${variants[@]}"; do
	check_name variant "$v"
	printf '%-24s %s\n' "$v" "$("$MMVS_TOP/scripts/kernel-build.sh" "$family" "$v")"
done
