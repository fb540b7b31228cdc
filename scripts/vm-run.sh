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
# OUTDIR appears whole or not at all: samples.tsv counters.tsv console.log
# cell.json.  Exit 0 when the cell is ok or skipped, 1 when it failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 6 ] || usage "vm-run.sh IMAGE_DIR INITRAMFS VARIANT SPEC SEED OUTDIR"
image=$(realpath "$1") initramfs=$(realpath "$2") variant=$3 spec=$4 seed=$5 out=$6
mode=${MODE:-icount} limit=${VM_LIMIT:-180}
need qemu-system-x86_64 /usr/bin/time timeout jq awk
check_name variant "$variant"
check_name spec "$spec"
[[ $seed =~ ^[0-9]{1,9}$ ]] || die "seed '$seed' is not a number"

# shape KEY DEFAULT FORM: a case's options "cpus", "nodes" and "memory" shape its VM.
shape()
{
	[[ $spec =~ [@,]$1=($3)(,|$) ]] && echo "${BASH_REMATCH[1]}" || echo "$2"
}
# shellcheck source=scripts/topology.sh
. "$MMVS_TOP/scripts/topology.sh"
topology "$(shape nodes "${VM_NUMA:-1}" '[A-Za-z0-9._+-]+')" "$(shape memory "${VM_MEMORY:-1G}" '[0-9]+[GM]?')" \
	"$(shape cpus "${VM_CPUS:-1}" '[0-9]+')"

qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
	-nic none -sandbox "on,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
	-m "$memory" -smp "$cpus" -seed "$seed"
	-kernel "$image/bzImage" -initrd "$initramfs" "${numa[@]}")
append="console=ttyS0 loglevel=${VM_LOGLEVEL:-5} panic=-1 oops=panic reboot=t page_alloc.shuffle=1"
case $mode in
icount)
	# String instructions are a loop turn a byte in TCG: have the kernel
	# use its unrolled loops (README: what the figures mean).  Calibrating
	# the local APIC timer polls a port, 2.5 s of wall time under TCG:
	# ticks come from the PIT instead, not the HPET, which as QEMU has it
	# ticks twice as fast as asked in periodic mode.  Proving that the
	# PIT's interrupt arrives spins for 50 ms on PAUSE, which leaves TCG's
	# loop each time (1.7 s); the PM timer, read 10000 times, is not used.
	accel=tcg unit=insn
	qemu+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off"
		-cpu "max,-erms,-fsrm,-la57" -rtc "base=2026-01-01,clock=vm")
	append+=" clearcpuid=rep_good nolapic_timer hpet=disable no_timer_check pmtmr=0 tsc=reliable" ;;
kvm)
	accel=kvm unit=ns
	qemu+=(-accel kvm -cpu host) ;;
tcg)
	# The default machine's table of interrupts is a loop for the kernel to
	# interpret, on which a debug kernel gives up after 30 s; q35's is a list.
	accel=tcg unit=ns
	qemu+=(-machine q35 -accel "tcg,thread=multi" -cpu max) ;;
*) die "MODE=$mode: use icount, kvm or tcg" ;;
esac
perf=${PERF:-auto}
[[ $perf =~ ^(auto|on|off)$ ]] || die "PERF=$perf: use auto, on or off"
[ "$perf" = auto ] || append+=" MMVS_PERF=$perf"
append+="${VM_APPEND:+ $VM_APPEND} MMVS_UNIT=$unit -- $spec"
[ -z "${VM_PLUGIN:-}" ] || qemu+=(-plugin "$VM_PLUGIN")

new=$out.new.$$
rm -rf "$new"
mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
# Who waits for a guest ends it by ending, as much by kill -9 as by a signal.
end=(setpriv --pdeathsig KILL)
# ioeventfd=off: the device answers within the instruction that asks, so that
# no thread of the host has a say in the guest's timeline.
qemu+=(-serial file:console.log
	-device "virtio-serial-pci,ioeventfd=off" -chardev "file,id=results,path=stream"
	-device "virtserialport,chardev=results,name=org.mmvs.results"
	-append "$append")

start=$(date +%s%N)
status=0
# A guest that writes for ever meets the file size limit (128 MiB).
(ulimit -f 131072 && cd "$new" && exec "${end[@]}" /usr/bin/time -q -o rss -f %M \
	"${end[@]}" timeout -k 5 "$limit" "${end[@]}" "${qemu[@]}") \
	</dev/null >"$new/qemu.log" 2>&1 || status=$?
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
	tr -d '\000' <"$new/console.log" | grep -aE -m 1 \
		'BUG:|BUG [a-z]|WARNING:|mmbench: kernel: |Oops|Kernel panic|KASAN|KFENCE|UBSAN|INFO: (task|rcu|trying|lockdep)|pagealloc: |bad (pgd|p4d|pud|pmd) |kmemleak: .*([Dd]isabl|pool empty|[Cc]annot)|possible recursive locking|circular locking|inconsistent lock state|general protection|segfault at|kernel BUG at|Call Trace' |
		tr -cd '\40-\176' | cut -c 1-200 || true
}

# verdict: "ok", "skip<TAB>reason" or "failed<TAB>reason".
verdict()
{
	local end bad last
	touch "$new/console.log" "$new/stream"
	bad=$(splat)
	end=$(unpack) || { printf 'failed\tthe results cannot be written to %s (disk full?)' "$MMVS_CACHE" && return; }
	last=$(tr -cd '\12\40-\176' <"$new/console.log" | sed -n 's/^mmbench: //p' | tail -n 1 | cut -c 1-200)
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
	else
		printf 'ok\t'
	fi
}

said=$(verdict)
IFS=$'\t' read -r state reason <<<"$said"
rss=$(grep -xE '[0-9]+' "$new/rss" || echo 0)
rm -f "$new/stream" "$new/rss"
[ -s "$new/qemu.log" ] || rm -f "$new/qemu.log"
jq -n --arg variant "$variant" --arg spec "$spec" --arg seed "$seed" --arg state "$state" \
	--arg reason "$reason" --arg mode "$mode" --arg accel "$accel" --arg unit "$unit" \
	--arg key "${CELL_KEY:-}" --arg wall "$wall_ms" --arg rss "$rss" --arg exit "$status" \
	--arg version "$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')" \
	--arg initramfs "$(digest <"$initramfs")" --slurpfile image "$image/image.json" \
	'{schema: "mmvs-cell 1", variant: $variant, spec: $spec, case: ($spec | split("@")[0]),
	  seed: ($seed | tonumber), status: $state, reason: $reason, mode: $mode, accel: $accel,
	  unit: $unit, key: $key, image: $image[0].key, image_sha256: $image[0].image_sha256,
	  initramfs_sha256: $initramfs, qemu: $version, command: $ARGS.positional,
	  exit: ($exit | tonumber), wall_s: (($wall | tonumber) / 1000),
	  max_rss_kib: ($rss | tonumber)}' \
	--args -- "${qemu[@]}" >"$new/cell.json"
[ -s "$new/cell.json" ] || die "$out: cannot write (disk full?)"
mkdir -p "$(dirname "$out")"
rm -rf "$out"
mv -T "$new" "$out"
[ "$state" != failed ] || { note "FAILED $variant $spec seed $seed: $reason (console: ${CELL_PLACE:-$out}/console.log)"; exit 1; }
