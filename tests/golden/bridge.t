#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hardware beside counted instructions, on runs that are made up here: what a PMU would
# have counted is written down, and with it what the tables must say.  TAP.
#
# Usage: MMCOMPARE=path tests/golden/bridge.t
set -uo pipefail
# shellcheck source=tests/golden/lib.bash
. "$(dirname "$0")/lib.bash"

# run_json NAME MODE UNIT VARIANTS SPECS
run_json()
{
	mkdir -p "$1"
	jq -n --arg name "$1" --arg mode "$2" --arg unit "$3" --arg variants "$4" --arg specs "$5" '{schema: "mmvs-run 1", name: $name,
		date: "2026-01-01T12:00:00Z", mmvs_commit: "0", command: "made up by tests/golden/bridge.t", family: "droppable",
		baseline: ($variants | split(" ")[0]), steps: false, mode: $mode, accel: "none", unit: $unit, delta_pct: 1, alpha: 0.05,
		kernel: {version: "6.12.1", source: "made up", base_commit: ""},
		variants: ($variants | split(" ") | map({name: ., title: "", mechanism: "", expect: "", commit: "", image_sha256: "", patches: []})),
		config_differs: [], specs: ($specs | split(" ")), seeds: [1, 2, 3, 4, 5], aa_seeds: [], initramfs_sha256: "",
		host: {cpu: "made up", cores: 1}, vm: {}}' >"$1/run.json"
}

# cell RUN VARIANT SPEC SEED COST: ten operations of COST each, in the clock of the run.
cell()
{
	local dir=$1/cells/$2/$3/$4 unit=insn

	[[ $1 != time ]] || unit=ns
	mkdir -p "$dir"
	printf '{"schema":"mmvs-cell 1","variant":"%s","spec":"%s","seed":%s,"status":"ok","reason":"","unit":"%s"}\n' \
		"$2" "$3" "$4" "$unit" >"$dir/cell.json"
	{
		printf '# mmvs-samples 1\n# spec\t%s\n# unit\t%s\n# clock_cost\t0\n' "$3" "$unit"
		case $3 in
		fault*)
			printf '# clocked\tlatency_%s\n# metric\tfault_p50\t%s\tlower\tkey\tp50\tlatency_%s\t-\t-\tx\nlatency_%s\n' "$unit" "$unit" "$unit" "$unit"
			for _ in {1..10}; do echo "$5"; done ;;
		scan)
			printf '# metric\tscan_cost\t%s\tlower\tkey\tsum\tcost_%s\tmapped_pages\tyoung_pct\tx\ncost_%s\tmapped_pages\tyoung_pct\n' "$unit" "$unit" "$unit"
			printf '%s\t10\t0\n%s\t10\t100\n' "$5" "$5" ;;
		*)
			printf '# metric\tcost_per_freed\t%s\tlower\tkey\tsum\tcost_%s\tfreed_pages\t-\tx\ncost_%s\tfreed_pages\n' "$unit" "$unit" "$unit"
			printf '%s\t10\n' $((10 * $5)) ;;
		esac
	} >"$dir/samples.tsv"
	printf '# mmvs-counters 1\ncounter\tbefore\tafter\tdelta\n' >"$dir/counters.tsv"
}

# count RUN VARIANT SPEC SEED EVENT VALUE
count()
{
	printf 'perf.%s\t0\t%s\t%s\n' "$5" "$6" "$6" >>"$1/cells/$2/$3/$4/counters.tsv"
}

# both LABEL CASE QEMU PMU: instructions of an operation in either run; the PMU's
# scatter by a thousandth.
both()
{
	local seed spec=$2@map=$1 pmu

	for seed in 1 2 3 4 5; do
		cell insn base "$spec" "$seed" $(($3 + 100))
		count insn base "$spec" "$seed" task-clock $((10 * $3 + 1000))
		count insn base "$spec" "$seed" page-faults 10
		cell time "$1" "$2" "$seed" $(($4 / 2))
		pmu=$(($4 * 10 + $4 * (seed - 3) / 100))
		count time "$1" "$2" "$seed" instructions:u 1000
		count time "$1" "$2" "$seed" instructions:k $((pmu - 1000))
		count time "$1" "$2" "$seed" cycles:u 2000
		count time "$1" "$2" "$seed" cycles:k $((2 * pmu - 2000))
	done
}

