#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# From a profile to the report, without a boot: files made by hand.

load helper

setup()
{
	run_dir=$BATS_TEST_TMPDIR/run spec=a-case@map=private
	place=$run_dir/profile/diff/$spec
	mkdir -p "$place"
	printf '%s\n' '# mmvs-samples 1' '# unit	insn' \
		'# metric	cost_all	insn	lower	key	sum	cost_insn	scanned_pages	young_pct	cost' \
		'# metric	cost	insn	lower	all	sum	cost_insn	scanned_pages	mapped_pages,pass_index	cost' \
		'# metric	whole	insn	lower	all	sum	cost_insn	-	-	cost' \
		'mapped_pages	young_pct	pass_index	scanned_pages	cost_insn' \
		'10	100	0	10	50' '10	0	1	10	20' '20	100	0	20	100' '20	0	1	20	40' >"$run_dir/samples.tsv"
	printf '%s\n' '# mmvs-passes 1' 'region	insn	string_turns' \
		'young	50	0' 'old	20	0' 'young	100	0' 'old	40	0' >"$run_dir/passes.tsv"
}

# passes: metrics.tsv and operations.tsv of the made-up cell.
passes()
{
	"$MMCOMPARE" --page passes "$run_dir"
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
	passes && mv "$run_dir/metrics.tsv" "$place/"
	run "$MMCOMPARE" --page profile "$run_dir"
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
	passes && mv "$run_dir/metrics.tsv" "$place/"
	run "$MMCOMPARE" --page profile "$run_dir"
	[ "$(grep -c '^- ' <<<"$output")" -eq 2 ]
	rm "$place/metrics.tsv"
	run "$MMCOMPARE" --page profile "$run_dir"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^- ' <<<"$output")" -eq 2 ]
}

# profile DIR FUNCTION=INSN...: a made-up folder of mmcount.so, one region, ten pages.
profile()
{
	local dir=$1 sum=0 f
	shift
	mkdir -p "$dir"
	printf '# mmvs-functions 1\n# mode\tcalls\nregion\tfunction\tspace\tincl_insn\tcalls\tself_insn\n' >"$dir/functions.tsv"
	: >"$dir/folded.txt"
	for f in "$@"; do
		printf 'fault\t%s\tkernel\t%s\t10\t%s\n' "${f%=*}" "${f#*=}" "${f#*=}" >>"$dir/functions.tsv"
		printf 'fault;%s %s\n' "${f%=*}" "${f#*=}" >>"$dir/folded.txt"
		sum=$((sum + ${f#*=}))
	done
	printf '# mmvs-regions 1\nregion\toperations\tuser_insn\tkernel_insn\tirq_insn\tmin_insn\tmax_insn\tcalls\tself_insn\nfault\t10\t0\t%s\t0\t1\t1\t1\t%s\n' "$sum" "$sum" >"$dir/regions.tsv"
	printf '# mmvs-operations 1\nregion\tcount\tunit\nfault\t10\tpage\n' >"$dir/operations.tsv"
	for f in functions regions operations; do echo '# end' >>"$dir/$f.tsv"; done
}

@test "by group: what was renamed or split is one line, and the sum is that of the functions" {
	profile "$BATS_TEST_TMPDIR/a" clear_page_orig=7000 __alloc_pages_noprof=900 get_page_from_freelist=100 odd_one=50
	profile "$BATS_TEST_TMPDIR/b" __clear_pages_unrolled=7000 __alloc_frozen_pages_noprof=1200 get_page_from_freelist=140 odd_two=20
	make -s -C "$top/bench/plugin" O="$BATS_TEST_TMPDIR/build"
	mmprofile=$BATS_TEST_TMPDIR/build/mmprofile
	run "$mmprofile" groups "$BATS_TEST_TMPDIR"/{a,b} old new "$top/bench/plugin/groups.tsv"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^zeroing and copying +700.00 +700.00 +\+0.00$' <<<"$output")" -eq 1 ]
	[ "$(grep -cE '^page allocator +100.00 +134.00 +\+34.00  get_page_from_freelist \+4.00$' <<<"$output")" -eq 1 ]
	[ "$(grep -cE '^all others +5.00 +2.00 +-3.00$' <<<"$output")" -eq 1 ]
	[ "$(grep -cE '^total +805.00 +836.00 +\+31.00$' <<<"$output")" -eq 1 ]
	printf 'one\tx\ntwo\t(\n' >"$BATS_TEST_TMPDIR/groups"
	run "$mmprofile" groups "$BATS_TEST_TMPDIR"/{a,b} old new "$BATS_TEST_TMPDIR/groups"
	[ "$status" -eq 1 ]
	[[ $output == *"groups:2: not "* ]]
	run "$mmprofile" groups "$BATS_TEST_TMPDIR"/{a,b} old new "$BATS_TEST_TMPDIR/none"
	[[ $status -eq 1 && $output == *"none: No such file"* ]]
}
