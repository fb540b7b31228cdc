#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sections of a run's report that mmcompare prints one by one (--page): perf events, what
# fell into samples of time, what the run took, where the difference is; and figures of a
# run in documents.  TAP.
#
# Usage: MMCOMPARE=path tests/golden/pages.t
# shellcheck disable=SC2016,SC2317 # backquotes are Markdown's; check calls the functions
set -uo pipefail
# shellcheck source=tests/golden/lib.bash
. "$(dirname "$0")/lib.bash"
fault='fault-first-touch@map=droppable'
reclaim='reclaim-proactive@map=droppable,share=25'

# page NAME: of the run "small", into out.
page() { "$mmcompare" --page "$1" small >out 2>err; }
has() { grep -qF -- "$1" out || { echo "# no: $1"; comment out; return 1; }; }
hasnt() { ! grep -qF -- "$1" out || { echo "# has: $1"; return 1; }; }

# Two cases, variants b (the baseline) and c, three seeds, one of A/A; no cells.
small_run() {
	rm -rf small
	mkdir small
	printf '{"schema":"mmvs-run 1","unit":"ns","baseline":"b","specs":["a-case","b-case"],"variants":[{"name":"b"},{"name":"c"}],"seeds":[1,2,3],"aa_seeds":[11]}' >small/run.json
}

# counted VARIANT SPEC SEED KIND LINE...: a cell with perf events.
counted() {
	local at=small/cells/$1/$2/$3
	mkdir -p "$at"
	printf '# mmvs-samples 1\n# perf\t%s\n# unit\tns\nx\n1\n' "$4" >"$at/samples.tsv"
	shift 4
	printf '%s\n' '# mmvs-counters 1' 'counter	before	after	delta' "$@" >"$at/counters.tsv"
}

perf_medians() {
	local seed
	small_run
	for seed in 1 2 3; do
		counted b a-case "$seed" hardware "perf.cycles:k	0	$((seed * 100))	$((seed * 100))" "perf_running_pct.cycles:k	0	50	50"
		counted c a-case "$seed" 'software: no PMU here' 'perf.page-faults	0	7	7' 'vmstat.pgfault	1	2	1'
	done
	rm small/cells/b/a-case/3/counters.tsv
	counted b a-case 2 hardware 'perf.cycles:k	0	0	201'
	page perf && has '3 of 6 cells ran with the counters of a PMU' && has '3 of 6 cells ran with software events' &&
		has '| cycles:k | 150.5 | - |' && has '| counted % of the time: cycles:k | 50 | - |' &&
		has '| page-faults | - | 7 |' && hasnt pgfault
}

perf_case_by_case() {
	small_run
	counted b a-case 1 'software: no PMU here' 'perf.task-clock	0	5	5' 'perf.page-faults	0	7	7'
	counted b b-case 1 'software: no PMU here' 'perf.task-clock	0	5	5' 'perf.page-faults	0	7	0'
	page perf && has '2 of 2 cells' &&
		[[ $(tail -n 8 out | paste -sd /) == '| a-case | b |/| --- | --: |/| task-clock | 5 |/| page-faults | 7 |//| b-case | b |/| --- | --: |/| task-clock | 5 |' ]]
}

perf_hostile() {
	small_run
	counted b a-case 1 'off<script>' 'perf.<b>x</b>	0	1	1' 'perf.cycles	0	1	1e999'
	page perf && hasnt '<' && hasnt cycles && has '1 of 1 cells could attach no perf event' || return 1
	sed -i 's/"a-case"/"..\/x"/' small/run.json
	! page perf && grep -q 'not a valid spec' err
}

# took VARIANT SEED STATUS WALL RSS REASON: a cell.json.
took() {
	local at=small/cells/$1/a-case/$2
	mkdir -p "$at"
	jq -n --arg v "$1" --argjson seed "$2" --arg s "$3" --argjson w "$4" --argjson m "$5" --arg why "$6" \
		'{schema: "mmvs-cell 1", spec: "a-case", variant: $v, seed: $seed, status: $s, wall_s: $w, max_rss_kib: $m, reason: $why}' >"$at/cell.json"
}

