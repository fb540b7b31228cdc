#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# MODE=native: the running kernel, without a VM, down to the report.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
plan=7
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
mkdir -p "$tmp/bare/proc" # a machine without /dev/kvm
cp /proc/{cpuinfo,stat,swaps} "$tmp/bare/proc/"
FORCE=0 MODE=kvm RUN=kvm PREFLIGHT_ROOT=$tmp/bare scripts/run.sh droppable >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q 'preflight refuses MODE=kvm: .*accelerator' "$tmp/log" && [ ! -e "$tmp/results/kvm/run.json" ]
ok "MODE=kvm: what preflight refuses is not measured"
echo "1..$plan"
