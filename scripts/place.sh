# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # machine.sh's and vm-run.sh's variables
# Where on the host a guest of MODE=kvm lives: a CPU for each vCPU, memory of that
# CPU's node, all of it there before the guest starts.  machine.sh sources it.
#
# VM_PLACE=on|off (on under kvm, off under tcg, never under icount, whose guests have
# no use for it), VM_HUGE=2M|1G (huge pages that the host has reserved), VM_NUMA=host
# (nodes and distances of the host).  PREFLIGHT_ROOT=a folder to read in place of /.
# shellcheck source=scripts/host-nodes.sh
. "$MMVS_TOP/scripts/host-nodes.sh"

# is_placed: is this guest one that is placed?
is_placed()
{
	local by_mode=off
	[ "${MODE:-icount}" != kvm ] || by_mode=on
	[[ ${VM_PLACE:-$by_mode} =~ ^(on|off)$ ]] || die "VM_PLACE=$VM_PLACE: use on or off"
	[[ -z ${VM_HUGE:-} || $VM_HUGE =~ ^(2M|1G)$ ]] || die "VM_HUGE=$VM_HUGE: use 2M or 1G"
	[[ ${MODE:-icount} != icount && ${VM_PLACE:-$by_mode} = on ]] && return 0
	[ -z "${VM_HUGE:-}" ] || die "VM_HUGE=$VM_HUGE: huge pages are for a guest that is placed (MODE=kvm)"
	return 1
}

# placing: before topology(); is this guest placed, and with the nodes of the host?
placing()
{
	pinned=() placed='' mirror=$nodes place='' largest=131072
	if is_placed; then place=place; fi
	[[ $nodes != host || -z $place ]] || nodes=$(as_host)
	[ "$nodes" != host ] || die "VM_NUMA=host is for a guest that is placed (MODE=kvm)"
}

# place: after topology(); gives the backends in the array numa their node of the host,
# sets pinned (the CPU of each vCPU) and placed (what was done, in words).
place()
{
	local all node list i at of=() free=() words=()
	local -A cpus_of=()
	all=$(host_nodes)
	while IFS=$'\t' read -r node list; do
		of+=("$node")
		cpus_of[$node]=$list
	done <<<"$all"
	[ -n "$all" ] || die "no CPU of this host is ours, so no guest can be placed (VM_PLACE=off)"
	for ((i = 0; i < cpus; i++)); do
		node=${of[0]}
		[ "$mirror" != host ] || node=${of[i % ${#of[@]}]}
		read -ra free <<<"${cpus_of[$node]}"
		if [ "${#free[@]}" -eq 0 ]; then pinned=() && break; fi
		pinned+=("${free[-1]}")
		cpus_of[$node]=${free[*]:0:${#free[@]}-1}
	done
	for ((i = 0; i < ${#numa[@]}; i++)); do
		[[ ${numa[i]} =~ ^memory-backend-ram,id=ram([0-9]+),size=(.*)$ ]] || continue
		at=${of[0]}
		[ "$mirror" != host ] || at=${of[BASH_REMATCH[1]]}
		numa[i]=$(backend "ram${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$at")
		words+=("$at")
	done
	if [ "${#words[@]}" -eq 0 ]; then
		list=$(backend ram "$memory" "${of[0]}")
		numa+=(-object "$list" -machine "memory-backend=ram")
		words=("${of[0]}")
	fi
	# Huge pages are a file to the kernel.
	[ -z "${VM_HUGE:-}" ] || largest=$((largest + ($(numfmt --from=iec "$memory") >> 10)))
	placed="memory of node ${words[*]}${VM_HUGE:+ in pages of $VM_HUGE}, "
	if [ "${#pinned[@]}" -eq 0 ]; then
		placed+="vCPUs not pinned: $cpus of them, and fewer CPUs"
	else
		placed+="vCPUs on CPU ${pinned[*]}"
	fi
}

# backend ID SIZE NODE: QEMU's words for memory of that node, touched before the start.
backend()
{
	local sys=${PREFLIGHT_ROOT:-}/sys/devices/system/node/node$3/hugepages size want have
	size=$(numfmt --from=iec "$2")
	if [ -z "${VM_HUGE:-}" ]; then
		echo "memory-backend-ram,id=$1,size=$2,prealloc=on,host-nodes=$3,policy=bind"
		return 0
	fi
	sys+=/hugepages-$(($(numfmt --from=iec "$VM_HUGE") >> 10))kB
	want=$((size / $(numfmt --from=iec "$VM_HUGE"))) have=$(cat "$sys/free_hugepages" 2>/dev/null || echo 0)
	[ "$have" -ge "$want" ] ||
		die "VM_HUGE=$VM_HUGE: node $3 has $have free, the guest needs $want: 'echo $want >$sys/nr_hugepages', early after the boot"
	echo "memory-backend-memfd,id=$1,size=$2,prealloc=on,host-nodes=$3,policy=bind,hugetlb=on,hugetlbsize=$VM_HUGE"
}

# start_placed DIR: QEMU stopped, its vCPU threads to their CPUs, then the guest runs.
start_placed()
{
	local line thread threads i=0 status=0
	qmp_pipes "$1"
	(guest -S -qmp stdio <"$1/to" >"$1/from") &
	qmp_open "$1"
	qmp query-cpus-fast
	while [ "${#pinned[@]}" -gt 0 ] && read -r line <&"$QMP_FROM"; do
		[[ $line == *'"thread-id"'* ]] || continue
		threads=$(jq -r '.return[]."thread-id"' <<<"$line")
		for thread in $threads; do
			taskset -p -c "${pinned[i]}" "$thread" >/dev/null || placed+="; CPU ${pinned[i]} refused"
			i=$((i + 1))
		done
		break
	done
	qmp cont
	wait "$!" || status=$?
	qmp_close "$1"
	return "$status"
}