cost() {
	small_run
	page cost && has 'No cell was run.' || return 1
	took b 1 ok 2.5 2048 ''
	took c 1 ok 1.5 102400 ''
	took c 2 skip 1 1024 'needs <b>two</b> | nodes'
	took c 3 skip 1 1024 'needs <b>two</b> | nodes'
	took c 4 ok 99 1024 ''
	page cost && has '4 cells took 6 s of wall time in all, 1.5 s in the mean; the longest 2.5 s (`a-case`). ' &&
		has 'at most 100 MiB' && has '| a-case | 4 | 6 | 2.5 | 100 |' && has '- `a-case`: needs  b two /b    nodes' &&
		[[ $(grep -c needs out) -eq 1 ]] || return 1
	# A/A lies with the baseline alone; of another cell than its folder says is none.
	took b 11 ok 1 1024 ''
	took c 11 ok 1 1024 ''
	sed -i 's/"seed": 1,/"seed": 3,/' small/cells/c/a-case/1/cell.json
	page cost && has '4 cells took 6 s' && has '1.4 s in the mean'
}

cost_of_golden() {
	"$mmcompare" --page cost golden >out && has '63 cells took 195 s of wall time in all, 3.1 s in the mean' &&
		has 'Their memory was not recorded.' && has '| fault-first-touch | 31 | 96 | 3.1 | - |'
}

# hit SEED HITS BOOT: a cell of b that was measured in time.
hit() {
	mkdir -p "small/cells/b/a-case/$1"
	jq -n --argjson seed "$1" --arg hits "$2" --arg boot "$3" '{schema: "mmvs-cell 1", spec: "a-case", variant: "b", seed: $seed,
		status: "ok", hits: $hits, boot_id: $boot, switches: {involuntary: 2}}' >"small/cells/b/a-case/$1/cell.json"
}

hits() {
	small_run
	page hits && has 'Nothing was measured.' || return 1
	hit 1 'rows=100 switch=1 steal=0 warmup=10 move=0 never-steady' x
	hit 2 'rows=300 switch=2 steal=4 warmup=0 move=0' y
	page hits && has '| `a-case` | b | 2 | 400 | 3 (0.75%) | 4 (1.00%) | 10 (2.50%), never steady in 1 cells | 0 | 4 |' &&
		has 'in 2 boots of the kernel' && has 'is in the intervals.' || return 1
	hit 1 'unknown: no <i>/proc</i>' x
	hit 2 'unknown: no <i>/proc</i>' x
	page hits && has '| b | 2 | unknown: no  i /proc /i  | | | | | 4 |' && has 'in 1 boot of the kernel' && has 'is not in the intervals.'
}

profile() {
	local at="golden/profile/diff/$fault"
	"$mmcompare" golden --format tsv >golden/compare.tsv
	mkdir -p "$at"
	printf '# mmvs-metrics 1\nmetric\tregions\nfault_p50\tfault\nfault_max\tfault,more\n' >"$at/metrics.tsv"
	printf 'fault\tpage\t10.00\t12.00\t+2.00\tone\t+1.50\ttwo\t+0.50\nmore\tpage\t5.00\t5.00\t+0.00\nother\tpage\t1.00\t1.00\t+0.00\tx\t+0.00\n' >"$at/pte-dirty-vma.tsv"
	echo swapbacked-flag >"$at/baseline"
	"$mmcompare" --page profile golden >out 2>err || return 1
	has "pte-dirty-vma, $fault: fault_p50 worse (profiled against swapbacked-flag)" &&
		[[ $(grep -A 3 "$fault: fault_p50 worse" out | tail -n 2) == '- fault, per page: 10.00 -> 12.00 (+2.00): `one` +1.50, `two` +0.50' ]] &&
		has "pte-dirty-vma, $reclaim: " && has '- not profiled' && hasnt 'other, per page'
}

