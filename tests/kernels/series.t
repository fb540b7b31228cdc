#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What a stack has for another release (series.7.3) applies there with git am.
# Fetches that release's source; TAP.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
n=0 patches=()
for series in kernel-patches/*/*/series.*; do
	stack=$(dirname "$series") line=${series##*/series.}
	family=$(basename "$(dirname "$stack")") stack=$(basename "$stack")
	n=$((n + 1)) log=
	info=$(KERNEL=$line scripts/variant.sh "$family" "$stack" 2>&1) &&
		lines patches jq -r '.patches[]' "$info" &&
		log=$(scripts/stack-apply.sh "$(jq -r .base "$info")" "$stack" "${patches[@]}" 2>&1) &&
		echo "ok $n - $family/$stack applies to Linux $line" && continue
	echo "not ok $n - $family/$stack applies to Linux $line"
	printf '%s\n' "$info" "$log" | sed 's/^/# /'
done
[ "$n" -gt 0 ] || echo "not ok 1 - a stack has a series for another release"
echo "1..$n"
