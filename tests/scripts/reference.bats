#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What reference.sh takes of a run, and what it leaves alone.

load helper

setup()
{
	top=$BATS_TEST_TMPDIR/top
	reference=$top/results/reference
	run_dir=$top/results/run
	mkdir -p "$top/kernel-patches/"{fam,other} "$run_dir"
	cp -r "$scripts" "$top/"
	touch "$top/kernel-patches/"{fam,other}/family.conf
}

# judged FAMILY VARIANT: what 'make conform' leaves.
judged()
{
	local dir=$run_dir/conform
	rm -rf "$dir"
	mkdir -p "$dir/cells"
	echo small >"$dir/config"
	echo "$1" >"$dir/family"
	printf '%s\tmglru\t%s-mglru.tap\n' "$2" "$2" >"$dir/columns.tsv"
	printf '1..1\nok 1 - fork: a\n' >"$dir/$2-mglru.tap"
	"$MMCOMPARE" --page conform "$dir"
}

# measured FAMILY: what 'make bench' and 'make profile' leave.
measured()
{
	local cell=$run_dir/cells/v/case/1
	mkdir -p "$cell" "$run_dir/plots" "$run_dir/profile/diff/case"
	echo "{\"family\":\"$1\"}" >"$run_dir/run.json"
	touch "$run_dir"/{compare,values}.tsv "$run_dir/plots/"a.{svg,png} "$run_dir/profile/diff/case/v.txt" "$cell/samples.tsv"
	echo "# $1" >"$run_dir/report.md"
	echo "mail of $1" | tee "$run_dir/mail.txt" >"$run_dir/mail-full.txt"
}

take()
{
	"$top/scripts/reference.sh" "$run_dir" "$@"
}

# files: all of the reference, by name.
files()
{
	(cd "$reference" && find . -type f | sort)
}

@test "a run with everything, each part in its place, the matrix by family" {
	measured fam
	judged fam v
	run take
	[ "$status" -eq 0 ]
	[[ $output == *"1 cells' hashes"* ]]
	for f in run.json compare.tsv values.tsv report.md mail.txt samples.sha256 plots/a.svg plots/a.png profile/diff/case/v.txt; do
		[ -e "$reference/$f" ]
	done
	[ "$(cd "$reference/conform/fam" && echo *)" = "columns.tsv config family matrix.md matrix.tsv skipped.tsv v-mglru.tap" ]
}

@test "a run that only judged: its family's matrix is new, the rest stays" {
	measured fam
	judged fam v
	mkdir -p "$reference/static/fam"
	touch "$reference/static/fam/static.tsv"
	take
	before=$(files)
	rm -r "$run_dir"
	judged other w
	run take
	[ "$status" -eq 0 ]
	[ "$(files | grep -v ^./conform/other/)" = "$before" ]
	grep -qF '| fork | pass |' "$reference/conform/other/matrix.md"

	judged other x
	take
	[ ! -e "$reference/conform/other/w-mglru.tap" ]
	[ -e "$reference/conform/other/x-mglru.tap" ]
	[ -e "$reference/conform/fam/v-mglru.tap" ]
}

@test "a run that only measured leaves every matrix, and says so" {
	judged fam v
	take
	rm -r "$run_dir"
	measured fam
	run take
	[ "$status" -eq 0 ]
	[[ $output == *"no conform in this run"* ]]
	[ -s "$reference/conform/fam/matrix.md" ]
	[ -e "$reference/report.md" ]
}

@test "report and mail have the family's static cost, once: the run's or the reference's" {
	mkdir -p "$reference/static/fam"
	printf 'variant\tcheck\tresult\tvalue\twhy\nv\tpatches\tinfo\t7\t\nv\tsteps\tFAIL\tno\tx.c:1\n' >"$reference/static/fam/static.tsv"
	measured fam
	take
	take
	[ "$(grep -c '^## Static cost' "$reference/report.md")" -eq 1 ]
	grep -qF '| patches | 7 |' "$reference/report.md"
	[ "$(grep -c '^Static cost' "$reference/mail-full.txt")" -eq 1 ]
	grep -qF '# fam' "$reference/report.md"
	[ -z "$(awk 'length > 72' "$reference/mail-full.txt")" ]

	printf '\n## Static cost\n\n| patches | 8 |\n' >>"$run_dir/report.md"
	take
	[ "$(grep -c '^## Static cost' "$reference/report.md")" -eq 1 ]
	grep -qF '| patches | 8 |' "$reference/report.md"

	measured other
	run take
	[ "$status" -eq 0 ]
	[[ $output == *"no static checks of other"* ]]
	[ -z "$(cat "$reference/report.md" "$reference/mail-full.txt" | grep 'Static cost')" ]
}

@test "what has not ended, or has no report, is refused and nothing is touched" {
	measured fam
	take
	judged fam v
	before=$(files)
	rm "$run_dir/conform/matrix.tsv"
	run take
	[ "$status" -eq 1 ]
	[[ $output == *"has not ended"* ]]
	rm -r "$run_dir/conform" "$run_dir/mail.txt"
	run take
	[ "$status" -eq 1 ]
	[[ $output == *mail.txt* ]]
	[ "$(files)" = "$before" ]
	mkdir "$run_dir/conform"
	echo debug >"$run_dir/conform/config"
	run take
	[ "$status" -eq 1 ]
	[[ $output == *"has not ended"* ]]
}

@test "what lies beside the figures stays when new figures come" {
	measured fam
	judged fam v
	mkdir -p "$run_dir/static"
	printf 'v\tapply\tpass\tyes\t\n' | tee "$run_dir/static/static.tsv" >"$run_dir/static/static.md"
	take linux-7.3
	cmp "$run_dir/static/static.tsv" "$reference/linux-7.3/static/static.tsv"
	[ -e "$reference/linux-7.3/static/static.md" ]
	[ -s "$reference/linux-7.3/conform/matrix.md" ] && [ -s "$reference/linux-7.3/conform/v-mglru.tap" ]
	[ ! -e "$reference/conform/fam" ]
	rm -r "$run_dir/conform"
	take stacks
	mkdir -p "$reference"/{fuzz,endurance,new-kind}
	touch "$reference/new-kind/log"
	touch "$reference/fuzz/summary.tsv" "$reference/endurance/kills.tsv" "$reference/stale"
	take
	[ -e "$reference/endurance/kills.tsv" ] && [ -e "$reference/new-kind/log" ]
	[ -e "$reference/stacks/compare.tsv" ] && [ -e "$reference/fuzz/summary.tsv" ]
	[ ! -e "$reference/stale" ]
	run take nosuch
	[ "$status" -eq 2 ]
	[[ $output == *"full|stacks|"*"|steps|native|fam|other|static]"* ]]
}

@test "a page that is too large for a repository stays out, and that is said" {
	measured fam
	echo page >"$run_dir/report.html"
	mkdir -p "$top/build/host"
	printf '#!/bin/sh\nhead -c "$(cat "%s/size")" /dev/zero\n' "$top" >"$top/build/host/mmcompare"
	chmod +x "$top/build/host/mmcompare"
	echo 2000000 >"$top/size"
	take full
	[ -e "$reference/full/report.html" ]
	echo 2100000 >"$top/size"
	run take full
	[ "$status" -eq 0 ]
	[[ $output == *"is without report.html"* ]]
	[ ! -e "$reference/full/report.html" ]
}