profile_refuses() {
	"$mmcompare" --page profile small >out 2>err
	[[ $? -eq 1 && ! -s out ]] && grep -q 'small/compare.tsv: No such file' err || return 1
	# A spec that is no name opens nothing.
	printf 'spec\tmetric\tvariant\tverdict\n../../x\tm\tb\tbetter\n' >small/compare.tsv
	page profile && has 'No metric is better or worse.'
}

# figures VARIANTS LINE...: a document that asks for these of the made-up run.
figures() {
	printf '%s\n' before "<!-- figures golden $1" "${@:2}" '-->' '| what | was there |' '<!-- figures end -->' after >x.md
	"$mmcompare" --page figures x.md >out 2>err
}

figures_of_golden() {
	"$mmcompare" golden --format tsv >golden/compare.tsv
	figures 'swapbacked-flag pte-dirty-vma' "a fault | $fault | fault_p50" "refaults | $reclaim | refaults" || return 1
	has '| | swapbacked-flag | pte-dirty-vma |' && has '| a fault | 2943 | 3063 **worse** |' && has '| refaults | 0 | 0 ' &&
		hasnt 'was there' && [[ $(sed -n '1p;$p' out | paste -sd ' ') == 'before after' ]] || return 1
	figures pte-dirty-vma "a fault | $fault | fault_p50" " | $fault | fault_p99" " | $reclaim | overshoot" || return 1
	has '| a fault | 2943 | 3063 | +4.08 %' && has '| the same: `fault_p99` |' && has "| $reclaim: \`overshoot\` |" || return 1
	cp out y.md && "$mmcompare" --page figures y.md | cmp - out
}

figures_refuse() {
	! figures other "a | $fault | fault_p50" && grep -qF "x.md:4: golden/compare.tsv has no $fault fault_p50 of other" err &&
		! figures '../none x' 'a | b' && printf '%s\n' '<!-- figures golden x' 'a | b | c' >x.md &&
		! "$mmcompare" --page figures x.md >out 2>err && grep -q 'x.md:2: figures without an end' err &&
		echo '<!-- figures end -->' >x.md && ! "$mmcompare" --page figures x.md >out 2>err && grep -q 'x.md:1: figures end without' err
}

# boot STATUS REASON LINE...: a cell of conformance, its TAP into out.
boot() {
	rm -rf small
	mkdir small
	printf '{"schema":"mmvs-cell 1","status":"%s","reason":"%s"}' "$1" "$2" >small/cell.json
	printf '# tap\t%s\n' 'TAP version 13' '1..9' "${@:3}" >small/samples.tsv
	printf 'x_count\nok 7 - no TAP\n' >>small/samples.tsv
	page tap
}

tap_of_boots() {
	boot ok '' 'ok 1 - fork: a' 'not ok 2 - fork: b' '# why: x' &&
		[[ $(paste -sd / out) == 'TAP version 13/1..3/ok 1 - fork: a/not ok 2 - fork: b/# why: x/ok 3 - guest: ends well, without a splat' ]] &&
		boot failed 'kernel: BUG: x' 'ok 1 - fork: a' &&
		[[ $(tail -n 2 out | paste -sd /) == 'not ok 2 - guest: ends well, without a splat/# why: kernel: BUG: x' ]] &&
		boot skip 'no memcg' && [[ $(paste -sd / out) == 'TAP version 13/1..1/ok 1 - guest: ends well, without a splat # SKIP no memcg' ]] &&
		boot failed "time limit" && rm small/samples.tsv && page tap && has '1..1' && has '# why: time limit'
}

