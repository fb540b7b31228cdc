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
	for f in report.md mail-full.txt; do
		[ "$(grep -c 'conformance: FAILS fork .*(2 properties, 1 skipped' "$run_dir/$f")" -eq 1 ]
		grep -q 'lazyfree-always!' "$run_dir/$f"
		grep -q '^! behind a name: fails conformance' "$run_dir/$f"
		grep -q 'a = lazyfree-always\|| fork | FAIL |' "$run_dir/$f"
	done
	grep -q $'\tlazyfree-always\t' "$run_dir/compare.tsv"
	[ -z "$(awk 'length > 72' "$run_dir/mail-full.txt")" ]
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
	for f in report.md mail.txt mail-full.txt; do
		tr -s '\n ' ' ' <"$run_dir/$f" | grep -q 'conformance: not judged in this run .*make conform FAMILY=droppable RUN=golden'
		[ "$(grep -c 'behind a name\|^Conformance\|^## Conformance' "$run_dir/$f")" -eq 0 ]
	done
}

# other_kernels: the run again, as if of three kernels with options that differ.
other_kernels()
{
	jq '.variants |= map(.kernel_version = "6.12.117" | .base_commit = "aaaa1111aaaa1111" | .fork = "")
		| .variants[1].kernel_version = "7.3.4" | .variants[1].base_commit = "bbbb2222bbbb2222"
		| .config_differs = [
			{option: "CONFIG_ONE", values: {"swapbacked-flag": "y", "pte-dirty-vma": "n", "lazyfree-always": "y"}},
			{option: "CONFIG_NEW", values: {"swapbacked-flag": "absent", "pte-dirty-vma": "<b>|\u001b[31m", "lazyfree-always": "absent"}}]' \
		"$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
}

@test "different kernels are said loudly, first, with the options that differ" {
	other_kernels
	run "$scripts/report.sh" "$run_dir"
	[ "$status" -eq 0 ]
	for f in report.md mail.txt; do
		head -n 14 "$run_dir/$f" | tr -s '\n ' ' ' | tr -d '`' >"$BATS_TEST_TMPDIR/head"
		cat "$BATS_TEST_TMPDIR/head"
		grep -q 'DIFFERENT KERNELS: swapbacked-flag is Linux 6.12.117 (aaaa1111aaaa), pte-dirty-vma is Linux 7.3.4 (bbbb2222bbbb)' "$BATS_TEST_TMPDIR/head"
		grep -q '2 options differ, 1 of them because not every kernel has them; set differently, in the order of the variants: CONFIG.*ONE (y/n/y)' "$BATS_TEST_TMPDIR/head"
	done
	grep -q '^| `CONFIG_ONE` | y | n | y |$' "$run_dir/report.md"
	grep -q '^| `CONFIG_NEW` | absent | .*b.*| absent |$' "$run_dir/report.md"
	! grep -q '<b>' "$run_dir/report.md"
	! LC_ALL=C grep -q $'\033' "$run_dir/report.md" "$run_dir/mail.txt"
	[ -z "$(awk 'length > 72' "$run_dir"/mail*.txt)" ]
}

@test "one kernel with stacks: not a word of it; branches that fork from one: neither" {
	run "$scripts/report.sh" "$run_dir"
	! grep -q 'DIFFERENT\|options differ' "$run_dir/report.md" "$run_dir/mail.txt"
	other_kernels
	jq 'del(.config_differs) | .variants |= map(.kernel_version = "6.12.117") | .variants[1].fork = "aaaa1111aaaa1111"' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	run "$scripts/report.sh" "$run_dir"
	! grep -q DIFFERENT "$run_dir/report.md" "$run_dir/mail.txt"
	jq '.variants[1].fork = ""' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	run "$scripts/report.sh" "$run_dir"
	grep -q DIFFERENT "$run_dir/mail.txt"
}

@test "options that are not as they should be are refused by name" {
	for bad in '[{"option":"A","values":{}}]' '[{"option":"../x","values":{}}]' '{}' '[1]'; do
		jq --argjson bad "$bad" '.config_differs = $bad' "$run_dir/run.json" >"$run_dir/bad"
		mv "$run_dir/bad" "$run_dir/run.json"
		run "$scripts/report.sh" "$run_dir"
		echo "$bad: $output"
		[ "$status" -eq 1 ]
		[[ $output == *run.json* ]]
	done
}

@test "a damaged cell is named and left out; the report is made, and the status is 1" {
	sed -i 1d "$run_dir/cells/pte-dirty-vma/fault-first-touch@map=droppable/2/samples.tsv"
	run "$scripts/report.sh" "$run_dir"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"left out: "*"pte-dirty-vma/fault-first-touch@map=droppable/2/samples.tsv:1: line 1"* ]]
	[[ $output == *"1 of 32 cells are damaged"* ]]
	grep -q '^- DAMAGED: `pte-dirty-vma`' "$run_dir/report.md"
	[ -s "$run_dir/plots/effects.svg" ]
	echo junk >"$run_dir/run.json"
	run "$scripts/report.sh" "$run_dir"
	[ "$status" -eq 1 ]
	[[ $output == *"makes no report"* ]]
}

