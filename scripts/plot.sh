#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Draw a run's pictures: SVG and PNG from compare.tsv and ecdf.tsv.
#
# Usage: plot.sh RUN_DIR      (report.sh calls it; the tables must be there)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "plot.sh RUN_DIR"
run=$1
need gnuplot jq awk
for f in run.json compare.tsv ecdf.tsv; do
	[ -s "$run/$f" ] || die "$run/$f is missing; run 'make report RUN=$(basename "$run")'"
done
dir=$run/plots
data=$dir/data
mkdir -p "$data"
value() { jq -r "$1" "$run/run.json"; }
baseline=$(value .baseline)
mode=$(value .mode)
unit=$(value .unit)
steps=$(value .steps)
seeds=$(value '.seeds | length')
variants=() versions=()
lines variants value '.variants[].name'
check_name baseline "$baseline"
for v in "${variants[@]}" "$mode" "$unit"; do check_name variant "$v"; done
percent=$(value '100 * (1 - (.alpha // 0.05)) * 10 | round / 10')
case $unit in insn) long="guest instructions" ;; *) long=nanoseconds ;; esac

# draw TEMPLATE NAME TABLE VARIANTS [SPEC [COLUMN]]: plots/TEMPLATE.awk picks the
# data from the run's TABLE, plots/TEMPLATE.gp draws them.
draw()
{
	local format
	awk -v variants="$4" -v spec="${5:-}" -v column="${6:-}" -f "$MMVS_TOP/plots/columns.awk" \
		-f "$MMVS_TOP/plots/$1.awk" "$run/$3" >"$data/$2.tsv"
	[ -s "$data/$2.tsv" ] || { note "$2: no data to draw"; return 0; }
	for format in svg png; do
		gnuplot -e "common='$MMVS_TOP/plots/common.gp'; format='$format'; out='$dir/$2.$format'; \
			data='$data/$2.tsv'; variants='$4'; baseline='$baseline'; mode='$mode'; unit='$unit'; \
			unit_long='$long'; seeds='$seeds'; percent='$percent'; spec='${5:-}'; column='${6:-}'" \
			"$MMVS_TOP/plots/$1.gp" 2>"$data/$2.log" || die "plots/$1.gp: $(tail -n 3 "$data/$2.log")"
	done
}

others=()
for v in "${variants[@]}"; do [ "$v" = "$baseline" ] || others+=("$v"); done
draw effects effects compare.tsv "${others[*]} A/A"
# By release, oldest first, where there are several.
lines versions value '.variants[] | "\(.kernel_version)\t\(.name)"'
if [ "$(printf '%s\n' "${versions[@]%%$'\t'*}" | sort -u | wc -l)" -gt 1 ]; then
	sorted=$(printf '%s\n' "${versions[@]}" | sort -V | cut -f 2 | tr '\n' ' ')
	draw versions versions compare.tsv "${sorted% }"
fi
[ "$steps" != true ] || draw steps steps compare.tsv "${variants[*]}"
! grep -q '^munmap-bystander@' "$run/compare.tsv" ||
	draw munmap munmap-shut-out compare.tsv "${variants[*]}"

specs=()
lines specs value '.specs[]'
for spec in "${specs[@]}"; do
	check_name spec "$spec"
	file=${spec//[@,=]/-}
	case $spec in
	numa-fault*) draw numa-fault "$file" compare.tsv "${variants[*]}" "$spec" ;;
	fault-batch* | fault-populate*) ;; # of many faults at once, no latency
	fault-read-write*)
		draw fault-latency "$file-read" ecdf.tsv "${variants[*]}" "$spec" "read_$unit"
		draw fault-latency "$file-write" ecdf.tsv "${variants[*]}" "$spec" "write_$unit" ;;
	fault-*) draw fault-latency "$file" ecdf.tsv "${variants[*]}" "$spec" "latency_$unit" ;;
	reclaim-proactive* | reclaim-mixed*) draw reclaim "$file" compare.tsv "${variants[*]}" "$spec" ;;
	scan-aging*) draw scan-cost "$file" compare.tsv "${variants[*]}" "$spec" ;;
	scan-shape* | scan-eviction*) draw scan-curve "$file" compare.tsv "${variants[*]}" "$spec" ;;
	esac
done
rm -f "$data"/*.log
