#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# MODE=metal on a machine that QEMU plays: Debian with its own kernel on a disk, which
# carries out a plan of six boots of two stacks.  In one the kernel panics, in one the
# measuring never ends; the others come home and are compared.  As root, for mmdebstrap
# keeps owners.  TAP.
#
# METAL_LOG=file: what became of the boots and what the console said, for
# results/reference/metal; METAL_CONSOLE=file: all of the console.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
here=$PWD/tests/metal
trap '[ -z "${vm:-}" ] || kill "$vm" 2>/dev/null; rm -rf "$tmp"' EXIT
# shellcheck source=tests/metal/lib.bash
. "$here/lib.bash"
export PATH RESULTS=$tmp/results MODE=metal RUN=test-of-metal SEEDS=2
export VARIANTS="swapbacked-flag swapbacked-accounted" FORCE=1 METAL_LIMIT=${METAL_LIMIT:-480} METAL_WAIT=3 METAL_REST=1
# An emulator that gets no CPU for a minute is no kernel that hangs.
export METAL_APPEND="watchdog_thresh=60 sysctl.kernel.hung_task_timeout_secs=600"
export CASES="fault-first-touch@map=droppable,pages=512 fault-first-touch@map=private,pages=512"

echo "1..9"

# The machine's configuration is the small kernel's and what Debian needs of a disk.
small=$(CONFIG=small scripts/kernel-build.sh droppable swapbacked-flag 2>"$tmp/log")
cat "$small/.config" "$here/machine.config" >"$tmp/config"
export HOST_CONFIG=$tmp/config LSMOD=$here/machine.lsmod MMVS_METAL=$MMVS_CACHE/metal/$RUN
rm -rf "$MMVS_METAL"
scripts/run.sh droppable >"$tmp/out" 2>"$tmp/log" </dev/null &&
	[ ! -s "$tmp/out" ] && grep -q '6 boots of 2 kernels' "$tmp/log" && grep -q 'REBOOT=1 starts' "$tmp/log"
ok "a plan of six boots; without REBOOT=1 nothing goes down"
awk -F '\t' '{ v[int(($1 - 1) / 3)] = v[int(($1 - 1) / 3)] " " $2 (($3 > 1000) ? "/aa" : "") } END { for (b in v) print v[b] }' "$MMVS_METAL/boots.tsv" |
	while read -ra block; do printf '%s\n' "${block[@]}" | sort | paste -sd ' '; done | sort -u >>"$tmp/log"
[ "$(cat "$tmp/log")" = "swapbacked-accounted swapbacked-flag swapbacked-flag/aa" ]
ok "each block of boots has every variant and A/A once"
config=$(CONFIG=host MMVS_CACHED=1 scripts/kernel-build.sh droppable swapbacked-flag)/.config
grep -E 'VIRTIO_BLK|EXT4_FS=|BTRFS_FS=' "$config" >"$tmp/log"
grep -qx 'CONFIG_VIRTIO_BLK=y' "$config" && grep -qx 'CONFIG_EXT4_FS=y' "$config" && ! grep -q '^CONFIG_BTRFS_FS=' "$config"
ok "CONFIG=host: loaded modules are built in, the others left out"

# The machine: that Debian, the plan, and what this test plants in it.
panics=$(awk 'NR == 2 { print $1 }' "$MMVS_METAL/boots.tsv") hangs=$(awk 'NR == 5 { print $1 }' "$MMVS_METAL/boots.tsv")
# plant NAME CONDITION COMMAND: a unit of the machine.
plant()
{
	printf '[Unit]\nDescription=planted: %s\n%s\n[Service]\nExecStart=/bin/sh -c "%s"\nStandardOutput=journal+console\n' "$1" "$2" "$3" >"$root/etc/systemd/system/$1.service"
	ln -s "../$1.service" "$root/etc/systemd/system/multi-user.target.wants/"
}
root=$tmp/root
mkdir "$root"
tar -xf "$debian" -C "$root" || exit 1
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/var/lib/mmvs"
cp -r "$MMVS_METAL" "$root/var/lib/mmvs/machine"
at=/var/lib/mmvs/machine
echo '/dev/vda / ext4 rw 0 1' >"$root/etc/fstab"
plant begin "ConditionPathExists=!$at/log.tsv" "$at/tree/scripts/metal-boot.sh start $at"
plant panic "ConditionKernelCommandLine=mmvs.boot=$panics" "until ls $at/boots/$panics/cells/*/*/*; do sleep 0.2; done; echo c >/proc/sysrq-trigger"
plant hang "ConditionKernelCommandLine=mmvs.boot=$hangs" "until pkill -STOP -f metal-[c]ells; do sleep 0.1; done; echo mmvs-test: stopped what measures"
plant over "ConditionKernelCommandLine=!mmvs.boot" "until [ -e $at/run/run.json ] && [ ! -e $at/started ]; do sleep 1; done; poweroff"
make_disk 3G

