#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the pictures and the report's counters are made of, from small tables.

load helper

# effects LINE...: effects.awk's rows for variants b and c from compare.tsv's
# columns "metric variant ratio low high".
effects()
{
	{
		printf '# mmvs-compare 1\nspec\tmetric\trank\tvariant\tratio\tratio_low\tratio_high\n'
		printf 'a-case\t%s\tkey\t%s\t%s\t%s\t%s\n' "$@"
	} >"$BATS_TEST_TMPDIR/compare.tsv"
	awk -v variants="b c" -f "$top/plots/columns.awk" -f "$top/plots/effects.awk" "$BATS_TEST_TMPDIR/compare.tsv"
}

@test "a metric alone stands there twice, and no line ends in an empty field" {
	run effects cost b 1.02 1.01 1.03 cost c 0.9 '' ''
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = "${lines[1]}" ]
	[ "${lines[0]}" = $'1\tcost  a-case\t2\t1\t3\t\t-10\t-10\t-10\t\t.' ]
}

@test "what is beyond the picture is clamped and said in words; what is missing is empty" {
	run effects cost b 2.5 2.4 2.6 other c 1 1 1
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = $'1\tcost  a-case\t11\t11\t11\tx 2.5\t\t\t\t\t.' ]
	[ "${lines[1]}" = $'2\tother  a-case\t\t\t\t\t0\t0\t0\t\t.' ]
}

@test "a curve is made of one column; a spec without it makes no picture" {
	local table=$BATS_TEST_TMPDIR/ecdf.tsv
	printf '# mmvs-ecdf 1\nspec\tmetric_column\tvariant\tvalue\tfraction\n' >"$table"
	printf 'a-case\t%s\tb\t%s\t1\n' read_insn 10 write_insn 20 >>"$table"
	curve() { awk -v variants="b c" -v spec="$1" -v column="$2" -f "$top/plots/columns.awk" -f "$top/plots/fault-latency.awk" "$table"; }
	[ "$(curve a-case write_insn)" = $'20\t0\n20\t1\n\n\nNaN\tNaN' ]
	[ -z "$(curve a-case latency_insn)" ]
	[ -z "$(curve other read_insn)" ]
}

@test "a node of memory alone has its row among the nodes, below what is interleaved" {
	local cpu mem text
	cd "$BATS_TEST_TMPDIR"
	printf '# private\n' >data
	# Two nodes with CPUs, a third without, and interleaved: 101, 102, ... 204.
	for cpu in 0 1; do for mem in 0 1 2 3; do printf '%s\t%s\t%s\n' $cpu $mem $((100 * (cpu + 1) + mem + 1)); done; done >>data
	gnuplot -e "common='$top/plots/common.gp'; format='svg'; out='out.svg'; data='data'; variants='private'; baseline='private'; mode='native'; unit='ns'; \
		unit_long='ns'; seeds='5'; percent='95'; spec='numa-fault@map=private,nodes=2'; column=''" "$top/plots/numa-fault.gp"
	for text in 101 103 104 203 204 leaved; do grep -q ">$text<" out.svg || { echo "no $text"; return 1; }; done
	[ "$(grep -oE '> ?(inter-|leaved|[0-9])<' out.svg | tr -d '>< ' | sort -u | paste -sd ' ')" = "0 1 2 inter- leaved" ]
}

# time_run: what a run in time says of itself, in run/; it has no cells.
time_run()
{
	mkdir -p "$BATS_TEST_TMPDIR/run"
	printf '{"schema":"mmvs-run 1","unit":"ns","baseline":"b","specs":["a-case"],"variants":[{"name":"b"},{"name":"c"}],"seeds":[1,2,3],"aa_seeds":[11]}' \
		>"$BATS_TEST_TMPDIR/run/run.json"
}

@test "a machine that measured time: each check of preflight, and what it was set to" {
	time_run
	jq '.preflight = [{check: "swap", state: "ok", found: "none", why: "w", how: "h"},
		{check: "turbo", state: "refuse", found: "<on>", why: "w", how: "h"}] |
		.native = {forced: true, cpu: 3, tuned: ["thp"], steal_pct: 1.2345, throttled_count: 4}' "$BATS_TEST_TMPDIR/run/run.json" >"$BATS_TEST_TMPDIR/json"
	mv "$BATS_TEST_TMPDIR/json" "$BATS_TEST_TMPDIR/run/run.json"
	run "$scripts/native-report.sh" "$BATS_TEST_TMPDIR/run"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"1 checks ok, 0 warn, 1 refuse (FORCE=1 went on). Pinned to CPU 3. TUNE=1 set, and put back: thp. While it ran 1.23 % of all CPU time was stolen, and a core was throttled 4 times."* ]]
	[[ $output == *"| turbo | **refuse** |  on  | w | h |"* ]]
	[[ $output == *"Nothing was measured."* ]]
	sed -i 's/"ns"/"insn"/' "$BATS_TEST_TMPDIR/run/run.json"
	run "$scripts/native-report.sh" "$BATS_TEST_TMPDIR/run"
	[ -z "$output" ]
}