make_runs()
{
	local c m seed specs=

	for c in fault reclaim; do for m in private droppable shmem; do specs+="$c@map=$m "; done; done
	run_json insn icount insn base "${specs% }"
	run_json plain icount insn base fault@map=private
	run_json time native ns "private droppable shmem" "fault reclaim"
	both private fault 3000 3100
	both droppable fault 3300 3410
	both shmem fault 6000 4030
	both private reclaim 1000 1000
	both droppable reclaim 900 1100
	both shmem reclaim 1001 1002
	for seed in 1 2 3 4 5; do cell plain base fault@map=private "$seed" 3000; done
}

# field CASE LABEL COLUMN of bridge.tsv
field()
{
	awk -F '\t' -v c="$1" -v l="$2" -v want="$3" '/^#/ { next } !n { for (n = 1; n <= NF; n++) at[$n] = n; next }
		$1 == c && $2 == l { print $at[want] }' time/bridge.tsv
}

# says NAME "CASE LABEL COLUMN VALUE"...: TAP, of bridge.tsv
says()
{
	local name=$1 c l column value wrong=0

	shift
	while read -r c l column value; do
		[[ $(field "$c" "$l" "$column") == "$value" ]] ||
			{ echo "# $c $l: $column is $(field "$c" "$l" "$column"), not $value"; wrong=1; }
	done < <(printf '%s\n' "$@")
	ok "$wrong" "$name"
}

bridge()
{
	"$mmcompare" --bridge time insn time "$@" 2>err
}

# refuses NAME TEXT RUN...: exit 1, and the text
refuses()
{
	local name=$1 text=$2

	shift 2
	"$mmcompare" --bridge time "$@" 2>err
	[[ $? -eq 1 ]] && grep -qF -- "$text" err
	ok $? "$name"
	comment err
}

figures()
{
	bridge plain
	ok $? 'of three runs: exit status'
	says 'instructions of an operation in QEMU and on the PMU, and their ratio' 'fault private insn 3000' \
		'fault private hardware 3100' 'fault private ratio 1.03333' 'fault private cycles 6200' \
		'reclaim droppable per freed_pages' 'reclaim droppable ratio 1.22222'
	check 'what events cost is taken out' grep -q 'Taken out of QEMU.s: 100 instructions a page fault' time/bridge.md
	check 'the table has its columns' md_tables time/bridge.md
	says 'effects that agree, that agree in direction alone, and that do not' 'fault private agree base' \
		'fault droppable agree yes' 'fault shmem agree direction' 'reclaim shmem agree yes' 'reclaim droppable agree no' \
		'reclaim droppable insn_verdict better' 'reclaim droppable hardware_verdict worse'
	check 'and how many of each' grep -q 'Of 4 comparisons 2 agree, 1 in direction alone, 1 do not, 0 are open' time/bridge.md
	bridge
	says 'without a run that has no events their cost stays in' 'fault private insn 3100'
	check 'and it is said' grep -q 'Not taken out of QEMU' time/bridge.md
}

unproven()
{
	local seed

	for seed in 1 2 3 4 5; do
		sed -i "s/^perf.instructions:k.*/perf.instructions:k\t0\t0\t$((seed * 9000))/" "time/cells/droppable/fault/$seed/counters.tsv"
		sed -i '/^perf.instructions:u/d' "time/cells/shmem/fault/$seed/counters.tsv"
		printf 'perf.instructions:u\t0\t0\t1e999\nperf.instructions:k\t0\t0\t-5\nperf.cycles:u\t\033[2J\n' >"time/cells/shmem/reclaim/$seed/counters.tsv"
	done
	bridge plain
	says 'what scatters is open, what one side lacks or is no number is missing' 'fault droppable agree open' \
		'fault shmem agree missing' 'fault shmem hardware ' 'reclaim shmem agree missing'
	check 'no control characters' no_escapes time/bridge.md
}

