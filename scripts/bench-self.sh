#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# How long mmvs takes, as a table: what its users wait for.
#
# Usage: bench-self.sh
# SEEDS=5, JOBS=cores; COLD=1: a kernel from an empty cache besides.  Seconds of wall
# time; the calibrated loop says how fast the machine was meanwhile (it is run before
# and after), so that tables of two days can be compared.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "bench-self.sh (SEEDS=, JOBS=, COLD=1 in the environment)"
need perl jq git
scripts=$MMVS_TOP/scripts family=droppable seeds=${SEEDS:-5}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-self.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
unset VARIANTS BASELINE RUN CASES MODE STEPS
export SEEDS=$seeds RESULTS=$tmp/results MMVS_RESULTS=$tmp/results
log=$tmp/log

# took COMMAND...: seconds; its words go to the log, of which the end is shown if it fails.
took()
{
	local start
	start=$(date +%s%N)
	"$@" >>"$log" 2>&1 </dev/null || { tail -n 5 "$log" >&2; die "bench-self: failed: $*"; }
	awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.1f", ns / 1e9 }'
}

row()
{
	printf '%-44s %8s  %s\n' "$@"
}

# timed WHAT NOTE COMMAND...: a row of it; a failure is one of ours.
timed()
{
	local seconds
	seconds=$(took "${@:3}")
	row "$1" "$seconds" "$2"
}

calibrated()
{
	# shellcheck disable=SC2016 # perl's
	took perl -e 'for (my $i = 0; $i < 3e7; $i++) { }'
}

# edit: a stack of one patch, one line in mm/vmscan.c that nobody has compiled yet.
edit()
{
	local base tree=$tmp/tree
	base=$("$scripts/kernel-source.sh")
	base=${base%% *}
	mkdir -p "$tree/mm" "$tmp/stack"
	git --git-dir="$MMVS_CACHE/linux.git" show "$base:mm/vmscan.c" >"$tree/mm/vmscan.c"
	git -C "$tree" init -q
	git -C "$tree" add .
	git -C "$tree" -c user.name=mmvs -c user.email=mmvs@mmvs.invalid commit -qm base
	printf 'MODULE_INFO(mmvs, "%s");\n' "$(date +%s%N)" >>"$tree/mm/vmscan.c"
	sed -i '1,/^#include/s@^#include@#include <linux/module.h>\n&@' "$tree/mm/vmscan.c"
	git -C "$tree" -c user.name=mmvs -c user.email=mmvs@mmvs.invalid commit -qam "mm/vmscan: one line"
	git -C "$tree" format-patch -q -1 -o "$tmp/stack"
}

before=$(calibrated)
row what seconds note
row "loop of 30 million turns, before" "$before" "perl"
timed "make bench, from what the cache has" "$seeds seeds" "$scripts/bench.sh"
timed "make bench again, nothing new" "" "$scripts/bench.sh"
edit
export VARIANTS="swapbacked-flag patches:$tmp/stack" BASELINE=swapbacked-flag RUN=edited
timed "kernel after a one-line edit" mm/vmscan.c "$scripts/kernels.sh"
measured=$(took "$scripts/run.sh" $family)
run=$(tail -n 1 "$log")
cells=$(find "$run/cells" -name cell.json -not -path '*/swapbacked-flag/*' | wc -l)
row "cells of that kernel" "$measured" "$cells cells, $(awk -v s="$measured" -v n="$cells" 'BEGIN { printf "%.2f", s / n }') s each"
timed report "" "$scripts/report.sh" "$run"
unset VARIANTS BASELINE RUN
image=$("$scripts/kernel-build.sh" $family swapbacked-flag)
initramfs=$("$scripts/initramfs.sh")
timed "one cell with a boot of its own" selftest@mode=ok \
	"$scripts/vm-run.sh" "$image" "$initramfs" swapbacked-flag selftest@mode=ok 1 "$tmp/cell"
[ "${COLD:-0}" != 1 ] ||
	MMVS_CACHE=$tmp/cache timed "kernel from an empty cache" "" "$scripts/kernel-build.sh" $family swapbacked-flag
export VARIANTS="swapbacked-flag swapbacked-accounted pte-dirty-vma" RUN=quick FRESH=1
measured=$(took "$scripts/run.sh" $family)
cells=$(find "$RESULTS/quick/cells" -name cell.json | wc -l)
row "quick of three stacks, every cell anew" "$measured" "$cells cells, $(awk -v s="$measured" -v n="$cells" 'BEGIN { printf "%.2f", s / n }') s each"
after=$(calibrated)
row "loop of 30 million turns, after" "$after" perl