@test "history: runs by date, those without the metric passed over, damaged ones named" {
	export RESULTS=$BATS_TEST_TMPDIR/results MMVS_RESULTS=$BATS_TEST_TMPDIR/results
	mkdir "$RESULTS"
	for r in new old other broken; do "$top/tests/golden/make-run.sh" "$RESULTS/$r"; done
	jq '.name = "new" | .date = "2026-02-02T00:00:00Z"' "$RESULTS/other/run.json" >"$RESULTS/new/run.json"
	jq '.name = "old" | .date = "2026-01-01T00:00:00Z"' "$RESULTS/other/run.json" >"$RESULTS/old/run.json"
	jq '.specs = .specs[1:]' "$RESULTS/new/run.json" >"$RESULTS/other/run.json"
	echo '{' >"$RESULTS/broken/run.json"
	METRIC=fault-first-touch@map=droppable:fault_p50 run "$scripts/history.sh"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"left out: $RESULTS/broken/run.json"* ]]
	file=$RESULTS/history/fault-first-touch-map-droppable-fault_p50
	[ "$(grep -v '^#' "$file.tsv" | cut -f 2 | uniq | paste -sd ' ')" = "run old new" ]
	[ "$(cut -f 4 "$file.tsv" | grep -c 'A/A')" -eq 0 ]
	[ -s "$file.svg" ] && [ -s "$file.png" ]
	cell=$(find "$RESULTS/old/cells" -path '*fault-first-touch@map=droppable*' -name samples.tsv | head -n 1)
	echo junk >"$cell"
	METRIC=fault-first-touch@map=droppable:fault_p50 run "$scripts/history.sh"
	[ "$status" -eq 0 ]
	[[ $output == *"left out: $cell"* ]]
	METRIC=fault-first-touch@map=droppable:nosuch run "$scripts/history.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"has fault-first-touch@map=droppable:nosuch"* ]]
	METRIC=fault run "$scripts/history.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"METRIC=fault: CASE:NAME"* ]]
}

@test "what each patch costs: ratios to none, the metrics that move most, in the order of patches" {
	printf '%s\n' '# mmvs-compare 2' \
		"$(printf 'spec\tmetric\tunit\tbetter\trank\tvariant\tratio')" \
		"$(printf 'c\tfar\tx\tlower\tkey\ts+1\t1')" "$(printf 'c\tfar\tx\tlower\tkey\ts+2\t186.2')" \
		"$(printf 'c\tnear\tx\tlower\tkey\ts+1\t0.99')" "$(printf 'c\tnear\tx\tlower\tkey\ts+2\t0.75')" \
		"$(printf 'c\tstill\tx\tlower\tkey\ts+1\t1')" "$(printf 'c\tstill\tx\tlower\tkey\ts+2\t1')" >"$BATS_TEST_TMPDIR/compare.tsv"
	run awk -F '\t' -v variants="s+0 s+1 s+2" -f "$top/plots/columns.awk" -f "$top/plots/steps.awk" "$BATS_TEST_TMPDIR/compare.tsv"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = $'patch\tc far\tc near' ]
	[ "${lines[1]}" = $'0\t1\t1' ]
	[ "${lines[2]}" = $'1\t1.000000\t0.990000' ]
	[ "${lines[3]}" = $'2\t186.200000\t0.750000' ]
}

@test "cost by kernel: a panel for each of fault, reclaimed and scanned page, oldest kernel first, gaps left open" {
	{
		printf '# mmvs-compare 2\nspec\tmetric\tvariant\tmedian\tci_low\tci_high\n'
		printf 'fault-first-touch@map=%s\tfault_p50\t%s\t%s\t%s\t%s\n' private new 30 29 31 private old 20 '' '' droppable new 33 33 33 droppable old '' '' ''
		printf 'reclaim-proactive@map=droppable,share=25%s\tcost_per_freed\tnew\t%s\t1\t1\n' '' 7 ,order=9 8
		printf 'reclaim-proactive@map=private,share=25\tcost_per_freed\tnew\t\t\t\n'
		printf 'scan-aging@map=private\t%s\tnew\t%s\t5\t5\n' 'scan_cost_all[young=100,moved=0]' 5 'scan_cost_all[young=50,moved=0]' 6
	} >"$BATS_TEST_TMPDIR/compare.tsv"
	run awk -v variants="old new" -f "$top/plots/columns.awk" -f "$top/plots/versions.awk" "$BATS_TEST_TMPDIR/compare.tsv"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = $'# a write fault\tprivate\tdroppable' ]
	[ "${lines[1]}" = $'old\t20\t20\t20\t\t\t' ]
	[ "${lines[2]}" = $'new\t30\t29\t31\t33\t33\t33' ]
	[ "$(grep -c '^#' <<<"$output")" -eq 3 ]
	[[ $output == *$'# a reclaimed droppable page\tdroppable\nold\t\t\t\nnew\t7\t1\t1\n'* ]]
	[[ $output == *$'# a scanned page\tprivate, all young\nold\t\t\t\nnew\t5\t5\t5' ]]
}
