#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What each stack costs to carry, and whether it is clean: applies, checkpatch,
# sparse, W=1, every step builds, arm64, size, page flag bits, layout.
#
# Usage: stacks-check.sh FAMILY
# VARIANTS="a b" (all), RUN=name, KERNEL_SRC=.
# Writes results/RUN/static/{static.tsv,static.md,static.txt} and prints the
# table.  Exit 1 when a check fails: patch, file and line are named.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "stacks-check.sh FAMILY"
family=$1
scripts=$MMVS_TOP/scripts
names=$(VARIANTS=${VARIANTS:-all} measured_of "$family")
mapfile -t variants <<<"$names"
name=${RUN:-$(date +%F)-$(git -C "$MMVS_TOP" rev-parse --short HEAD 2>/dev/null || echo nogit)}
check_name RUN "$name"
dir=$MMVS_RESULTS/$name/static
mkdir -p "$dir"
lock "$dir/.lock"
basename "$family" >"$dir/family"
{
	printf 'variant\tcheck\tresult\tvalue\twhy\n'
	for v in "${variants[@]}"; do
		check_name variant "$v"
		rows=$("$scripts/stack-static.sh" "$family" "$v")
		jq -Rr --arg v "$v" '"\($v)\t\(.)"' <<<"$rows"
	done
} >"$dir/static.tsv.new"
mv "$dir/static.tsv.new" "$dir/static.tsv"
failed=0
mmcompare --page static "$dir" || failed=$?
[ -s "$dir/static.txt" ] || exit "$failed"
cat "$dir/static.txt"
printf '\ntable: %s\n' "$dir/static.md"
[ "$failed" -eq 0 ] || note "some stacks are not clean; patch, file and line are above"
exit "$failed"
