#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# From a profile to the report, without a boot: files made by hand.

load helper

setup()
{
	run_dir=$BATS_TEST_TMPDIR/run spec=a-case@map=private
	place=$run_dir/profile/diff/$spec
	mkdir -p "$place"
	printf '%s\n' '# mmvs-samples 1' \
		'# metric	cost_all	insn	lower	key	sum	cost_insn	scanned_pages	young_pct	cost' \
		'# metric	cost	insn	lower	all	sum	cost_insn	scanned_pages	mapped_pages,pass_index	cost' \
		'# metric	whole	insn	lower	all	sum	cost_insn	-	-	cost' \
		'mapped_pages	young_pct	pass_index	scanned_pages	cost_insn' \
		'10	100	0	10	50' '10	0	1	10	20' '20	100	0	20	100' '20	0	1	20	40' >"$run_dir/samples.tsv"
	printf '%s\n' '# mmvs-passes 1' 'region	insn	string_turns' \
		'young	50	0' 'old	20	0' 'young	100	0' 'old	40	0' >"$run_dir/passes.tsv"
}

@test "each metric knows the regions of its rows, under mmcompare's name" {
	run awk -f "$top/bench/plugin/metrics.awk" "$run_dir/samples.tsv" "$run_dir/passes.tsv"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 9 ]
	[ "${lines[2]}" = "cost_all[young=100]	young" ]
	[ "${lines[3]}" = "cost_all[young=0]	old" ]
	[ "${lines[7]}" = "cost[mapped=20,pass_index=1]	old" ]
	[ "${lines[8]}" = "whole	young,old" ]
}

@test "rows and passes that do not belong together say nothing" {
	echo 'old	1	0' >>"$run_dir/passes.tsv"
	run awk -f "$top/bench/plugin/metrics.awk" "$run_dir/samples.tsv" "$run_dir/passes.tsv"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
}

# compare METRIC VERDICT ...: a run with these verdicts of variant b.
compare()
{
	printf '# mmvs-compare 1\nspec\tmetric\tvariant\tverdict\n' >"$run_dir/compare.tsv"
	while [ $# -gt 0 ]; do
		printf '%s\t%s\tb\t%s\n' "$spec" "$1" "$2" >>"$run_dir/compare.tsv"
		shift 2
	done
	echo base >"$place/baseline"
	printf 'young\tpage\t5.00\t4.00\t-1.00\tf_young\t-1.00\nold\tpage\t2.00\t2.10\t+0.10\tf_old\t+0.10\n' >"$place/b.tsv"
}

@test "the report lists a metric's own region, and no other" {
	compare 'cost_all[young=100]' better 'cost[mapped=10,pass_index=0]' better 'cost_all[young=0]' worse
	awk -f "$top/bench/plugin/metrics.awk" "$run_dir/samples.tsv" "$run_dir/passes.tsv" >"$place/metrics.tsv"
	run "$scripts/profile-report.sh" "$run_dir"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^b, a-case' <<<"$output")" -eq 2 ]
	[ "$(grep -A 2 'cost_all\[young=100\] better, cost\[mapped=10,pass_index=0\] better' <<<"$output" | tail -n 1)" = \
		'- young, per page: 5.00 -> 4.00 (-1.00): `f_young` -1.00' ]
	[ "$(grep -A 2 'cost_all\[young=0\] worse' <<<"$output" | tail -n 1)" = \
		'- old, per page: 2.00 -> 2.10 (+0.10): `f_old` +0.10' ]
	[ "$(grep -c '^- ' <<<"$output")" -eq 2 ]
}

@test "a metric of all regions lists them all, and so does one that is not known" {
	compare whole better
	awk -f "$top/bench/plugin/metrics.awk" "$run_dir/samples.tsv" "$run_dir/passes.tsv" >"$place/metrics.tsv"
	run "$scripts/profile-report.sh" "$run_dir"
	[ "$(grep -c '^- ' <<<"$output")" -eq 2 ]
	rm "$place/metrics.tsv"
	run "$scripts/profile-report.sh" "$run_dir"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^- ' <<<"$output")" -eq 2 ]
}
