#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Run one cell: boot one image with one case and one seed, take the results out.
#
# Usage: vm-run.sh IMAGE_DIR INITRAMFS VARIANT SPEC SEED OUTDIR
# MODE=icount|kvm|tcg (tcg: each vCPU a thread of its own, in real time: for
# races, not for measuring).  VM_MEMORY=1G, VM_CPUS=1, VM_NUMA=nodes (1, 2, 4 or
# a description, see topology.sh) hold unless the case has an option "memory",
# "cpus" or "nodes".  VM_LIMIT=seconds of wall time (180), VM_APPEND=words for
# the kernel, PERF=auto|on|off (bench/guest/run/perf.h), VM_PLUGIN=a TCG plugin
# and its arguments; what it writes (its folder is OUTDIR) stays in the cell.
# VM_KNOWN=what cells.sh knows of QEMU and initramfs already (machine.sh).
# VM_PLACE=, VM_HUGE=, VM_NUMA=host: where on the host it lives (place.sh).
# VM_SNAPSHOT=what snapshot.sh saved for such a VM and seed: go on from there.  In
# icount mode a guest of one node takes a snapshot for itself where it is given none,
# so that it comes to its case with the same TLB; not with a plugin, nor SNAPSHOT=0.
# OUTDIR appears whole or not at all: samples.tsv counters.tsv console.log
# cell.json.  Exit 0 when the cell is ok or skipped, 1 when it failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
[ $# -eq 6 ] || usage "vm-run.sh IMAGE_DIR INITRAMFS VARIANT SPEC SEED OUTDIR"
image=$(realpath "$1") initramfs=$(realpath "$2") variant=$3 spec=$4 seed=$5 out=$6
mode=${MODE:-icount} limit=${VM_LIMIT:-180}
need qemu-system-x86_64 /usr/bin/time timeout jq awk
check_name variant "$variant"
check_name spec "$spec"
[[ $seed =~ ^[0-9]{1,9}$ ]] || die "seed '$seed' is not a number"

machine "$image" "$initramfs" "$spec" "$seed"
[ -z "${VM_PLUGIN:-}" ] || qemu+=(-plugin "$VM_PLUGIN")
command=("${qemu[@]}")

new=$out.new.$$
rm -rf "$new"
mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
put_spec "$spec" "$new"

# guest WORD...: QEMU with these words besides.  Who waits for a guest ends it by
# ending, as much by kill -9 as by a signal.  One that writes for ever meets the file
# size limit ($largest, in KiB).
guest()
{
	local end=(setpriv --pdeathsig KILL)
	ulimit -f "$largest"
	cd "$new"
	exec "${end[@]}" /usr/bin/time -q -o rss -f %M "${end[@]}" timeout -k 5 "$limit" "${end[@]}" "${still[@]}" "${qemu[@]}" \
		-action panic=none "$@" 2>qemu.log
}
start=$(date +%s%N)
status=0 unsaved=
if [[ -z ${VM_SNAPSHOT:-} && $mode = icount && ${SNAPSHOT:-1} = 1 && -z ${VM_PLUGIN:-} && ${#numa[@]} -eq 0 ]]; then
	VM_SNAPSHOT=$new/snapshot
	# A boot without one shows what is wrong; its samples are others.
	"$MMVS_TOP/scripts/snapshot.sh" "$image" "$initramfs" "$spec" "$seed" "$VM_SNAPSHOT" 2>"$new/unsaved" ||
		{ VM_SNAPSHOT='' && unsaved=$(<"$new/unsaved"); }
fi
if [ -n "${VM_SNAPSHOT:-}" ]; then
	saved=$(realpath "$VM_SNAPSHOT")
	qmp_pipes "$new"
	(guest "${incoming[@]}" -object "$(in_memory "$saved/ram" off)" \
		<"$new/to" >"$new/from" 5<"$saved/state") &
	{ qmp_open "$new" && qmp migrate-incoming '{"uri":"fd:5"}' && qmp_wait '*"MIGRATION"*"completed"*' && qmp cont; } || true
	wait "$!" || status=$?
	qmp_close "$new"
	cat "$saved/console.log" "$new/console.log" >"$new/console.whole" && mv "$new/console.whole" "$new/console.log"
elif [ -n "$placed" ]; then
	start_placed "$new" || status=$?
else
	(guest) </dev/null >/dev/null || status=$?
fi
wall_ms=$((($(date +%s%N) - start) / 1000000))

# unpack: the files of the stream; prints the status of its end marker.
unpack()
{
	awk -v dir="$new" '
		NR == 1 { if ($0 != "@mmvs-stream 1") exit; next }
		left > 0 { print > file; left--; next }
		/^@file (samples|counters)\.tsv [0-9]+$/ {
			file = dir "/" $2; left = $3; printf "" > file; next }
		/^@end [0-9]+$/ { print $2; exit }
		{ exit }' "$new/stream"
}

# splat: the first line of the console that a healthy kernel does not print.
splat()
{
	local found
	found=$(tr -d '\000' <"$new/console.log" | grep -aE -m 1 \
		'BUG:|BUG [a-z]|WARNING:|mmbench: kernel: |Oops|Kernel panic|KASAN|KFENCE|UBSAN|INFO: (task|rcu|trying|lockdep)|pagealloc: |bad (pgd|p4d|pud|pmd) |kmemleak: .*([Dd]isabl|pool empty|[Cc]annot)|possible recursive locking|circular locking|inconsistent lock state|general protection|segfault at|kernel BUG at|Call Trace' || true)
	[ -z "$found" ] || tr -cd '\40-\176' <<<"$found" | cut -c 1-200
}

# verdict: "ok", "skip<TAB>reason" or "failed<TAB>reason".
verdict()
{
	local end bad last=
	touch "$new/console.log" "$new/stream"
	bad=$(splat)
	end=$(unpack) || { printf 'failed\tthe results cannot be written to %s (disk full?)' "$MMVS_CACHE" && return; }
	[ "${end:-1}" -eq 0 ] || last=$(tr -cd '\12\40-\176' <"$new/console.log" | sed -n 's/^mmbench: //p' | tail -n 1 | cut -c 1-200)
	# timeout(1) says 124, or 137 where TERM was not enough; so does a killer.
	if [[ $status -eq 124 || $status -eq 137 ]] && [ "$wall_ms" -ge $((limit * 1000)) ]; then
		printf 'failed\ttime limit of %s s' "$limit" && return
	elif [ "$status" -gt 128 ]; then
		printf 'failed\tqemu was killed by signal %s after %s s (by hand, or by the OOM killer: see dmesg)' \
			$((status - 128)) $((wall_ms / 1000)) && return
	fi
	if [ -n "$bad" ]; then
		printf 'failed\tkernel: %s' "$bad"
	elif [ "$status" -ne 0 ]; then
		printf 'failed\tqemu ended with %s: %s' "$status" "$(tail -n 1 "$new/qemu.log" | tr -cd '\40-\176' | cut -c 1-200)"
	elif [ -z "$end" ] && [ "$(free_mib "$new")" -lt 2 ]; then
		printf 'failed\tthe disk of %s is full' "$new"
	elif [ -z "$end" ]; then
		printf 'failed\tno end marker in the results%s' "${last:+ ($last)}"
	elif [ "$end" -eq 77 ]; then
		printf 'skip\t%s' "$(sed -n 's/^# skip\t//p' "$new/samples.tsv" | head -n 1 | tr -cd '\40-\176')"
	elif [ "$end" -ne 0 ]; then
		printf 'failed\tmmbench ended with %s%s' "$end" "${last:+: $last}"
	elif ! [ -s "$new/samples.tsv" ]; then
		printf 'failed\tthe results are empty (disk of %s full?)' "$new"
	elif ! grep -qaix "# hypervisor	$accel.*" "$new/samples.tsv"; then
		printf 'failed\t%s was asked for, but the guest does not run under it' "$accel"
	elif [ -n "$unsaved" ]; then
		printf 'failed\tit boots, but cannot be saved: %s' "$(tr -cd '\40-\176' <<<"$unsaved" | cut -c 1-200)"
	else
		printf 'ok\t'
	fi
}

said=$(verdict)
[[ ${VM_KNOWN:-} == *$'\t'"$initramfs" ]] || VM_KNOWN=$(known_of "$initramfs")
IFS=$'\t' read -r version guest_digest _ <<<"$VM_KNOWN"
IFS=$'\t' read -r state reason <<<"$said"
rss=$(grep -xE '[0-9]+' "$new/rss" || echo 0)
rm -rf "$new"/{stream,rss,spec,snapshot,unsaved}
[ -s "$new/qemu.log" ] || rm -f "$new/qemu.log"
jq -n --arg variant "$variant" --arg spec "$spec" --arg seed "$seed" --arg state "$state" \
	--arg reason "$reason" --arg mode "$mode" --arg accel "$accel" --arg unit "$unit" \
	--arg key "${CELL_KEY:-}" --arg wall "$wall_ms" --arg rss "$rss" --arg exit "$status" --arg snapshot "${VM_SNAPSHOT:-}" --arg placed "$placed" \
	--arg version "$version" --arg initramfs "$guest_digest" --slurpfile image "$image/image.json" \
	'{schema: "mmvs-cell 1", variant: $variant, spec: $spec, case: ($spec | split("@")[0]),
	  seed: ($seed | tonumber), status: $state, reason: $reason, mode: $mode, accel: $accel,
	  unit: $unit, key: $key, image: $image[0].key, image_sha256: $image[0].image_sha256,
	  initramfs_sha256: $initramfs, qemu: $version, snapshot: ($snapshot != ""), command: $ARGS.positional,
	  exit: ($exit | tonumber), wall_s: (($wall | tonumber) / 1000),
	  max_rss_kib: ($rss | tonumber)} + if $placed == "" then {} else {$placed} end' \
	--args -- "${command[@]}" >"$new/cell.json"
[ -s "$new/cell.json" ] || die "$out: cannot write (disk full?)"
[ ! -e "$out" ] || rm -rf "$out"
mv -T "$new" "$out"
[ "$state" != failed ] || { note "FAILED $variant $spec seed $seed: $reason (console: ${CELL_PLACE:-$out}/console.log)"; exit 1; }
