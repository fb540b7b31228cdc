#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Boot once for many cells: run a guest until it asks for its spec, and save it.
#
# Usage: snapshot.sh IMAGE_DIR INITRAMFS SPEC SEED DIR
# For every spec that wants the same VM as SPEC (machine.sh: shape_of); the words of
# vm-run.sh hold.  DIR gets ram, state and console.log, or is not there (exit 1).
#
# The machine stops right behind the store that says "ready" (bench/guest/run/handin.c),
# its RAM is a file that those who go on map privately, its devices' state is 360 kB.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
[ $# -eq 5 ] || usage "snapshot.sh IMAGE_DIR INITRAMFS SPEC SEED DIR"
image=$(realpath "$1") initramfs=$(realpath "$2") dir=$5
need qemu-system-x86_64 socat timeout
[ "${MODE:-icount}" = icount ] || die "MODE=$MODE: only a clock that counts instructions can be stopped"
machine "$image" "$initramfs" "$3" "$4"
[ "${#numa[@]}" -eq 0 ] || die "NUMA nodes have memory of their own, which is not saved"
rm -rf "$dir"
mkdir -p "$dir"
trap 'rm -rf "$dir"' EXIT
put_spec "" "$dir"
truncate -s "$memory" "$dir/ram"
cd "$dir"
ulimit -f 131072 # as in vm-run.sh; the RAM is there already
# What is shared stays out of the stream: those who go on bring their own.
qemu=("${qemu[@]/mem-path=spec,share=off/mem-path=spec,share=on}")
end=(setpriv --pdeathsig KILL)
"${end[@]}" socat -u UNIX-LISTEN:socket,unlink-early CREATE:state &
receiver=$!
for ((tries = 0; tries < 1000; tries++)); do
	[ ! -S socket ] || break
	sleep 0.01
done
qmp_pipes .
"${end[@]}" timeout -k 5 "${VM_LIMIT:-60}" "${end[@]}" "${still[@]}" "${qemu[@]}" -action panic=pause -qmp stdio \
	-machine memory-backend=ram -object "$(in_memory ram on)" <to >from 2>qemu.log &
guest=$!
saved=0
if qmp_open . && qmp_wait '*"STOP"*' && qmp migrate '{"uri":"unix:socket"}' &&
	qmp_wait '*"MIGRATION"*"completed"*' && qmp quit; then
	saved=1
fi
wait "$guest" || saved=0
[ "$saved" -eq 1 ] || kill "$receiver" 2>/dev/null || true
wait "$receiver" || saved=0
[ "$saved" -eq 1 ] || die "no snapshot after the boot: $(tail -n 1 qemu.log) (its console: $(tail -n 1 console.log | tr -cd '\40-\176'))"
qmp_close .
rm -f stream spec qemu.log
trap - EXIT
