#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# On a host of a fleet: measure the cells of one job and send them home.
#
# Usage: fleet-job.sh ROOT ID JOB HOST [CACHE]  (by fleet.sh through ssh, by slurm-job.sh)
# ROOT: what gather.sh filled, images/ initramfs/ lists/ID/.  CACHE: the host's own
# MMVS_CACHE; its parent.  HOST: what home calls this host.  The variables are cells.sh's.
# Prints a tar of cells/, job, host, said and manifest.sha256, the hash of each file; what
# comes instead is why there is none.  Exit 1 when a cell has no result at all: another
# host is asked for it then.
set -euo pipefail
exec 2>&1 # parallel keeps no errors (--files)
[[ $# -eq 4 || $# -eq 5 ]] || { echo "Usage: fleet-job.sh ROOT ID JOB HOST [CACHE]" >&2; exit 2; }
export MMVS_CACHE=${5:-${1%/fleet}} MMVS_OURS=1
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
root=$1 id=$2 job=$3 host=$4 lost=0
need qemu-system-x86_64 jq tar gzip sha256sum
mkdir -p "$MMVS_CACHE"/{fleet/runs,cells/work}
run=$MMVS_CACHE/fleet/runs/$id-$job.$$
for old in "$MMVS_CACHE"/fleet/runs/* "$MMVS_CACHE"/cells/work/*; do
	if [ -e "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then rm -rf "$old"; fi
done
mkdir "$run"
trap 'rm -rf "$run"' EXIT
# Home's paths, as they are here.
while IFS=$'\t' read -r image guest rest; do
	printf '%s\t%s\t%s\n' "$root/images/${image##*/}" "$root/initramfs/${guest##*/}" "$rest"
done <"$root/lists/$id/$job" >"$run/list"
# A cell that failed is a result, and says why itself.
"$MMVS_TOP/scripts/cells.sh" "$run" "$run/list" >"$run/said" 2>&1 || true
while IFS=$'\t' read -r _ _ variant spec seed _; do
	[ -s "$run/cells/$variant/$spec/$seed/cell.json" ] || lost=$((lost + 1))
done <"$run/list"
cd "$run"
mkdir -p cells
echo "$job" >job
echo "$host" >host
find cells job host said -type f | sort | tr '\n' '\0' | xargs -0 sha256sum >manifest.sha256
tar -cz --format=ustar manifest.sha256 job host said cells 2>/dev/null
[ "$lost" -eq 0 ]
