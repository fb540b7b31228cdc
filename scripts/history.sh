#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One metric over the runs there are: a table and a picture.
#
# Usage: history.sh         METRIC=CASE:NAME, RUNS="a b" (default: all of RESULTS=)
# Kernels, stacks and machines may differ from run to run, and so may mmbench: the
# picture shows that something moved; 'mmcompare A B' says what two runs have in common.
# Writes RESULTS/history/CASE-NAME.{tsv,svg,png} and prints the table.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "history.sh (METRIC= in the environment)"
need gnuplot awk
[[ ${METRIC:-} =~ ^([^:]+):([^:]+)$ ]] ||
	die "METRIC=${METRIC:-}: CASE:NAME, for instance fault-first-touch@map=droppable:fault_p50; 'make list' shows both"
spec=${BASH_REMATCH[1]} metric=${BASH_REMATCH[2]}
check_name case "$spec"
[[ $metric =~ ^[][A-Za-z0-9_.,=-]+$ ]] || die "METRIC=$METRIC: '$metric' is no metric's name"
make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2
read -ra runs <<<"${RUNS:-}"
if [ "${#runs[@]}" -eq 0 ]; then
	lines runs find "$MMVS_RESULTS" -mindepth 2 -maxdepth 2 -name run.json -printf '%h\n'
else
	runs=("${runs[@]/#/$MMVS_RESULTS/}")
fi
[ "${#runs[@]}" -gt 0 ] || die "$MMVS_RESULTS: no run there; 'make run' makes one"
dir=$MMVS_RESULTS/history
mkdir -p "$dir"
file=$dir/$(tr '@,=[]' '-' <<<"$spec-$metric")
"$MMVS_TOP/build/host/mmcompare" --history "$METRIC" "${runs[@]}" >"$file.tsv.new"
mv "$file.tsv.new" "$file.tsv"
names=$(grep -v '^#' "$file.tsv" | tail -n +2 | cut -f 4 | awk '!seen[$0]++' | paste -sd ' ')
units=$(grep -v '^#' "$file.tsv" | tail -n +2 | cut -f 9 | sort -u)
column -t -s $'\t' <(grep -v '^#' "$file.tsv")
[ -n "$names" ] || die "no run of $MMVS_RESULTS has $METRIC"
[ "$(wc -l <<<"$units")" -eq 1 ] || die "$METRIC: runs in $(paste -sd ' ' <<<"$units"), which make no one picture; name those to show in RUNS="
for v in $names $units; do check_name variant "$v"; done
awk -v variants="$names" -f "$MMVS_TOP/plots/columns.awk" -f "$MMVS_TOP/plots/history.awk" "$file.tsv" >"$file.data"
for format in svg png; do
	gnuplot -e "common='$MMVS_TOP/plots/common.gp'; format='$format'; out='$file.$format'; data='$file.data'; \
		variants='$names'; mode=''; unit='$units'; unit_long=''; seeds=''; spec='$spec'; column='$metric'" \
		"$MMVS_TOP/plots/history.gp" 2>"$file.log" || die "plots/history.gp: $(tail -n 3 "$file.log")"
done
rm -f "$file.data" "$file.log"
printf '\ntable:   %s\npicture: %s\n' "$file.tsv" "$file.svg"