refusals()
{
	make_runs
	refuses 'the first run counts instructions' 'the first run is one that counts instructions' time insn
	refuses 'the second is in time' 'the second run is one in time' insn insn
	refuses 'two runs are needed' 'a bridge is between' insn
	refuses 'a folder that is no run' 'none/run.json' insn none
	find time -name counters.tsv -exec sed -i '/^perf.instructions:k/d' {} +
	refuses 'a run without a PMU is named, with the mend' 'it takes a PMU, and root or sysctl kernel.perf_event_paranoid=1' insn time
	make_runs
	find insn -name counters.tsv -delete
	refuses 'a run that counted nothing, too' 'measure with MODE=icount PERF=on' insn time
	run_json other native ns private elsewhere
	refuses 'nothing in common' 'have no case in common' insn other
}

beside_time()
{
	local seed

	make_runs
	for seed in 1 2 3 4 5; do
		count time private fault "$seed" dTLB-load-misses:u 5
		count time private fault "$seed" dTLB-load-misses:k 15
		printf 'perf_running_pct.dTLB-load-misses:k\t0\t50\t50\n' >>"time/cells/private/fault/$seed/counters.tsv"
	done
	run_json time native ns "private droppable shmem" "fault reclaim scan"
	cell time private scan 1 50
	count time private scan 1 cycles:u 100
	count time private scan 1 cycles:k 300
	"$mmcompare" time --format hardware >out
	ok $? 'hardware beside time: exit status'
	check 'cycles, instructions and misses of a row' grep -qF '| fault_p50 | row | private | 1550 | 6200 | 3100 | 0.5 | 96.7742 | 2 | - |' out
	check 'and of a page' grep -qF '| cost_per_freed | freed_pages | droppable | 550 | 2200 | 1100 |' out
	check 'of a metric in groups, a row of all of them' grep -qF '| (in groups) | row | private | - | 200 | - |' out
	check 'that the PMU was shared' grep -qF 'in as little as 50 % of the time' out
	check 'the tables have their columns' md_tables out
	"$mmcompare" time --format html >page
	ok $? 'the page of such a run: exit status'
	check 'it has the table, once a case' [ "$(grep -c '<summary>Hardware beside time' page)" -eq 3 ]
	check 'with the same figures' grep -qE '<th scope=row>fault_p50</th><td>row</td><td>private</td>.*>6200</td>.*>96.7742</td>' page
	check 'and what was shared' grep -qF 'in as little as 50 % of the time' page
	"$mmcompare" insn --format hardware >out
	[[ $? -eq 0 && ! -s out ]]
	ok $? 'nothing where instructions are counted'
}

# Guests under KVM: variants and specs by their names; and VARIANTS=running, whose specs
# name mapping types.
by_name()
{
	local mode v seed spec

	for mode in kvm native; do
		rm -rf insn time
		v="base other" spec="fault@map=private"
		[[ $mode == kvm ]] || v=running spec="fault@map=private,pages=10 fault@map=shmem,pages=10"
		run_json insn icount insn "${v/running/base}" "$spec"
		run_json time "$mode" ns "$v" "$spec"
		for v in $v; do for spec in $spec; do for seed in 1 2 3 4 5; do
			cell time "$v" "$spec" "$seed" 3000
			cell insn "${v/running/base}" "$spec" "$seed" 3000
			count insn "${v/running/base}" "$spec" "$seed" task-clock 30000
			count time "$v" "$spec" "$seed" instructions:u 10000
			count time "$v" "$spec" "$seed" instructions:k 20000
		done; done; done
		bridge
		ok $? "$mode: exit status"
		[[ $mode == kvm ]] || break
		says 'KVM: variants by their names' 'fault@map=private other ratio 1' 'fault@map=private other agree yes'
	done
	says 'the kernel that runs: mapping types by their names' 'fault@pages=10 private agree base' 'fault@pages=10 shmem agree yes'
}

make_runs
figures
unproven
refusals
beside_time
by_name
echo "1..$n"
[[ $failures -eq 0 ]]
