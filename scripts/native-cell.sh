#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One cell on the kernel that runs: mmbench as an ordinary program, pinned to a CPU.
#
# Usage: native-cell.sh RUN_DIR MMBENCH VARIANT SPEC SEED KERNEL_SHA256 KEY [NUMBER OF]
# VARIANT is a mapping type, or "running" (the spec as it is), or with MODE=metal the name
# of the kernel that runs.  CPU=number, NATIVE_LIMIT=seconds (60), PERF=auto|on|off.
# Exit 1 when the cell failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 7 ] || usage "native-cell.sh RUN_DIR MMBENCH VARIANT SPEC SEED KERNEL_SHA256 KEY [NUMBER OF]"
run=$1 mmbench=$2 variant=$3 spec=$4 seed=$5 kernel=$6 key=$7 limit=${NATIVE_LIMIT:-60}
need /usr/bin/time timeout taskset jq
place=$run/cells/$variant/$spec/$seed
new=$place.new.$$
rm -rf "$place".new.*
mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
map=() pin=() mode=native
[ "${MODE:-}" != metal ] || mode=metal
[[ $variant == running || $mode == metal ]] || map=("--map=$variant")
case ${spec%%@*} in
# Threads that must not share one CPU place themselves.
fault-parallel | munmap-bystander | api-mmap | numa-*) ;;
*) pin=(taskset -c "${CPU:?}") ;;
esac

# refused: why a case is left to guests: it takes all memory, or the machine.
refused()
{
	case $spec in
	oom-* | lru-gen-* | selftest* | conform* | workload* | bystander-swap* | bystander-page-cache* | reclaim-kswapd* | numa-kswapd*)
		echo "it fills or changes the whole machine: in guests only" ;;
	*memory=*) echo "it wants a machine of that size: in guests only" ;;
	esac
}

: >"$new/console.log"
status=0 state=ok reason=$(refused)
started=$(date +%s%N)
if [ -n "$reason" ]; then
	status=77 command=()
	printf '# mmvs-samples 1\n# spec\t%s\n# unit\tns\n# skip\t%s\n' "$spec" "$reason" >"$new/samples.tsv"
else
	command=("${pin[@]}" "$mmbench" --unit=ns --counters="$new/counters.tsv" --perf="${PERF:-auto}" "$spec" "${map[@]}")
	(ulimit -f 131072 && exec /usr/bin/time -q -o "$new/rss" -f '%M %w %c' timeout -k 5 "$limit" \
		setpriv --pdeathsig KILL "${command[@]}") </dev/null >"$new/samples.tsv" 2>"$new/console.log" || status=$?
fi
wall_ms=$((($(date +%s%N) - started) / 1000000))
last=$(tr -cd '\12\40-\176' <"$new/console.log" | sed -n 's/^mmbench: //p' | tail -n 1 | cut -c 1-200)
case $status in
0) grep -q '^# hypervisor' "$new/samples.tsv" || state=failed reason="the results are empty (disk of $run full?)" ;;
77) state=skip reason=$(sed -n 's/^# skip\t//p' "$new/samples.tsv" | head -n 1 | tr -cd '\40-\176') ;;
2)
	# The case has no such mapping type: not measured, which is no failure.
	state=skip reason=${last:-wrong usage}
	printf '# mmvs-samples 1\n# spec\t%s\n# unit\tns\n# skip\t%s\n' "$spec" "$reason" >"$new/samples.tsv" ;;
124 | 137) state=failed reason="time limit of $limit s" ;;
*) state=failed reason="mmbench ended with $status${last:+: $last}" ;;
esac
read -r rss waits switches <<<"$(tail -n 1 "$new/rss" 2>/dev/null || echo 0 0 0)"
# Pinned is pinned: a row from elsewhere would be another machine's.
moved=$(sed -n 's/^# hits\t.* move=\([0-9]*\).*/\1/p' "$new/samples.tsv" | head -n 1)
if [[ $state == ok && ${#pin[@]} -gt 0 && ${moved:-0} -gt 0 ]]; then
	state=failed reason="$moved rows were measured on another CPU than $CPU, which it was pinned to"
fi
rm -f "$new/rss"
[ -s "$new/console.log" ] || rm -f "$new/console.log"
jq -n --arg variant "$variant" --arg spec "$spec" --arg seed "$seed" --arg state "$state" --arg reason "$reason" \
	--arg key "$key" --arg kernel "$kernel" --arg mode "$mode" --arg wall "$wall_ms" --arg rss "${rss:-0}" --arg exit "$status" \
	--arg waits "${waits:-0}" --arg switches "${switches:-0}" --arg started "$started" \
	--arg boot "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)" \
	--arg cpu "$([ "${#pin[@]}" -eq 0 ] || echo "$CPU")" --arg hits "$(sed -n 's/^# hits\t//p' "$new/samples.tsv" | head -n 1)" \
	'{schema: "mmvs-cell 1", variant: $variant, spec: $spec, case: ($spec | split("@")[0]),
	  seed: ($seed | tonumber), status: $state, reason: $reason, mode: $mode, accel: "none", unit: "ns",
	  key: $key, image: "", image_sha256: $kernel, initramfs_sha256: "", qemu: "", command: $ARGS.positional,
	  exit: ($exit | tonumber), wall_s: (($wall | tonumber) / 1000), max_rss_kib: ($rss | tonumber),
	  started_ns: ($started | tonumber), boot_id: $boot, cpu: $cpu, hits: $hits,
	  switches: {voluntary: ($waits | tonumber), involuntary: ($switches | tonumber)}}' \
	--args -- "${command[@]}" >"$new/cell.json"
[ -s "$new/cell.json" ] || die "$place: cannot write (disk full?)"
rm -rf "$place"
mv -T "$new" "$place"
[ "$state" != failed ] || { note "FAILED $variant $spec seed $seed: $reason"; exit 1; }
[ $# -lt 9 ] || [ -t 2 ] || note "cell $8 of $9: $variant $spec seed $seed, $state, $((wall_ms / 1000)).$(printf %03d $((wall_ms % 1000))) s"
