#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Real boots of the baseline's kernel; cells that go wrong on purpose; a whole
# small run with its report, killed in the middle.  TAP; exit status of a step
# decides, its output is the diagnosis.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
run_name=test-e2e-$$
fragment=kernel-patches/config/$run_name.config
trap 'rm -rf "$tmp" "results/$run_name" "results/$run_name-live" "$fragment"' EXIT
plan=22

: >"$tmp/log"
image=$(scripts/kernel-build.sh droppable swapbacked-flag 2>"$tmp/log")
[ -s "$image/bzImage" ] && [ -s "$image/vmlinux" ] && [ -s "$image/System.map" ] && [ -s "$image/.config" ]
ok "the baseline's kernel is there with vmlinux, System.map and .config"
[ -n "$image" ] || { echo "Bail out! no kernel"; exit 1; }
printf '# SPDX-License-Identifier: GPL-2.0-only\nCONFIG_MMVS_NONSENSE=y\n' >"$fragment"
! CONFIG=$run_name scripts/kernel-build.sh droppable swapbacked-flag >"$tmp/log" 2>&1 &&
	grep -q 'error: Kconfig dropped options.*CONFIG_MMVS_NONSENSE=y' "$tmp/log"
ok "an option that Kconfig drops is an error that names it"
initramfs=$(scripts/initramfs.sh)

# cell OUT SPEC SEED
cell()
{
	scripts/vm-run.sh "$image" "$initramfs" swapbacked-flag "$2" "$3" "$tmp/$1" >>"$tmp/log" 2>&1
}
fault="fault-first-touch@map=droppable"
cell a "$fault" 1 & cell b "$fault" 1 & cell c "$fault" 2 &
wait
[ "$(jq -r .status "$tmp/a/cell.json")" = ok ]
ok "a boot of fault-first-touch ends well"
[ "$(grep -c '^[0-9]' "$tmp/a/samples.tsv")" -eq 8192 ] && grep -q 'latency_insn' "$tmp/a/samples.tsv"
ok "8192 samples in instructions"
cmp "$tmp/a/samples.tsv" "$tmp/b/samples.tsv" >>"$tmp/log" && cmp "$tmp/a/counters.tsv" "$tmp/b/counters.tsv" >>"$tmp/log"
ok "the same seed gives the same bytes, side by side on all cores"
! cmp -s "$tmp/a/samples.tsv" "$tmp/c/samples.tsv"
ok "another seed gives others"
scripts/snapshot.sh "$image" "$initramfs" selftest@mode=ok 1 "$tmp/snapshot" >>"$tmp/log" 2>&1 && export VM_SNAPSHOT=$tmp/snapshot
cell g reclaim-proactive@map=private,share=25,pages=512 1; cell h "$fault" 1
unset VM_SNAPSHOT
cmp "$tmp/a/samples.tsv" "$tmp/h/samples.tsv" >>"$tmp/log" && cmp "$tmp/a/counters.tsv" "$tmp/h/counters.tsv" >>"$tmp/log" &&
	[ "$(jq -c '[.status, .snapshot]' "$tmp/h/cell.json")" = '["ok",true]' ]
ok "on from another's boot, behind another spec, the bytes are those of a boot of its own"
VM_NUMA=2 cell d "$fault" 1 & VM_NUMA=2 cell e "$fault" 1 &
wait
cmp "$tmp/d/samples.tsv" "$tmp/e/samples.tsv" >>"$tmp/log" && cmp "$tmp/d/counters.tsv" "$tmp/e/counters.tsv" >>"$tmp/log" &&
	[ "$(jq -r .status "$tmp/d/cell.json")" = ok ]
ok "with two NUMA nodes too"
awk '$1 == "vmstat.pgfault" && $4 >= 8192 { found = 1 } END { exit !found }' "$tmp/a/counters.tsv"
ok "vmstat agrees: at least one fault a page"

# fails SPEC REASON: the cell must fail, say why and stay on disk.
fails()
{
	rm -rf "$tmp/f"
	if cell f "$1" 1; then return 1; fi
	[ "$(jq -r .status "$tmp/f/cell.json")" = failed ] && [ -e "$tmp/f/console.log" ] &&
		jq -r .reason "$tmp/f/cell.json" | tee -a "$tmp/log" | grep -qF "$2"
}
fails selftest@mode=panic "kernel: "; ok "a guest that panics is reported"
VM_LIMIT=15 fails selftest@mode=hang "time limit of 15 s"; ok "a guest that hangs is reported"
fails selftest@mode=no-marker "no end marker"; ok "a guest that writes no marker is reported"
fails selftest@mode=splat "WARNING"; ok "a kernel warning is reported"
fails selftest@mode=fail "planted failure"; ok "a case that fails is reported, with its reason"
fails selftest@mode=crash "134"; ok "a case that is killed by a signal is reported"
fails no-such-case "no case"; ok "a case that does not exist is reported"
rm -rf "$tmp/s"; cell s selftest@mode=skip 1
[ "$(jq -r '.status + " " + .reason' "$tmp/s/cell.json" | tee -a "$tmp/log")" = "skip planted skip" ]
ok "a skip is neither a failure nor a result"

# A run of its own seeds' cells, killed while it measures, then taken up.
export RUN=$run_name VARIANTS=swapbacked-flag SEEDS=2 JOBS=2
export CASES="fault-first-touch@map=private,pages=512 reclaim-proactive@map=droppable,pages=2048,share=25"
setsid env FRESH=1 scripts/run.sh droppable >>"$tmp/log" 2>&1 &
leader=$!
disown
for ((i = 0; i < 600; i++)); do
	! pgrep -s "$leader" -x qemu-system-x86 >/dev/null || break
	sleep 0.1
done
[ "$i" -lt 600 ] && kill -KILL -- "-$leader"
killed=$?
sleep 1
[ "$killed" -eq 0 ] &&
	scripts/run.sh droppable >>"$tmp/log" 2>&1 &&
	[ "$(find "results/$run_name/cells" -name cell.json | wc -l)" -eq 8 ]
ok "a run that was killed with SIGKILL goes on and gets all its cells"
scripts/run.sh droppable >"$tmp/again" 2>&1 && grep -q ' 8 cells, 0 to measure' "$tmp/again"
ok "the next run boots nothing"
# Two jobs of six cells: with the first cell told, not half of them may be done.
told=$(CASES=$(printf 'bystander-brk@pairs=%s ' 1 2 3 4 5 6) FRESH=1 SEEDS=1 RUN=$run_name-live \
	scripts/run.sh droppable 2>&1 >/dev/null | tee -a "$tmp/log" | while IFS= read -r line; do
	[[ $line != *"cell 1 of "* ]] || wc -l <"results/$run_name-live/.done"
done)
rm -rf "results/$run_name-live"
echo "$told" >>"$tmp/log"
[ "${told:-99}" -le 3 ]
ok "progress is told cell by cell, not job by job"
scripts/report.sh "results/$run_name" >"$tmp/table" 2>>"$tmp/log" && [ -s "results/$run_name/mail.txt" ] &&
	[ -s "results/$run_name/report.md" ] && [ -s "results/$run_name/plots/effects.png" ] && grep -q overshoot "$tmp/table"
ok "the report, the mail and the plots are made"
[ -z "$(awk 'length > 72' "results/$run_name/mail.txt")" ] && ! LC_ALL=C grep -q '[^ -~]' "results/$run_name/mail.txt"
ok "the mail is ASCII of at most 72 columns"
echo "1..$plan"
