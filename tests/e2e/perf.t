#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Perf events around a measurement and a whole command under hyperfine, in real
# boots of the baseline's kernel.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
plan=8

image=$(scripts/kernel-build.sh droppable swapbacked-flag 2>"$tmp/log")
initramfs=$(scripts/initramfs.sh)
guest=$(scripts/workloads.sh "$image" "$initramfs" 2>>"$tmp/log")
[ -s "$guest" ] || { echo "Bail out! no initramfs with hyperfine: $(tail -n 1 "$tmp/log")"; exit 1; }
# cell OUT INITRAMFS SPEC
cell()
{
	scripts/vm-run.sh "$image" "$2" swapbacked-flag "$3" 1 "$tmp/$1" >>"$tmp/log" 2>&1
}
# counter CELL NAME: how far it rose.
counter()
{
	awk -F '\t' -v name="$2" '$1 == name { print $4 }' "$tmp/$1/counters.tsv"
}
fault="fault-first-touch@map=droppable"
PERF=on cell on "$initramfs" "$fault" & cell off "$initramfs" "$fault" &
wait
PERF=on cell reclaim "$initramfs" reclaim-proactive@map=droppable,share=25 &
cell command "$guest" workload@name=droppable-selftest &
wait
grep -q $'^# perf\tsoftware: no PMU' "$tmp/on/samples.tsv" && [ "$(counter on perf.page-faults)" = 8192 ]
ok "PERF=on: without a PMU software events are counted: a fault a page"
grep -q $'^# perf\toff: ' "$tmp/off/samples.tsv" && ! grep -q '^perf' "$tmp/off/counters.tsv"
ok "PERF=auto: nothing is attached while instructions are counted"
! cmp -s "$tmp/on/samples.tsv" "$tmp/off/samples.tsv"
ok "an event costs instructions, which is why"
[ "$(counter reclaim perf.mm_vmscan_memcg_reclaim_begin)" -gt 1 ] &&
	[ "$(counter reclaim perf.mm_vmscan_memcg_reclaim_begin)" = "$(counter reclaim perf.mm_vmscan_memcg_reclaim_end)" ] &&
	[ "$(counter reclaim vmstat.pswpout)" -gt 0 ] &&
	[ "$(counter reclaim perf.mm_vmscan_write_folio)" -ge "$(counter reclaim vmstat.pswpout)" ]
# pswpout does not count pages of zeroes, which take no room in swap.
ok "vmscan's tracepoints: reclaims begin and end, no page goes to swap unwritten"
! PERF=maybe cell no "$initramfs" "$fault" && grep -q 'PERF=maybe' "$tmp/log"
ok "another word than on, off or auto is refused"
[ "$(jq -r .status "$tmp/command/cell.json")" = ok ] && [ "$(grep -c '^[0-9]' "$tmp/command/samples.tsv")" -eq 5 ]
ok "hyperfine's five runs of the kernel's selftest are rows"
cell bare "$initramfs" workload@name=droppable-selftest
[ "$(jq -r .status "$tmp/bare/cell.json")" = skip ] && jq -r .reason "$tmp/bare/cell.json" | grep -q hyperfine
ok "without hyperfine in the guest it skips and says so"
conf=$tmp/x.conf
echo 'title = no command' >"$conf"
! awk -f bench/guest/workloads.awk "$conf" >"$tmp/h" 2>>"$tmp/log" && grep -q 'x: a workload has a title and a command' "$tmp/log"
ok "a workload without a command does not build"
echo "1..$plan"
