#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What mmvs reads of a NUMA machine, on a kernel that has the tables and not a folder of
# files: Debian's own, on two nodes with a CPU each and one of memory alone, as CXL has it,
# whose SLIT and HMAT QEMU makes.  A boot of half a minute.  As root.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/metal/lib.bash
. tests/metal/lib.bash
scripts/initramfs.sh >"$tmp/log" 2>&1 || skip_all "mmbench does not build: $(tail -n 1 "$tmp/log")"
echo "1..6"

mkdir "$tmp/root"
tar -xf "$debian" -C "$tmp/root" || exit 1
mkdir "$tmp/root/mmvs"
cp -r scripts build/guest/mmbench "$tmp/root/mmvs/"
cat >"$tmp/root/probe.sh" <<'GUEST'
#!/bin/bash
mount -t proc proc /proc
mount -t tmpfs tmp /tmp
exec </dev/null >/dev/ttyS1 2>/tmp/errors
export HOME=/tmp MMVS_CACHE=/tmp/cache
mkdir /tmp/cache
cd /mmvs || exit 1
. scripts/lib.sh
. scripts/host-numa.sh
echo "numa $(host_numa | jq -c .)"
memory=3G cpus=2
echo "as-host $(as_host)"
MODE=native scripts/preflight.sh --json | jq -r '.[] | "preflight \(.check): \(.found)"'
./mmbench --unit=ns numa-fault@map=private,nodes=2,cpus=2,pages=64 | sed 's/^/fault /'
./mmbench --unit=ns numa-fault@map=private,nodes=4,cpus=2,pages=64 | sed -n 's/^# skip/skip/p'
sed 's/^/error /' /tmp/errors
echo o >/proc/sysrq-trigger
sleep 60
GUEST
chmod +x "$tmp/root/probe.sh"
make_disk 2G

# shellcheck disable=SC2054 # QEMU's commas
machine=(-machine q35,hmat=on -m 1536M -smp 2,sockets=2,cores=1,threads=1)
for node in 0 1 2; do
	machine+=(-object "memory-backend-ram,size=512M,id=m$node" -numa "node,nodeid=$node,memdev=m$node,initiator=$((node % 2))")
done
# shellcheck disable=SC2054 # the same
machine+=(-numa cpu,node-id=0,socket-id=0 -numa cpu,node-id=1,socket-id=1
	-numa dist,src=0,dst=1,val=21 -numa dist,src=0,dst=2,val=40 -numa dist,src=1,dst=2,val=50)
# hmat INITIATOR TARGET READ_NS WRITE_NS READ_MBS WRITE_MBS
hmat()
{
	local lb=hmat-lb,initiator=$1,target=$2,hierarchy=memory
	machine+=(-numa "$lb,data-type=read-latency,latency=$3" -numa "$lb,data-type=write-latency,latency=$4"
		-numa "$lb,data-type=read-bandwidth,bandwidth=$5M" -numa "$lb,data-type=write-bandwidth,bandwidth=$6M")
}
hmat 0 0 100 110 20000 10000
hmat 1 1 120 130 18000 9000
hmat 0 2 250 300 5000 2500
timeout -k 5 300 qemu-system-x86_64 -nodefaults -no-user-config -display none -nic none "${machine[@]}" -accel tcg,thread=multi -cpu max \
	-kernel "$tmp/vmlinuz" -initrd "$tmp/initrd" -append "root=/dev/vda rw init=/probe.sh console=ttyS0 loglevel=4" \
	-drive "file=$tmp/disk,format=raw,if=virtio" -serial "file:$tmp/console" -serial "file:$tmp/serial" </dev/null >"$tmp/log" 2>&1
status=$?
tr -d '\r' <"$tmp/serial" >"$tmp/said"
cat "$tmp/said" >>"$tmp/log"
[ "$status" -eq 0 ] && grep -q '^numa ' "$tmp/said" && ! grep '^error ' "$tmp/said" | grep -qv 'preflight refuses\|mmbench: SKIP'
ok "the machine boots and says what it has, without an error"
sed -n 's/^numa //p' "$tmp/said" >"$tmp/numa"
cat "$tmp/numa" >>"$tmp/log"
[ "$(jq -r '.[] | [.node, .cpus, .distances] | join("/")' "$tmp/numa" | paste -sd ' ')" = "0/0/10 21 40 1/1/21 10 50 2//40 50 10" ]
ok "nodes, CPUs and SLIT, also of the node without a CPU"
cat "$tmp/numa" >>"$tmp/log"
[ "$(jq -r '.[] | [.read_ns, .write_ns, .read_mbs, .write_mbs] | join("/")' "$tmp/numa" | paste -sd ' ')" = "100/110/20000/10000 120/130/18000/9000 250/300/5000/2500" ] &&
	jq -e 'all(.tier | test("^[0-9]+$"))' "$tmp/numa" >>"$tmp/log"
ok "HMAT's latency and bandwidth as the machine has them, and a tier for each node"
cat "$tmp/said" >>"$tmp/log"
[ "$(sed -n 's/^as-host //p' "$tmp/said")" = "1024M,cpus=0 1024M,cpus=1 1024M 0,1=21 0,2=40 1,2=50" ]
ok "VM_NUMA=host describes a guest with these nodes"
grep '^preflight' "$tmp/said" >>"$tmp/log"
grep -qE '^preflight free-memory: node0 [0-9]+ MiB, node1 [0-9]+ MiB, node2 [0-9]+ MiB$' "$tmp/said" &&
	grep -q '^preflight accelerator: TCG' "$tmp/said" && grep -q 'preflight refuses MODE=native: accelerator' "$tmp/said"
ok "preflight says what is free on each node, and that an emulator is no clock"
grep '^fault\|^skip' "$tmp/said" >>"$tmp/log"
# Each of two CPUs stores to memory of each of three nodes, and to all of them in turn (3).
[ "$(sed -n 's/^fault //p' "$tmp/said" | grep -v '^#' | awk -F '\t' 'NR > 1 { n[$1 "-" $2]++ } END { for (k in n) print k ":" n[k] }' | sort | paste -sd ' ')" = \
	"0-0:64 0-1:64 0-2:64 0-3:64 1-0:64 1-1:64 1-2:64 1-3:64" ] && grep -q '^skip' "$tmp/said"
ok "numa-fault measures every CPU against every memory; four nodes with CPUs are not there"
