#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure: every variant x spec x seed as a cell, through GNU parallel.
#
# Usage: run.sh FAMILY
# VARIANTS="a b" as in variant.sh, or all (what family.conf says), BASELINE=, CASES=quick (default), full, or
# "glob ..." (lib.sh: specs_of), SEEDS=5, MODE=icount|kvm|tcg (tcg: time on an emulator, for
# calibration), JOBS=cores (1 where time is measured), SEEDS=auto (run-auto.sh), RUN=name, FRESH=1, PERF=auto|on|off: perf events around each measurement,
# HOSTS=file: on other machines (fleet.sh), ENGINE=slurm: on a cluster's (slurm.sh), SNAPSHOT=0: boot each cell for itself (vm-run.sh),
# STEPS=1: the one variant named, after each of its patches.
# Prints the run's folder.  Exit 1 when a cell failed; the others are there.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "run.sh FAMILY"
family=$1 mode=${MODE:-icount} seeds=${SEEDS:-5} fleet='' slurm=
check_engine "$mode"
[ "$seeds" != auto ] || exec "$(dirname "$0")/run-auto.sh" "$family"
case $mode in native | metal) exec "$(dirname "$0")/$mode.sh" "$family" ;; esac
need parallel jq qemu-system-x86_64 git
scripts=$MMVS_TOP/scripts
writable "$MMVS_CACHE/cells" MMVS_CACHE
writable "$MMVS_RESULTS" RESULTS
[[ $seeds =~ ^[1-9][0-9]{0,2}$ ]] || die "SEEDS=$seeds: a number from 1 to 999, or auto"
[[ ${JOBS:-1} =~ ^[1-9][0-9]{0,3}$ ]] || die "JOBS=$JOBS: how many cells at a time, 1 or more"
[[ ${PERF:-auto} =~ ^(auto|on|off)$ ]] || die "PERF=$PERF: use auto, on or off"
case $mode in icount) jobs=${JOBS:-$(nproc)} ;; kvm | tcg) jobs=1 ;;
*) die "MODE=$mode: use icount (anywhere), kvm (after a probe), tcg (an emulator's time), native (the kernel that runs) or metal (variant kernels on this machine)" ;; esac
[ -z "${HOSTS:-}" ] || fleet=$("$scripts/fleet.sh" --check "$HOSTS")
[ "${ENGINE:-local}" != slurm ] || slurm=$("$scripts/slurm.sh" --check)

run_words "$family"
"$scripts/images.sh" --resolve "$family" "${words[@]}"
initramfs=$("$scripts/initramfs.sh")
mmbench=$(dirname "$initramfs")/mmbench
initramfs=$(frozen "$initramfs")
picked=$(specs_of "$mmbench" "$family" "${CASES:-}")
mapfile -t specs <<<"$picked"
"$mmbench" --check-specs "${specs[@]}" || die "CASES=${CASES:-quick}: not measured (above is why)"
# shellcheck source=scripts/machine.sh
. "$scripts/machine.sh"
placements=$(MODE=$mode place_specs "${specs[@]}")
declare -A images infos placement
while IFS=$'\t' read -r spec where; do placement[$spec]=$where; done <<<"$placements"
table=$("$scripts/images.sh" "$family" "${words[@]}")
variants=()
while IFS=$'\t' read -r word v image info; do
	variants+=("$v")
	images[$v]=$image infos[$v]=$info
	[ "$word" != "$baseline_word" ] || baseline=$v
	[ -n "${MMVS_PLAN:-}" ] || "$scripts/boots.sh" "$image" "$initramfs" "$v" </dev/null
done <<<"$table"

name=${RUN:-$(date +%F)-$(git -C "$MMVS_TOP" rev-parse --short HEAD 2>/dev/null || echo nogit)}
check_name RUN "$name"
run=$MMVS_RESULTS/$name
mkdir -p "$run"
lock "$run/.lock"
clean_work
if [ "$mode" = kvm ]; then
	preflight=$(MODE=kvm "$scripts/preflight.sh" --json)
	note "probing KVM with a boot of the real guest"
	probe=$MMVS_CACHE/cells/work/probe.$$
	trap 'rm -rf "$probe"' EXIT
	MODE=kvm VM_LIMIT=10 "$scripts/vm-run.sh" "${images[$baseline]}" "$initramfs" "$baseline" \
		selftest@mode=ok 1 "$probe" ||
		die "KVM does not boot our guest here (the reason is above); use MODE=icount, which needs no hardware"
fi

# shellcheck source=scripts/first-look.sh
. "$scripts/first-look.sh"
# shellcheck source=scripts/run-cells.sh
. "$scripts/run-cells.sh"
# shellcheck source=scripts/run-json.sh
. "$scripts/run-json.sh"
write_run_json >"$run/run.json.new"
mv "$run/run.json.new" "$run/run.json"
"$scripts/criteria.sh" "$family" >"$run/criteria"

# measure PART: the jobs of the first look, or the others.
measure()
{
	local files=("$jobs_of/$1"-*) status=0
	[ -e "${files[0]}" ] || return 0
	# Ungrouped: a job is minutes long, and its words are lines, or the line of a terminal.
	"${tie[@]}" parallel --will-cite --quote --ungroup --jobs "$jobs" --joblog "+$run/joblog.tsv" \
		--halt never exec "$scripts/cells.sh" "$run" '{}' ::: "${files[@]}" >&2 || status=$?
	[ "$status" -le "$ended" ] || ended=$status
	[ ! -t 2 ] || echo >&2
}

share_out
[ -z "${MMVS_PLAN:-}" ] || { echo "$total $boots"; exit 0; }
[ -z "$fleet" ] || jobs="$(awk -F '\t' '{ n += $2 } END { print n }' <<<"$fleet") on $(wc -l <<<"$fleet") hosts"
[ -z "$slurm" ] || jobs="${slurm% *} on ${slurm#* } nodes of Slurm"
note "run $name: $(wc -l <"$list") cells, $total to measure after $boots boots, $jobs at a time ($mode)"
ended=0
if [ "$total" -gt 0 ]; then
	export MODE=$mode CELLS_TOTAL=$total
	if [ -n "$fleet" ]; then
		echo "$fleet" >"$run/.hosts"
		"$scripts/fleet.sh" "$run" "$run/.hosts" "$jobs_of"/* >&2 || ended=$?
	elif [ -n "$slurm" ]; then
		"$scripts/slurm.sh" "$run" "$jobs_of"/* >&2 || ended=$?
	else
		rm -f "$run/joblog.tsv"
		measure first
		[[ $ended -gt 101 || ! -e $run/joblog.tsv ]] || first_look
		[ "$ended" -gt 101 ] || measure rest
	fi
fi
# Those of a job that was killed are nobody's.
done=$(wc -l <"$run/.done")
failed=$(($(wc -l <"$run/.failed") + total - done))
# Above 101 it was parallel itself that ended, by a signal or for want of something.
if [ "$ended" -gt 101 ]; then
	rm -rf "$list" "$jobs_of" "$run"/.{done,failed,hosts,look}
	sleep 0.3 # its guests are on their way out
	clean_work
	die "run $name ended early: $((total - failed)) of $total cells are kept, and the same command goes on from there"
fi
rm -rf "$list" "$jobs_of" "$run"/.{done,failed,hosts,look}
echo "$run"
[ "$failed" -eq 0 ] || { note "$failed of $total cells failed (the reasons are above and in the report); each stays in $run/cells with its console"; exit 1; }
