#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The releases of kernel-patches/kernels: each builds, boots, measures CASES=quick, is judged,
# and what it cannot do is skipped with a reason.  Fetches the sources and builds for
# the better part of an hour on two cores, so 'make test' leaves it out; TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
export RUN=test-kernels-$$ SEEDS=1 VARIANTS BASELINE
VARIANTS=$(family_conf kernels variants) BASELINE=$(family_conf kernels baseline)
dir=$MMVS_RESULTS/$RUN
trap 'rm -rf "$tmp" "$dir"' EXIT
read -ra names <<<"${VARIANTS//kernel:/linux-}"
echo "1..$((5 + 3 * ${#names[@]}))"

scripts/run.sh kernels >>"$tmp/log" 2>&1
ok "all are built and measured, no cell fails"
cells=$(jq -r '[.variant, .spec, .status, .reason] | @tsv' "$dir"/cells/*/*/*/cell.json)
for v in "${names[@]}"; do
	[ "$(awk -F '\t' -v v="$v" '$1 == v && $3 == "ok"' <<<"$cells" | wc -l)" -ge 2 ]
	ok "$v measures"
	[ -z "$(awk -F '\t' -v v="$v" '$1 == v && $3 != "ok" && !($3 == "skip" && $4 != "")' <<<"$cells" | tee -a "$tmp/log")" ]
	ok "$v skips what it has not, and says why"
done
[ -z "$(awk -F '\t' '$1 ~ /^linux-(6.12|7)/ && $3 == "skip"' <<<"$cells" | tee -a "$tmp/log")" ]
ok "what has MAP_DROPPABLE measures all of it"
! awk -F '\t' '$1 == "linux-6.1" && $3 == "skip"' <<<"$cells" | grep -v 'MAP_DROPPABLE\|passes over tables' | tee -a "$tmp/log" | grep -q .
ok "6.1 skips for want of MAP_DROPPABLE, and for what its page table walk cannot"
scripts/report.sh "$dir" >>"$tmp/log" 2>&1 && head -n 8 "$dir/mail.txt" | grep -q '^DIFFERENT KERNELS' &&
	grep -q '^## Options that differ' "$dir/report.md"
ok "the report says first that the kernels differ, and names the options"
# The kernels' own promises may be broken (the matrix says so); the boots may not.
scripts/conform.sh kernels >>"$tmp/log" 2>&1
[ "$(awk -F '\t' '$1 == "guest" && $4 == "pass"' "$dir/conform/matrix.tsv" | wc -l)" -eq $((2 * ${#names[@]})) ]
ok "conformance: two boots of each end well"
for v in "${names[@]}"; do
	want=pass
	[ "$v" != linux-6.1 ] || want=skip
	[ "$(awk -F '\t' -v v="$v" '$1 == "never-in-swap" && $2 == v { print $4 }' "$dir/conform/matrix.tsv" | sort -u)" = "$want" ]
	ok "$v: never-in-swap is a $want"
done
