#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the plugin costs: wall time of a cell without it, with self counts, with
# call tracking and with the model of caches; medians, one cell at a time.
#
# Usage: plugin-speed.sh [TIMES [SPEC ...]]      default: 5, three cases
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
times=${1:-5}
shift || true
[ $# -gt 0 ] || set -- fault-first-touch@map=droppable "reclaim-proactive@map=private,share=25" scan-aging@map=droppable
need jq awk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
make -s -C bench/plugin O="$PWD/build/plugin" >&2
image=$(scripts/kernel-build.sh droppable "$(baseline_of droppable)")
initramfs=$(scripts/initramfs.sh)

# seconds SPEC MODE: one cell's wall time.
seconds()
{
	local VM_PLUGIN="$PWD/build/plugin/mmcount.so,symbols=$image/System.map,out=."
	case $2 in
	none) VM_PLUGIN='' ;;
	calls) VM_PLUGIN+=,calls=on ;;
	cache) VM_PLUGIN+=,calls=on,cache=on ;;
	esac
	export VM_PLUGIN
	VM_APPEND=nokaslr scripts/vm-run.sh "$image" "$initramfs" speed "$1" 1 "$tmp/cell" >&2
	jq -r .wall_s "$tmp/cell/cell.json"
}

printf 'spec\tmode\tmedian_s\tratio\ttarget\n'
for spec in "$@"; do
	for ((i = 0; i < times; i++)); do
		for mode in none self calls cache; do
			seconds "$spec" "$mode" >>"$tmp/$mode"
		done
	done
	for mode in none self calls cache; do
		sort -n "$tmp/$mode" | awk -v spec="$spec" -v mode="$mode" -v base="$tmp/base" '
			{ v[NR] = $1 }
			END {
				m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
				b = m
				if (mode == "none") print m >base
				else getline b <base
				t["none"] = 1; t["self"] = 1.5; t["calls"] = 3; t["cache"] = 6
				printf "%s\t%s\t%.2f\t%.2f\t%s\n", spec, mode, m, m / b, t[mode]
			}'
		rm "$tmp/$mode"
	done
done
