#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure time on the kernel that runs, without a VM, as root or not.  run.sh hands
# over to it for MODE=native.
#
# Usage: native.sh FAMILY
# VARIANTS="private droppable shmem": mapping types, compared side by side (default),
# or VARIANTS=running: the kernel itself, every case, to compare two kernels with
# 'make compare RUN_A= RUN_B='.  BASELINE=, CASES=, SEEDS=, RUN=, FRESH=1, PERF= as in
# run.sh; CPU=the CPU that cases are pinned to (the last isolated one, or the last),
# TUNE=1 sets what preflight would have set, FORCE=1 goes on where it refuses.
# One cell at a time, in random order.  Prints the run's folder.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/settings.sh
. "$MMVS_TOP/scripts/settings.sh"
# shellcheck source=scripts/native-json.sh
. "$MMVS_TOP/scripts/native-json.sh"
[ $# -eq 1 ] || usage "native.sh FAMILY"
family=$1 seeds=${SEEDS:-5} scripts=$MMVS_TOP/scripts
need jq taskset setsid shuf
[[ $seeds =~ ^[1-9][0-9]{0,2}$ ]] || die "SEEDS=$seeds: a number from 1 to 999"
writable "$MMVS_CACHE" MMVS_CACHE
writable "$MMVS_RESULTS" RESULTS
[ "${JOBS:-1}" = 1 ] || note "MODE=native measures one cell at a time, JOBS=$JOBS or not"
read -ra variants <<<"${VARIANTS:-private droppable shmem}"
maps='^(private|droppable|shmem|private-free|private-redirtied)$'
for v in "${variants[@]}"; do
	[[ ($v =~ $maps) || ($v == running && ${#variants[@]} -eq 1) ]] ||
		die "VARIANTS=$v: MODE=native compares mapping types (private droppable shmem private-free private-redirtied), or measures the kernel as it is (VARIANTS=running, alone)"
done
baseline=${BASELINE:-${variants[0]}}
[[ " ${variants[*]} " == *" $baseline "* ]] || die "BASELINE=$baseline is not among VARIANTS=${variants[*]}"
pin_cpu

initramfs=$("$scripts/initramfs.sh")
built=$(dirname "$initramfs")/mmbench
picked=$(specs_of "$built" "$family" "${CASES:-}")
# Mapping types are what is compared: specs without theirs, each once.
with_map=$("$built" --list | awk '/^[a-z]/ { c = $1 } /^ +--map=/ { print c }')
if [ "$baseline" = running ]; then specs_list=$picked; else
	specs_list=$(while IFS= read -r s; do
		grep -qxF "${s%%@*}" <<<"$with_map" || continue
		sed -E 's/([@,])map=[^,]*(,|$)/\1/; s/[@,]$//; s/@,/@/' <<<"$s"
	done <<<"$picked" | awk '!seen[$0]++')
	left=$(while IFS= read -r s; do grep -qxF "${s%%@*}" <<<"$with_map" || echo "$s"; done <<<"$picked" | paste -sd ' ')
	[ -z "$left" ] || note "without a mapping type, so not compared (VARIANTS=running measures them): $left"
fi
[ -n "$specs_list" ] || die "CASES=${CASES:-quick}: no case of them has mapping types to compare"
mapfile -t specs <<<"$specs_list"

name=${RUN:-$(date +%F)-native}
check_name RUN "$name"
run=$MMVS_RESULTS/$name
mkdir -p "$run"
lock "$run/.lock"
settings_hold
trap settings_release EXIT
preflight=$(FORCE=${FORCE:-0} MODE=native "$scripts/preflight.sh" --json)
# What is measured with stays the same while we measure.
mmbench=$MMVS_CACHE/native/$(digest <"$built")/mmbench
mkdir -p "$(dirname "$mmbench")"
[ -x "$mmbench" ] || { cp "$built" "$mmbench.$$" && mv "$mmbench.$$" "$mmbench"; }
# The kernel that runs: its build-id and version.
kernel=$({ cat /sys/kernel/notes 2>/dev/null; uname -srvm; } | digest)
old=$(jq -r '.variants[0].image_sha256 // ""' "$run/run.json" 2>/dev/null || true)
[[ -z $old || $old == "$kernel" || ${FRESH:-0} == 1 ]] ||
	die "RUN=$name was taken on another kernel; name another run, and compare the two with 'make compare RUN_A=... RUN_B=...'"

# cells: "variant spec seed key", the baseline with seeds of its own besides.
cells()
{
	local v s seed aa

	for ((seed = 1; seed <= seeds; seed++)); do
		for s in "${specs[@]}"; do
			for v in "${variants[@]}" A/A; do
				aa=0
				[ "$v" != A/A ] || v=$baseline aa=1000
				printf '%s\t%s\t%s\t%s\n' "$v" "$s" $((seed + aa)) \
					"$(echo "native $mmbench $kernel $CPU ${PERF:-auto} $v $s $((seed + aa))" | digest)"
			done
		done
	done
}
todo=() shuffled=$(cells | shuf)
while IFS=$'\t' read -r v s seed key; do
	[ "${FRESH:-0}" != 1 ] && grep -qs "\"key\": \"$key\"" "$run/cells/$v/$s/$seed/cell.json" ||
		todo+=("$v"$'\t'"$s"$'\t'"$seed"$'\t'"$key")
done <<<"$shuffled"
note "run $name: $((${#specs[@]} * seeds * (${#variants[@]} + 1))) cells, ${#todo[@]} to measure, CPU $CPU (native)"
failed=0 n=0
# The first cell of a cold machine is nobody's.
[ "${#todo[@]}" -eq 0 ] || taskset -c "$CPU" "$mmbench" fault-first-touch@map=private >/dev/null 2>&1 || true
before=$(native_state)
for line in "${todo[@]}"; do
	IFS=$'\t' read -r v s seed key <<<"$line"
	n=$((n + 1))
	"$scripts/native-cell.sh" "$run" "$mmbench" "$v" "$s" "$seed" "$kernel" "$key" "$n" "${#todo[@]}" || failed=$((failed + 1))
done
after=$(native_state)
native_run_json "$before" "$after" >"$run/run.json.new"
mv "$run/run.json.new" "$run/run.json"
echo "$run"
[ "$failed" -eq 0 ] || { note "$failed of ${#todo[@]} cells failed (the reasons are above and in the report)"; exit 1; }
