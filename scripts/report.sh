#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From raw samples to tables, pictures and texts; boots nothing.
#
# Usage: report.sh RUN_DIR
# Writes values.tsv ecdf.tsv compare.tsv plots/ report.md report.html mail.txt mail-full.txt into
# the run and prints the comparison.  Variants that fail conformance are marked in it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "report.sh RUN_DIR"
run=$(realpath "$1")
[ -s "$run/run.json" ] || die "$run/run.json: no run there; 'make run' makes one"
writable "$run" RESULTS

# What 'make conform RUN=' has found out for this run, if it was asked; of the kernels
# that were measured, or it says nothing about them.
other=$({ cat "$run"/conform/cells/*/*/1/cell.json 2>/dev/null || true; } |
	{ jq -r --slurpfile run "$run/run.json" '. as $cell | $run[0].variants[] |
		select(.name == $cell.variant and .image_sha256 != $cell.image_sha256).name' 2>/dev/null || true; } |
	sort -u | tr -cd 'A-Za-z0-9\n._+-' | paste -sd ' ')
if [ -n "$other" ]; then
	note "$run/conform: $other: judged with another kernel than measured, so the matrix is left out; 'make conform' judges again, 'make bench' measures again"
	rm -f "$run/conform/matrix.tsv"
fi
if [ -s "$run/conform/matrix.tsv" ]; then
	# Made anew, or left out: 1 is a broken promise, which is no reason to.
	rm -f "$run/conform"/matrix.{md,txt}
	mmcompare --page conform "$run/conform" || [ -s "$run/conform/matrix.txt" ] ||
		note "$run/conform: no matrix can be made of it (above is why), so the report has none"
fi
# What the decision goes by is what the family says today, if it is one of ours; the
# run has kept what one in a folder anywhere said.
family=$(jq -r .family "$run/run.json" 2>/dev/null) || family=
if [[ $family =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ && -f $MMVS_TOP/kernel-patches/$family/family.conf ]] &&
	! jq -e '.command | test("FAMILY=\\S*/")' "$run/run.json" >/dev/null; then
	"$MMVS_TOP/scripts/criteria.sh" "$family" >"$run/criteria"
fi
rm -f "$run/compare.tsv"
damaged=0
table=$(mmcompare "$run" --to "$run") || damaged=1
[ -s "$run/compare.tsv" ] || die "mmcompare makes no report of $run (above is why)"
by_step=$(jq .steps "$run/run.json")
if [ "$by_step" = true ]; then
	mmcompare "$run" --chain --format tsv >"$run/steps.tsv"
	steps=$(mmcompare "$run" --chain --format steps)
	printf '\n%s\n' "$steps" >>"$run/report.md"
	table+=$'\n\n'$steps
fi
"$MMVS_TOP/scripts/plot.sh" "$run"
if [ -s "$run/conform/matrix.txt" ]; then
	cat "$run/conform/matrix.md" >>"$run/report.md"
	cat "$run/conform/matrix.txt" >>"$run/mail-full.txt"
fi
if [ -s "$run/static/static.tsv" ]; then
	rm -f "$run/static"/static.{md,txt}
	if mmcompare --page static "$run/static" || [ -s "$run/static/static.txt" ]; then
		cat "$run/static/static.md" >>"$run/report.md"
		cat "$run/static/static.txt" >>"$run/mail-full.txt"
	else
		note "$run/static: no table can be made of it (above is why), so the report has none"
	fi
fi
unit=$(jq -r .unit "$run/run.json")
{
	mmcompare --page perf "$run"
	"$MMVS_TOP/scripts/native-report.sh" "$run"
	if [ "$unit" = ns ]; then
		mmcompare "$run" --format hardware 2>/dev/null || [ "$damaged" -eq 1 ] || die "mmcompare makes no table of what the PMU counted in $run"
	fi
	[ ! -s "$run/bridge.md" ] || cat "$run/bridge.md"
	"$MMVS_TOP/scripts/metal-report.sh" "$run"
	mmcompare --page cost "$run"
	[ ! -d "$run/profile/diff" ] || mmcompare --page profile "$run"
} >>"$run/report.md"
# Last: it shows what lies beside it.
mmcompare "$run" --format html >"$run/report.html.new" 2>/dev/null || [ "$damaged" -eq 1 ] || die "mmcompare makes no report.html of $run"
mv "$run/report.html.new" "$run/report.html"
echo "$table"
printf '\nmail:   %s\nreport: %s\n        %s\nplots:  %s\n' "$run/mail.txt" "$run/report.md" "$run/report.html" "$run/plots/"
[ "$damaged" -eq 0 ] || die "some cells are damaged (above is which): the report is there without them; 'make run RUN=$(basename "$run")' after removing them measures them again"
