#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# How report.sh puts its parts together, on the made-up run of tests/golden.

load helper

setup()
{
	own_cache
	run_dir=$BATS_TEST_TMPDIR/run
	"$top/tests/golden/make-run.sh" "$run_dir"
	jq '.specs = .specs[:1]' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	rm -r "$run_dir"/{conform,plots}
}

@test "a variant that fails is marked, in a report that is older than the TAP too" {
	mkdir "$run_dir/conform"
	printf 'lazyfree-always\tmglru\tv.tap\n' >"$run_dir/conform/columns.tsv"
	printf '1..2\nnot ok 1 - fork: a\nok 2 - thp: b # SKIP no huge page\n' >"$run_dir/conform/v.tap"
	echo 'from another day' >"$run_dir/conform/matrix.tsv"
	run "$scripts/report.sh" "$run_dir"
	[ "$status" -eq 0 ]
	[[ $output == *"lazyfree-always! "* ]]
	for f in report.md mail.txt; do
		[ "$(grep -c 'conformance: FAILS fork .*(2 properties, 1 skipped' "$run_dir/$f")" -eq 1 ]
		grep -q 'lazyfree-always!' "$run_dir/$f"
		grep -q '^! behind a name: fails conformance' "$run_dir/$f"
		grep -q 'a = lazyfree-always\|| fork | FAIL |' "$run_dir/$f"
	done
	grep -q $'\tlazyfree-always\t' "$run_dir/compare.tsv"
	[ -z "$(awk 'length > 72' "$run_dir/mail.txt")" ]
}

@test "a matrix of other kernels than the measured ones is left out" {
	local cell=$run_dir/conform/cells/lazyfree-always/conform@lru=mglru/1 image
	mkdir -p "$cell"
	printf 'lazyfree-always\tmglru\tv.tap\n' >"$run_dir/conform/columns.tsv"
	printf '1..1\nnot ok 1 - fork: a\n' >"$run_dir/conform/v.tap"
	image=$(jq -r '.variants[] | select(.name == "lazyfree-always").image_sha256' "$run_dir/run.json")
	for sha in "$image" 0123; do
		echo 'from another day' >"$run_dir/conform/matrix.tsv"
		jq -n --arg sha "$sha" '{ variant: "lazyfree-always", image_sha256: $sha }' >"$cell/cell.json"
		run "$scripts/report.sh" "$run_dir"
		[ "$status" -eq 0 ]
		if [ "$sha" = "$image" ]; then
			grep -q 'lazyfree-always!' "$run_dir/mail.txt"
		else
			[[ $output == *"lazyfree-always: judged with another kernel than measured"*"make conform"* ]]
			grep -q 'conformance: not judged in this run' "$run_dir/mail.txt"
		fi
	done
}

@test "nobody judged: report and mail say so, and how to" {
	run "$scripts/report.sh" "$run_dir"
	[ "$status" -eq 0 ]
	for f in report.md mail.txt; do
		tr -s '\n ' ' ' <"$run_dir/$f" | grep -q 'conformance: not judged in this run .*make conform FAMILY=droppable RUN=golden'
		[ "$(grep -c 'behind a name\|^Conformance\|^## Conformance' "$run_dir/$f")" -eq 0 ]
	done
}
