#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One cell of a run: boot it unless the cache has it, and put it into the run.
#
# Usage: cell.sh RUN_DIR IMAGE_DIR INITRAMFS VARIANT SPEC SEED KEY [NUMBER OF]
# FRESH=1 measures whatever the cache holds.  A failed cell goes into the run,
# never into the cache: the next run tries it again.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
[ $# -ge 7 ] || usage "cell.sh RUN_DIR IMAGE_DIR INITRAMFS VARIANT SPEC SEED KEY [NUMBER OF]"
run=$1 image=$2 initramfs=$3 variant=$4 spec=$5 seed=$6 key=$7
place=$run/cells/$variant/$spec/$seed
cached=$MMVS_CACHE/cells/${key:0:2}/$key

# Other runs read and write the same cells of the cache.
[ -d "$MMVS_CACHE/cells" ] || mkdir -p "$MMVS_CACHE/cells"
exec {cells}>"$MMVS_CACHE/cells/lock"
if [ "${FRESH:-0}" != 1 ] && [ -s "$cached/cell.json" ]; then
	flock -s "$cells"
	put_cell "$cached" "$place"
	exit 0
fi
work=$MMVS_CACHE/cells/work/$key.$$
trap 'remove "$work"' EXIT
failed=0
CELL_KEY=$key CELL_PLACE=$place "$MMVS_TOP/scripts/vm-run.sh" "$image" "$initramfs" "$variant" "$spec" "$seed" "$work" {cells}>&- || failed=$?
[ -s "$work/cell.json" ] || die "$variant $spec seed $seed: not booted, or nothing could be written to $MMVS_CACHE (above is why)"
# One that was to go on from a snapshot and did not has other samples (vm-run.sh).  Where
# the disk is full there is no room for the reason either: ask for what is there.
IFS=$'\t' read -r nodes _ <<<"$(shape_of "$spec")"
if [[ $failed -eq 0 && ${MODE:-icount} = icount && ${SNAPSHOT:-1} = 1 && -z ${VM_PLUGIN:-} && $nodes = 1 ]] &&
	! grep -q '"snapshot": *true' "$work/cell.json"; then
	failed=1 reason="the boot could not be saved in $MMVS_CACHE/cells (disk full?)"
	said=$(jq --arg reason "$reason" '.status = "failed" | .reason = $reason' "$work/cell.json")
	rm -f "$work/cell.json" # it may be the only room there is
	echo "$said" >"$work/cell.json"
	note "FAILED $variant $spec seed $seed: $reason"
fi
put_cell "$work" "$place"
if [ "$failed" -eq 0 ]; then
	[ -d "${cached%/*}" ] || mkdir -p "${cached%/*}"
	flock "$cells"
	replace "$cached" "$work"
	flock -u "$cells"
fi
[ $# -lt 9 ] || [ -t 2 ] || note "cell $8 of $9: $variant $spec seed $seed, $(jq -r '"\(.status), \(.wall_s) s"' "$place/cell.json")"
exit "$failed"