# QEMU's -kernel is the boot loader: whatever resets the machine, this kernel is next.
console=${METAL_CONSOLE:-$tmp/console}
note "the machine boots, for an hour at most; $console shows it"
timeout -k 5 "${METAL_TEST_LIMIT:-3600}" qemu-system-x86_64 -nodefaults -no-user-config -display none -nic none -m 1G -smp 2 -accel tcg,thread=multi -cpu max \
	-kernel "$tmp/vmlinuz" -initrd "$tmp/initrd" -append "root=/dev/vda rw console=ttyS0 loglevel=4" \
	-drive "file=$tmp/disk,format=raw,if=virtio,cache=writeback" -serial "file:$console" </dev/null >"$tmp/log" 2>&1 &
vm=$!
wait "$vm"
status=$?
vm=
grep -a 'mmvs\|panic' "$console" | tail -n 20 >>"$tmp/log"
[ "$status" -eq 0 ]
ok "the machine carries the plan out and is done"
debugfs -R "rdump $at $tmp" "$tmp/disk" >"$tmp/log" 2>&1
home=$tmp/machine
cat "$home/log.tsv" >>"$tmp/log" 2>&1
[ "$(cut -f 4 "$home/run/boots.tsv" | sed 1d | sort | uniq -c | awk '{ print $2 $1 }' | paste -sd ' ')" = "done4 lost2" ] &&
	[ "$(awk -F '\t' '$4 == "lost" { print $1 }' "$home/run/boots.tsv" | paste -sd ' ')" = "$panics $hangs" ]
ok "a panic costs one boot, and so does one that hangs; four are measured"
grep -aq 'Kernel panic - not syncing: sysrq triggered crash' "$console" && grep -aq 'mmvs-test: stopped what measures' "$console"
ok "they were what was planted"
debugfs -R "ls -p /etc/systemd/system" "$tmp/disk" >"$tmp/log" 2>&1
[ -s "$home/log.tsv" ] && grep -q multi-user "$tmp/log" && ! grep -q mmvs-metal "$tmp/log"
ok "no unit of the plan is left"

# Home: what the machine measured is all that comes back.
rm -rf "$MMVS_METAL/run"
cp -r "$home/run" "$MMVS_METAL/run"
scripts/run.sh droppable >"$tmp/out" 2>"$tmp/log"
run=$RESULTS/$RUN
[ "$(cat "$tmp/out")" = "$run" ] && jq -es --arg kernel "Linux $theirs" '
	(map(select(.status == "ok")) | length) == 8 and (map(select(.status == "failed")) | length) == 4 and all(.mode == "metal" and .unit == "ns") and
	(map(select(.status == "ok").boot_id) | unique | length) == 4 and (map(select(.status == "failed") | .reason | test("did not come back")) | all)' "$run"/cells/*/*/*/cell.json >>"$tmp/log" &&
	[ "$(jq -r .host.kernel "$run/run.json")" = "Linux $theirs" ]
ok "the results come home: a boot a seed, and the lost ones say so"
scripts/report.sh "$run" >>"$tmp/log" 2>&1 && grep -q 'fault_p50' "$run/report.md" && grep -q '^## Boots' "$run/report.md" &&
	[ "$(grep -c '| lost |' "$run/report.md")" -eq 2 ]
ok "the report has figures of both stacks, and the boots"
if [ -n "${METAL_LOG:-}" ]; then
	{ cat "$run/boots.tsv"; echo; grep -aE '\] ?[^ ]*(metal-boot.sh|sh)\[[0-9]+\]: mmvs|Kernel panic|Rebooting in|reboot: ' "$console" | tr -cd '\12\40-\176'; } >"$METAL_LOG"
fi
rm -rf "$MMVS_METAL"
