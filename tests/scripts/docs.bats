#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Tables of figures in documents, made from a committed run.

load helper

setup()
{
	cd "$BATS_TEST_TMPDIR"
	mkdir run
	printf '# mmvs-compare 1\nspec\tmetric\tvariant\tmedian\tbase_median\tratio\tratio_low\tratio_high\tdiff\tverdict\tnote\n' >run/compare.tsv
	printf 'f@a=b\tcost\tbase\t2904.4\t2904.4\t\t\t\t\tbaseline\t\n' >>run/compare.tsv
	printf 'f@a=b\tcost\tnew\t1452.2\t2904.4\t0.5\t0.49\t0.51\t-1452.2\tbetter\t\n' >>run/compare.tsv
	printf 'f@a=b\tover\tbase\t0.005\t0.005\t\t\t\t\tbaseline\t\n' >>run/compare.tsv
	printf 'f@a=b\tover\tnew\t1\t0.005\t200\t200\t200\t0.995\tdifferent\texact\n' >>run/compare.tsv
}

made()
{
	printf '%s\n' before "$1" 'the cost | f@a=b | cost' ' | f@a=b | over' '-->' '| old | 7 |' '<!-- figures end -->' after >x.md
	"$MMCOMPARE" --page figures x.md
}

@test "a column for each variant" {
	run made '<!-- figures run base new'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[5]}" = '| | base | new |' ]
	[ "${lines[7]}" = '| the cost | 2904 | 1452 **better** |' ]
	[[ $output != *old* && ${lines[0]} = before && ${lines[-1]} = after ]]
}

@test "one variant: change and interval, rows without a label named by case and metric" {
	run made '<!-- figures run new'
	echo "$output"
	[ "${lines[7]}" = '| the cost | 2904 | 1452 | -50.00 % [-51.00, -49.00] | **better** |' ]
	[ "${lines[8]}" = '| the same: `over` | 0.005 | 1 | x 200 [200, 200] | **different** |' ]
	made '<!-- figures run new' >once.md
	cmp once.md <("$MMCOMPARE" --page figures once.md)
}

@test "who skips the case has a dash, and nobody a verdict where the baseline does" {
	printf 'f@a=c\tcost\tbase\t\t\t\t\t\t\tbaseline\t\nf@a=c\tcost\tnew\t7\t\t\t\t\t\tmissing\t\n' >>run/compare.tsv
	printf 'f@a=d\tcost\tbase\t6\t6\t\t\t\t\tbaseline\t\nf@a=d\tcost\tnew\t\t6\t\t\t\t\tmissing\t\n' >>run/compare.tsv
	printf '%s\n' '<!-- figures run base new' 'c | f@a=c | cost' 'd | f@a=d | cost' '-->' '<!-- figures end -->' >x.md
	run "$MMCOMPARE" --page figures x.md
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[6]}" = '| c | - | 7 |' ]
	[ "${lines[7]}" = '| d | 6 | - |' ]
}

@test "what the run has not, a run that is not there and a block without an end are named" {
	run made '<!-- figures run other'
	[[ $status -eq 1 && $output == *"has no f@a=b cost of other"* ]]
	run made '<!-- figures nowhere new'
	[[ $status -eq 1 && $output == *"x.md:2: nowhere/compare.tsv: No such file"* ]]
	printf '<!-- figures run new\na | f@a=b | cost\n-->\n' >x.md
	run "$MMCOMPARE" --page figures x.md
	[[ $status -eq 1 && $output == *"without an end"* ]]
}

@test "a figure changed by hand is drift" {
	mkdir top
	cp -r "$top"/{README.md,CONTRIBUTING.md,doc,scripts,kernel-patches} top/
	mkdir top/results
	cp "$top/results/README.md" top/results/
	(cd "$top" && find results/reference -name compare.tsv -print0 | xargs -0 cp --parents -t "$BATS_TEST_TMPDIR/top")
	top/scripts/docs.sh --check
	sed -i 's/^| write fault, median | [0-9]*/&1/' top/README.md
	run top/scripts/docs.sh --check
	[[ $status -eq 1 && $output == *"not what the committed run says: README.md"* ]]
	top/scripts/docs.sh
	cmp top/README.md "$top/README.md"
}
