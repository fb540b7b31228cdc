#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What 'make run' would do, before anything is built or booted: kernels, boots, cells,
# and how long they may take by what this machine took before.
#
# Usage: plan.sh FAMILY         (variables as in run.sh)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "plan.sh FAMILY"
family=$1 mode=${MODE:-icount} scripts=$MMVS_TOP/scripts
need jq
[ "$mode" != native ] || die "MODE=native has no boots to plan"
check_engine "$mode"
[ "$mode" != metal ] || export CONFIG=${CONFIG:-host}
run_words "$family"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# median: of numbers on standard input, nothing of none.
median()
{
	sort -n | awk '{ x[NR] = $1 } END { if (NR) print x[int((NR + 1) / 2)] }'
}

# minutes SECONDS
minutes()
{
	awk -v s="$1" 'BEGIN { if (s < 90) printf "%.0f s", s; else if (s < 5400) printf "%.0f min", s / 60; else printf "%.1f h", s / 3600 }'
}

"$scripts/images.sh" --cached "$family" "${words[@]}" >"$tmp/images"
missing=() infos=()
# shellcheck disable=SC2016 # awk's and jq's own
lines missing awk -F '\t' '$3 == "" { print $2 }' "$tmp/images"
echo "kernels: ${#words[@]}, of these to build: ${#missing[@]}${missing[*]:+ (${missing[*]})}"
if [ "${#missing[@]}" -gt 0 ]; then
	# shellcheck disable=SC2016 # awk's and jq's own
	lines infos awk -F '\t' '$3 == "" { print $4 }' "$tmp/images"
	long=0 timed=0
	for info in "${infos[@]}"; do
		version=$(jq -r .version "$info")
		each=$(awk -F '\t' -v v="$version" '$1 == v { print $3 }' "$MMVS_CACHE/built.tsv" 2>/dev/null | median || true)
		[ -z "$each" ] || long=$((long + each)) timed=$((timed + 1))
	done
	if [ "$timed" -eq "${#missing[@]}" ]; then
		long=$(minutes "$long")
		echo "         $long, by the median build of that version here ($MMVS_CACHE/built.tsv)"
	else
		echo "         how long is not known: of $((${#missing[@]} - timed)) no build of that version was timed here yet"
	fi
fi
initramfs=$("$scripts/initramfs.sh")
picked=$(specs_of "$(dirname "$initramfs")/mmbench" "$family" "${CASES:-}")
specs=$(wc -l <<<"$picked") seeds=${SEEDS:-5}
[ "$seeds" != auto ] || { echo "seeds:   auto, 6 to ${MAX_SEEDS:-12} a side; below for the first look"; seeds=6; }
cells=$((specs * (${#words[@]} + 1) * seeds)) todo=
echo "cells:   $cells: $specs cases, ${#words[@]} kernels and A/A, $seeds seeds"
if [ "$mode" = metal ]; then
	boots=$(((${#words[@]} + 1) * seeds))
	echo "boots:   $boots of this machine, $specs cells in each"
	# Of a kexec and back, whatever was measured there.
	each=$(cut -f 5 "$MMVS_CACHE"/metal/*/run/boots.tsv 2>/dev/null | grep -x '[0-9]\{1,6\}' | median || true)
	if [ -n "$each" ]; then
		long=$(minutes $((boots * each)))
		echo "time:    $long, and as often the firmware; the median boot here took $each s"
	else
		echo "time:    not known, no boot of MODE=metal has ended here yet"
	fi
	exit 0
fi
if [ "${#missing[@]}" -eq 0 ]; then
	todo=$(HOSTS='' ENGINE=local MMVS_PLAN=1 SEEDS=$seeds RESULTS=$tmp MMVS_RESULTS=$tmp RUN=plan "$scripts/run.sh" "$family")
	echo "         ${todo% *} to measure, after ${todo#* } boots; the others are in the cache"
fi
find "$MMVS_CACHE/cells" -name cell.json -path '*/??/*' 2>/dev/null | head -n 1000 >"$tmp/cells" || true
# shellcheck disable=SC2016
xargs -r jq -r --arg mode "$mode" 'select(.mode == $mode and .status == "ok") | .wall_s' <"$tmp/cells" 2>/dev/null | median >"$tmp/wall"
jobs=${JOBS:-$(nproc)}
[ "$mode" = icount ] || jobs=1
if [ "${ENGINE:-local}" = slurm ]; then
	jobs=$("$scripts/slurm.sh" --check)
	echo "Slurm:   ${jobs#* } nodes that are up, ${jobs% *} cells at a time when nobody else has any"
	jobs=${jobs% *}
elif [ -n "${HOSTS:-}" ]; then
	jobs=$("$scripts/fleet.sh" --check "$HOSTS" | awk -F '\t' '{ n += $2 } END { print n }')
fi
if [ -s "$tmp/wall" ]; then
	each=$(cat "$tmp/wall") todo=${todo:-$cells 0}
	long=$(awk -v n="${todo% *}" -v s="$each" -v j="$jobs" 'BEGIN { print n * s / j }')
	long=$(minutes "$long")
	echo "time:    $long and the boots, $jobs at a time; the median of $(wc -l <"$tmp/cells") cells here took $each s"
else
	echo "time:    not known, no cell of MODE=$mode was measured here yet"
fi