@test "the mail is short, the full one whole" {
	"$scripts/report.sh" "$run_dir"
	[ "$(wc -l <"$run_dir/mail.txt")" -le 80 ]
	[ -z "$(awk 'length > 72' "$run_dir"/mail*.txt)" ]
	! LC_ALL=C grep -q '[^ -~]' "$run_dir/mail.txt"
	grep -q '^Findings' "$run_dir/mail.txt"
	grep -q 'make bench' "$run_dir/mail.txt"
	! grep -q '^== fault' "$run_dir/mail.txt"
	grep -q '^== fault' "$run_dir/mail-full.txt"
	mkdir "$BATS_TEST_TMPDIR/results"
	cp -r "$run_dir" "$BATS_TEST_TMPDIR/results/x"
	[ "$(make -s -C "$top" mail RUN=x RESULTS="$BATS_TEST_TMPDIR/results")" = "$(cat "$run_dir/mail.txt")" ]
	[ "$(make -s -C "$top" mail RUN=x FULL=1 RESULTS="$BATS_TEST_TMPDIR/results")" = "$(cat "$run_dir/mail-full.txt")" ]
}

@test "two runs: what differs between their kernels and machines, the table, and what is wrong" {
	export RESULTS=$BATS_TEST_TMPDIR/results MMVS_RESULTS=$BATS_TEST_TMPDIR/results
	for r in a b; do "$top/tests/golden/make-run.sh" "$RESULTS/$r"; done
	jq '.name = "a"' "$RESULTS/b/run.json" >"$RESULTS/a/run.json"
	RUN_A=a RUN_B=b run "$scripts/compare.sh"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "kernels, machine and tools are the same in both"* ]]
	[[ $output == *"(A:a)"*"(B:golden)"* ]]
	[ -s "$RESULTS/b/against-a/compare.tsv" ] && [ -s "$RESULTS/b/against-a/report.md" ] && grep -q '^0 verdicts flip, ' "$RESULTS/b/against-a/flips.md"
	jq '.name = "a" | .variants[0].kernel_version = "6.99\u001b[31m" | .host.cpu = "Another"' "$RESULTS/b/run.json" >"$RESULTS/a/run.json"
	RUN_A=a RUN_B=b run "$scripts/compare.sh"
	[ "$status" -eq 0 ]
	[[ $output == *$'differs: host CPU\n  a: Another\n  b: '* && $output == *"  a: 6.99?[31m, "* ]]
	[[ $output != *$'\e'* ]]
	RUN_A=a run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"RUN_B= is missing"* ]]
	RUN_A=a RUN_B=a run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"are both a"* ]]
	RUN_A=a RUN_B=../a run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"RUN_B"* ]]
	RUN_A=nosuch RUN_B=b run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"nosuch/run.json is missing"* ]]
	jq '.name = "a" | .unit = "ns" | .mode = "kvm"' "$RESULTS/b/run.json" >"$RESULTS/a/run.json"
	RUN_A=a RUN_B=b run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"unit"* ]]
}

@test "several hosts: a table over all of them, and what is no host" {
	export RESULTS=$BATS_TEST_TMPDIR/results MMVS_RESULTS=$BATS_TEST_TMPDIR/results
	for r in a b; do
		"$top/tests/golden/make-run.sh" "$RESULTS/$r"
		find "$RESULTS/$r/cells" "$RESULTS/$r/run.json" -type f -exec sed -i 's/insn/ns/g; s/icount/kvm/' {} +
	done
	RUNS="a b" run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"same value in every cell"* && ! -e $RESULTS/a/hosts ]]
	find "$RESULTS/b/cells" -name samples.tsv -exec sed -Ei 's/^([0-9]+)\t2([0-9]{3})\t/\1\t3\2\t/' {} +
	RUNS="a b" run "$scripts/compare.sh"
	echo "$output"
	[[ $status -eq 0 && $output == "a, b: droppable, mode kvm"* && $output == *"tables: $RESULTS/a/hosts" ]]
	[[ $(head -n 1 "$RESULTS/a/hosts/hosts.tsv") == "# mmvs-hosts 1" && -s $RESULTS/a/hosts/hosts.md ]]
	RUNS=a run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"RUNS=a is one run"* ]]
	RUNS="a b a" run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"a run is named twice"* ]]
	RUNS="a ../b" run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"RUNS '../b'"* ]]
	RUNS="a nosuch" run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"nosuch/run.json is missing: RUNS=nosuch was not measured here"* ]]
	RUNS="a b" RUN_A=a run "$scripts/compare.sh"
	[[ $status -eq 1 && $output == *"name the one or the others"* ]]
}

@test "times: the report says what they are times of, in each mode" {
	find "$run_dir/cells" "$run_dir/run.json" -type f -exec sed -i 's/insn/ns/g' {} +
	for words in "kvm=nested paging" "tcg=they say nothing of hardware" "native=of one machine"; do
		find "$run_dir" -name '*.json' -exec sed -Ei "s/\"mode\": ?\"[a-z]*\"/\"mode\": \"${words%%=*}\"/" {} +
		for format in mail-full md; do
			run "$top/build/host/mmcompare" "$run_dir" --format "$format"
			[ "$status" -le 1 ] # a cell of the made-up run is missing
			[[ $(tr -s '\n ' '  ' <<<"$output") == *"${words#*=}"* ]]
			[[ $output != *"counts instructions"* ]]
		done
	done
}
