#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# MODE=native: the running kernel, without a VM, down to the report.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
plan=10
export MODE=native FORCE=1 RESULTS=$tmp/results RUN=native SEEDS=4 VARIANTS="private shmem" CPU="" PREFLIGHT_REST=0
CPU=$(taskset -cp $$ | sed 's/.*[-, ]//')
export CASES="fault-first-touch@map=private fault-first-touch@map=private,pages=512 scan-aging@map=private"
scripts/run.sh droppable >"$tmp/log" 2>&1
run=$tmp/results/native
ls "$run/cells"/*/fault-first-touch*/*/samples.tsv >>"$tmp/log" 2>&1 &&
	[ "$(jq -r .unit "$run"/cells/*/fault-first-touch*/1/cell.json | sort -u)" = ns ]
ok "faults are measured in ns"
jq -e '.preflight | length > 10 and all(.state == "ok" or .state == "warn" or .state == "refuse")' "$run/run.json" >>"$tmp/log" 2>&1
ok "the run carries what preflight saw"
jq -se 'length == 12 and all((.status == "ok") or (.status == "skip" and (.reason | length > 5)))' \
	"$run"/cells/*/scan-aging*/*/cell.json >>"$tmp/log" 2>&1
ok "what this machine lacks is skipped with the reason"
scripts/report.sh "$run" >>"$tmp/log" 2>&1 && grep -q 'fault_p50' "$run/report.md" && grep -q ' ns' "$run/report.md" &&
	grep -q '^## Was the machine fit to measure time' "$run/report.md" && grep -q '^## What fell into the samples' "$run/report.md"
ok "report.md has the figures, and says what the machine was like"
MODE=native VARIANTS=nosuch scripts/run.sh droppable >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q 'compares mapping types' "$tmp/log"
ok "a variant that is no mapping type is refused, with what there is"

# The same in a guest: an emulator's time; and KVM asks preflight first.
unset CPU
export VARIANTS=swapbacked-flag CASES=fault-first-touch@map=private,pages=512 SEEDS=1
MODE=tcg RUN=tcg scripts/run.sh droppable >"$tmp/log" 2>&1 && jq -e '.unit == "ns" and .accel == "tcg" and .mode == "tcg"' "$tmp/results/tcg/run.json" >>"$tmp/log" &&
	[ "$(jq -r '.unit + " " + .status' "$tmp"/results/tcg/cells/*/*/*/cell.json | sort -u)" = "ns ok" ]
ok "MODE=tcg: a guest's faults in ns"

# affinity: of each placed guest the folder, and what each of its threads may run on.
affinity()
{
	local p t
	for p in $(pgrep -x qemu-system-x86); do
		! tr '\0' ' ' <"/proc/$p/cmdline" | grep -q ' -S -qmp stdio ' ||
			{ readlink "/proc/$p/cwd"; for t in "/proc/$p/task"/*; do sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$t/status"; done; } | paste -sd ' '
	done 2>/dev/null
}

# A guest that has a place: the affinities seen while it runs are in $tmp/seen.
unplaced=$(jq -r .key "$tmp"/results/tcg/cells/*/*/1/cell.json)
FRESH=1 MODE=tcg VM_PLACE=on RUN=placed scripts/run.sh droppable >"$tmp/log" 2>&1 &
while kill -0 $! 2>/dev/null; do affinity; sleep 0.1; done | sort -u >"$tmp/seen"
wait $!
cell=$tmp/results/placed/cells/swapbacked-flag/$CASES/1/cell.json
{ jq .placed "$cell"; cat "$tmp/seen"; } >>"$tmp/log" 2>&1
all=$(taskset -cp $$ | sed 's/.*: //')
[[ $(jq -r .placed "$cell") =~ ^ram\ on\ node\ [0-9]+\;\ vCPUs\ on\ CPU\ ([0-9]+),\ other\ threads\ on\ (any|[0-9,]+)$ ]] &&
	awk -v key="$(jq -r .key "$cell")" -v cpu="${BASH_REMATCH[1]}" -v others="${BASH_REMATCH[2]}" -v all="$all" '
		index($1, key) { n = free = 0; for (i = 2; i <= NF; i++) { n += $i == cpu; free += $i == all } }
		index($1, key) && NF > 2 && (cpu == all || (n == 1 && free == (others == "any" ? NF - 2 : 0))) { found = 1 }
		END { exit !found }' "$tmp/seen"
ok "MODE=tcg VM_PLACE=on: one thread of the guest runs on the CPU that the cell names, the others elsewhere"
[ "$(jq -r .key "$cell")" != "$unplaced" ] &&
	jq -e '.command | join(" ") | test("memory-backend-ram,id=ram,size=1G,prealloc=on,host-nodes=[0-9]+,policy=bind -machine memory-backend=ram")' "$cell" >>"$tmp/log"
ok "its memory is there and bound, and it is another cell than one that is not placed"
mkdir -p "$tmp/bare/proc" # a machine without /dev/kvm or huge pages
cp /proc/{cpuinfo,stat,swaps} "$tmp/bare/proc/"
VM_HUGE=1G MODE=tcg VM_PLACE=on RUN=huge PREFLIGHT_ROOT=$tmp/bare scripts/run.sh droppable >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q 'node 0 of the host has 0 pages free, the guest needs 1; .*: echo 1 >/sys/' "$tmp/log" && [ ! -e "$tmp/results/huge" ]
ok "huge pages that are not there are missed before the first boot"
FORCE=0 MODE=kvm RUN=kvm PREFLIGHT_ROOT=$tmp/bare scripts/run.sh droppable >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q 'preflight refuses MODE=kvm: .*accelerator' "$tmp/log" && [ ! -e "$tmp/results/kvm/run.json" ]
ok "MODE=kvm: what preflight refuses is not measured"
echo "1..$plan"