tap_hostile() {
	boot ok '' $'ok 1 - a\033[31m' $'ok 2 - \r# why: b' && [[ $(grep -c $'[\r\033]' out) -eq 0 ]] && has '1..3' &&
		rm small/cell.json && ! page tap && grep -q 'small/cell.json' err
}

# profiled PASS...: a boot under mmcount.so, its rows young and old in turn; the tables into
# small/.
profiled() {
	rm -rf small
	mkdir small
	printf '%s\n' '# mmvs-samples 1' '# unit	insn' \
		'# metric	cost_all	insn	lower	key	sum	cost_insn	scanned_pages	young_pct	cost' \
		'# metric	cost	insn	lower	all	sum	cost_insn	scanned_pages	mapped_pages,pass_index	cost' \
		'# metric	whole	insn	lower	all	sum	cost_insn	-	-	cost' \
		'mapped_pages	young_pct	pass_index	scanned_pages	cost_insn' \
		'10	100	0	10	50' '10	0	1	10	20' '20	100	0	20	100' '20	0	1	20	40' >small/samples.tsv
	printf '%s\n' '# mmvs-passes 1' 'region	insn	string_turns' "$@" >small/passes.tsv
	page passes
}

passes() {
	profiled 'young	50	0' 'old	20	0' 'young	100	0' 'old	40	0' && [[ ! -s out ]] &&
		[[ $(tail -n +2 small/metrics.tsv | paste -sd /) == 'metric	regions/cost_all[young=100]	young/cost_all[young=0]	old/'*'/cost[mapped=20,pass_index=1]	old/whole	young,old' ]] &&
		[[ $(wc -l <small/metrics.tsv) -eq 9 ]] &&
		[[ $(tail -n +2 small/operations.tsv | paste -sd /) == 'region	count	unit/young	30	scanned page/old	30	scanned page' ]]
}

passes_apart() {
	profiled 'young	50	0' 'old	20	0' 'old	1	0' && [[ $(wc -l <small/metrics.tsv) -eq 2 ]] &&
		[[ $(tail -n +3 small/operations.tsv | paste -sd /) == 'young	1	pass/old	2	pass' ]]
}

passes_refuse() {
	local many
	mapfile -t many < <(for ((i = 0; i < 257; i++)); do echo "r$i	1	0"; done)
	! profiled "${many[@]}" && grep -q 'small/passes.tsv: more than 256 regions' err && [[ ! -e small/metrics.tsv ]] &&
		echo '1	2' >>small/samples.tsv && ! page passes && grep -q 'small/samples.tsv:11' err || return 1
	rm small/passes.tsv && profiled 'x	1	0' && rm small/passes.tsv small/metrics.tsv && ! page passes && grep -q 'small/passes.tsv: No such file' err &&
		[[ ! -e small/metrics.tsv ]]
}

check 'perf: medians over seeds, which kind, and when a PMU was shared' perf_medians
check 'perf: what one case counted says nothing of the next, and never counted is left out' perf_case_by_case
check 'perf: lines that are no counters and names that are no names stay out' perf_hostile
check 'cost: its own cells, the longest, the largest, what is skipped' cost
check 'cost: of the made-up run' cost_of_golden
check 'hits: sums and shares, the boots, and why it is not known' hits
check 'profile: by regions of the metric, the functions, and what is not profiled' profile
check 'profile: no table, and a spec that is no name' profile_refuses
check 'passes: what a region counts, and of which metrics it is' passes
check 'passes: rows and passes that do not belong together say nothing of metrics' passes_apart
check 'passes: too many regions, damaged samples and no passes are named' passes_refuse
check 'tap: a boot is a test more, whatever became of it' tap_of_boots
check 'tap: no control characters, and no cell without its JSON' tap_hostile
check 'figures: wide and long tables, and again the same' figures_of_golden
check 'figures: what a run has not, and blocks without an end or a beginning' figures_refuse
echo "1..$n"
exit $((failures > 0))
