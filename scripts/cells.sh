#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The cells of one (variant, seed, shape of the VM): boot once, measure many.
#
# Usage: cells.sh RUN_DIR LIST
# LIST: as run.sh writes it, a line "IMAGE GUEST VARIANT SPEC SEED KEY" for each cell.
# Each cell is cell.sh's, in turn, on from one snapshot; where there can be none (several
# nodes, SNAPSHOT=0) each boots for itself.  CELLS_TOTAL= cells in all jobs, for the
# progress.  Exit 1 when a cell failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
[ $# -eq 2 ] || usage "cells.sh RUN_DIR LIST"
run=$1 failed=0
mapfile -t cells <"$2"
IFS=$'\t' read -r image guest _ spec seed _ <<<"${cells[0]}"
IFS=$'\t' read -r nodes _ <<<"$(shape_of "$spec")"
if [[ ${SNAPSHOT:-1} = 1 && ${MODE:-icount} = icount && $nodes = 1 && ${#cells[@]} -gt 1 ]]; then
	VM_SNAPSHOT=$MMVS_CACHE/cells/work/snapshot.$$
	trap 'rm -rf "$VM_SNAPSHOT"' EXIT
	"$MMVS_TOP/scripts/snapshot.sh" "$image" "$guest" "$spec" "$seed" "$VM_SNAPSHOT" ||
		VM_SNAPSHOT= # each will try, and say what is wrong
	export VM_SNAPSHOT
fi

guest=$(realpath "$guest")
VM_KNOWN=$(known_of "$guest")
export VM_KNOWN

# shellcheck source=scripts/progress.sh
. "$MMVS_TOP/scripts/progress.sh"
for cell in "${cells[@]}"; do
	IFS=$'\t' read -r image guest variant spec seed key <<<"$cell"
	status=0
	"$MMVS_TOP/scripts/cell.sh" "$run" "$image" "$guest" "$variant" "$spec" "$seed" "$key" || status=1
	[ "$status" -eq 0 ] || failed=1
	progress "$run" "$variant" "$spec" "$seed" "$status"
done
exit "$failed"
