#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does hardware agree with counted instructions?  The same cases under QEMU's clock
# and under a PMU, instructions of an operation side by side.
#
# Usage: bridge.sh FAMILY
# MODE=native (default: mapping types on the kernel that runs, beside the family's
# baseline) or kvm (the very kernels of VARIANTS=).  CASES=, SEEDS=, VARIANTS=, KERNEL=
# and what else run.sh knows.  RUN=name: the run in time, name-insn and name-plain those
# that count.  RUN_B=name: a run in time that is there already, of this machine or of
# another one.  Writes bridge.tsv and bridge.md into the run in time, and its report.
# Exit 77 where nothing counts instructions.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "bridge.sh FAMILY"
family=$1 mode=${MODE:-native} scripts=$MMVS_TOP/scripts
# Where a row is a page fault: with perf events and without, what those cost.
probe=fault-first-touch@map=private
[ "$mode" != icount ] || mode=native
[[ $mode =~ ^(native|kvm)$ ]] || die "MODE=$mode: hardware counts under MODE=native or kvm"
need jq
initramfs=$("$scripts/initramfs.sh")
mmbench=$(dirname "$initramfs")/mmbench
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# uncounted: why the PMU does not count instructions of user and kernel here; nothing
# where it does.
uncounted()
{
	"$mmbench" --perf=on --counters="$tmp/counters" "$probe" --pages=64 >"$tmp/samples" 2>/dev/null || true
	[ "$(grep -cE '^perf\.instructions:[uk]'$'\t' "$tmp/counters")" -ne 2 ] || return 0
	echo "$(sed -n 's/^# perf\t//p' "$tmp/samples"), kernel.perf_event_paranoid=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo -); it takes a PMU, and root or paranoid 1"
}

# counted_specs RUN: the guest's names of what was measured in it.
counted_specs()
{
	local spec variant how

	how=$(jq -r .mode "$1/run.json")
	jq -r '. as $r | .specs[] as $s | .variants[].name as $v | [$s, $v] | @tsv' "$1/run.json" |
		while IFS=$'\t' read -r spec variant; do
			check_name spec "$spec"
			check_name variant "$variant"
			[ "$(jq -r .status "$1/cells/$variant/$spec/1/cell.json" 2>/dev/null)" = ok ] || continue
			if [[ $how == native && $variant != running ]]; then
				[[ $spec != *@* ]] || spec=${spec/@/@map=$variant,}
				[[ $spec == *@* ]] || spec+=@map=$variant
			fi
			! "$mmbench" --check-specs "$spec" 2>/dev/null || echo "$spec"
		done | awk '!seen[$0]++'
}

name=${RUN_B:-${RUN:-$(date +%F)-bridge}}
check_name RUN "$name"
time=$MMVS_RESULTS/$name
if [ -n "${RUN_B:-}" ]; then
	[ -s "$time/run.json" ] || die "$time/run.json is missing: RUN_B=$name was not measured"
	mode=$(jq -r .mode "$time/run.json")
else
	why=$(uncounted)
	[ -z "$why" ] || { note "bridge: SKIP, no hardware counter of instructions here: $why"; exit 77; }
	MODE=$mode RUN=$name PERF=on "$scripts/run.sh" "$family" >"$tmp/run" || [ -s "$time/run.json" ] || exit 1
fi
specs=$(counted_specs "$time")
[ -n "$specs" ] || die "$time: nothing was measured in it, so nothing can be counted beside it"
[ "$mode" != native ] || VARIANTS=$(family_conf "$family" baseline)
# Nothing is bound where instructions are counted, but the nodes are the same.
# shellcheck source=scripts/machine.sh
[ "${VM_NUMA:-}" != host ] || VM_NUMA=$(. "$scripts/machine.sh" && memory=${VM_MEMORY:-1G} cpus=${VM_CPUS:-1} && as_host)
export VARIANTS VM_NUMA="${VM_NUMA:-1}" MODE=icount VM_HUGE=
RUN=$name-insn PERF=on CASES="$specs $probe" "$scripts/run.sh" "$family" >"$tmp/run" || [ -s "$MMVS_RESULTS/$name-insn/run.json" ] || exit 1
SEEDS=1 RUN=$name-plain PERF=auto CASES=$probe "$scripts/run.sh" "$family" >"$tmp/run"
mmcompare --bridge "$time" "$MMVS_RESULTS/$name-insn" "$time" "$MMVS_RESULTS/$name-plain"
"$scripts/report.sh" "$time" >/dev/null
cat "$time/bridge.md"
printf '\ntable:  %s\nreport: %s\n' "$time/bridge.tsv" "$time/report.md"
