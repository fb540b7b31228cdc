#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Hardware beside counted instructions, down to the report: cells in time on this
# machine, whose PMU (there may be none) is made up here, and guests that count.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
plan=6
made_up=4000 # instructions a row of the PMU, in every cell
export FORCE=1 RESULTS=$tmp/results SEEDS=4 PREFLIGHT_REST=0 KERNEL_SRC=
spec=fault-first-touch@map=private,pages=8192
MODE=native RUN=hw PERF=on VARIANTS="private shmem" CASES=$spec scripts/run.sh droppable >"$tmp/log" 2>&1
run=$RESULTS/hw
for f in "$run"/cells/*/*/*/counters.tsv; do
	sed -i '/^perf/d' "$f"
	for e in instructions:u cycles:u instructions:k cycles:k; do
		printf 'perf.%s\t0\t0\t%s\n' "$e" $((8192 * made_up / 2)) >>"$f"
	done
done
unset VARIANTS
# Whatever the nodes of the guests in time were bound to, those that count have as many.
VM_NUMA=host RUN_B=hw scripts/bridge.sh droppable >>"$tmp/log" 2>&1
ok "guests count what was measured in time"

# field LABEL COLUMN of bridge.tsv
field()
{
	awk -F '\t' -v l="$1" -v want="$2" '/^#/ { next } !n { for (n = 1; n <= NF; n++) at[$n] = n; next } $2 == l { print $at[want] }' "$run/bridge.tsv"
}
[ "$(field shmem insn_spec) $(field shmem time_spec)" = "fault-first-touch@map=shmem,pages=8192 fault-first-touch@pages=8192" ] &&
	[ "$(field private hardware)" = $made_up ]
ok "mapping types of the kernel that runs find the guest's specs"
# All of run(): the measured faults, and less than 100 instructions a turn around them, the switching
# on of the events among them.
awk -F '\t' '
	FILENAME ~ /counters/ { if ($1 == "perf.task-clock") total = $4; next }
	/^[0-9]/ { sum += $2; rows++ }
	END { print "# run(): " total ", faults: " sum; exit !(rows == 8192 && total > sum && total < sum + 100 * rows) }' \
	"$RESULTS/hw-insn/cells/swapbacked-flag/$spec/1"/{counters,samples}.tsv >>"$tmp/log"
ok "under icount perf.task-clock is the instructions of all that a case does"
# What events add to a measured fault is what is taken out.
cost=$(sed -n 's/^- Taken out of QEMU.s: \([0-9.]*\) .*/\1/p' "$run/bridge.md")
awk -v cost="${cost:-0}" 'BEGIN { print "# a fault pays " cost; exit !(cost > 20 && cost < 1000) }' >>"$tmp/log"
ok "what the events cost a fault is measured"
awk -v q="$(field private insn)" -v r="$(field private ratio)" -v p=$made_up 'BEGIN { print "# " q, r; d = q * r - p; exit !(q > 1000 && d * d < 1) }' >>"$tmp/log"
ok "the ratio is that of the two"
grep -q '^## Does hardware agree' "$run/report.md" && grep -q '^## Hardware beside time' "$run/report.md" &&
	grep -q "| fault_p50 | row | private | .* | $made_up | $made_up | 1 | 50 |" "$run/report.md"
ok "the report has both tables"
echo "1..$plan"
