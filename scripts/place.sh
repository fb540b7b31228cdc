# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # machine.sh's and vm-run.sh's variables
# Where on the host a guest lives whose time is measured: a CPU for each vCPU, memory of
# those CPUs' nodes, all of it there before the guest starts.  machine.sh sources it.
#
# VM_PLACE=on|off (on under MODE=kvm, off under tcg, never under icount, whose guests have
# no use for it), VM_HUGE=2M|1G (huge pages that the host has reserved), VM_NUMA=host
# (nodes and distances of the host).  PREFLIGHT_ROOT=a folder to read in place of /.
# shellcheck source=scripts/host-nodes.sh
. "$MMVS_TOP/scripts/host-nodes.sh"
# shellcheck source=scripts/place-start.sh
. "$MMVS_TOP/scripts/place-start.sh"

# is_placed: is this guest one that is placed?
is_placed()
{
	local by_mode=off
	[ "${MODE:-icount}" != kvm ] || by_mode=on
	[[ ${VM_PLACE:-$by_mode} =~ ^(on|off)$ ]] || die "VM_PLACE=$VM_PLACE: use on or off"
	[[ -z ${VM_HUGE:-} || $VM_HUGE =~ ^(2M|1G)$ ]] || die "VM_HUGE=$VM_HUGE: use 2M or 1G"
	[[ ${MODE:-icount} != icount && ${VM_PLACE:-$by_mode} = on ]] && return 0
	[ -z "${VM_HUGE:-}" ] || die "VM_HUGE=$VM_HUGE is for a guest that is placed: MODE=kvm, or MODE=tcg VM_PLACE=on"
	return 1
}

# placing: before topology(); is this guest placed, and with the nodes of the host?
placing()
{
	pinned=() others='' placed='' mirror='' place='' largest=131072
	if is_placed; then place=place; fi
	if [ -n "$place" ]; then place_lock; fi
	[ "$nodes" = host ] || return 0
	[ -n "$place" ] || die "VM_NUMA=host is for a guest that is placed: MODE=kvm, or MODE=tcg VM_PLACE=on"
	nodes=$(as_host)
	[ "$nodes" = 1 ] || mirror=1
}

# place: after topology().  Binds the backends in the array numa to nodes of the host;
# sets pinned (a CPU for each vCPU, or none), others (CPUs for the rest of QEMU) and
# placed (the same in words).
place()
{
	local rows row i at=() where=() short=''
	local -A pages=()
	lines rows host_nodes
	if [ -n "$mirror" ]; then choose_as_host; else choose; fi
	[ "${#numa[@]}" -gt 0 ] || numa=(-object "memory-backend-ram,id=ram,size=$memory" -machine "memory-backend=ram")
	for ((i = 0; i < ${#numa[@]}; i++)); do
		[[ ${numa[i]} =~ ^memory-backend-ram,id=(ram([0-9]*)),size=(.*)$ ]] || continue
		where=("${at[@]}")
		[ -z "$mirror" ] || where=("${at[BASH_REMATCH[2]]}")
		placed+="${placed:+, }${BASH_REMATCH[1]} on node ${where[*]}"
		bind_memory "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	done
	if [ -n "${VM_HUGE:-}" ]; then
		enough_pages
		placed+=", pages of $VM_HUGE"
		# To the kernel they are a file (vm-run.sh: the file size limit, in KiB).
		largest=$((largest + ($(numfmt --from=iec "$memory") >> 10)))
	fi
	if [ "${#pinned[@]}" -eq 0 ]; then placed+="; not pinned: $short" && return 0; fi
	choose_others
	placed+="; vCPUs on CPU ${pinned[*]}, other threads on ${others:-any}"
}

# choose: sets at (nodes of memory) and pinned: the first node that has CPUs enough, or
# as many as it takes.
choose()
{
	local row all=() free=()
	for row in "${rows[@]}"; do
		read -ra free <<<"${row#*:}"
		[ "${#free[@]}" -gt 0 ] || continue
		if [ "${#free[@]}" -ge "$cpus" ]; then at=("${row%%:*}") all=("${free[@]}") && break; fi
		[ "${#all[@]}" -lt "$cpus" ] || continue
		at+=("${row%%:*}") all+=("${free[@]}")
	done
	[ "${#at[@]}" -gt 0 ] || at=("${rows[0]%%:*}")
	if [ "${#all[@]}" -ge "$cpus" ]; then pinned=("${all[@]:0:cpus}")
	else short="$cpus vCPUs, ${#all[@]} CPUs"; fi
}

# choose_as_host: the same where nodes are the host's: vCPUs in turn, as as_host() says.
choose_as_host()
{
	local row i node turn=() free=()
	local -A left=()
	for row in "${rows[@]}"; do
		at+=("${row%%:*}") left[${row%%:*}]=${row#*:}
		[ -z "${row#*:}" ] || turn+=("${row%%:*}")
	done
	for ((i = 0; i < cpus; i++)); do
		node=${turn[i % ${#turn[@]}]}
		read -ra free <<<"${left[$node]}"
		if [ "${#free[@]}" -eq 0 ]; then pinned=() short="node $node has fewer CPUs than vCPUs" && return 0; fi
		pinned+=("${free[0]}") left[$node]=${free[*]:1}
	done
}

# bind_memory ID SIZE: the words numa[i] of a backend, bound to the nodes where.
bind_memory()
{
	local type=ram huge='' size page
	if [ -n "${VM_HUGE:-}" ]; then
		type=memfd huge=,hugetlb=on,hugetlbsize=$VM_HUGE
		size=$(numfmt --from=iec "$2") page=$(numfmt --from=iec "$VM_HUGE")
		[ $((size % page)) -eq 0 ] || die "VM_HUGE=$VM_HUGE: a node's $((size >> 20))M are no multiple of it; give the guest more memory (VM_MEMORY=)"
		pages[${where[*]}]=$((${pages[${where[*]}]:-0} + size / page))
	fi
	numa[i]="memory-backend-$type,id=$1,size=$2,prealloc=on$(printf ',host-nodes=%s' "${where[@]}"),policy=bind$huge"
}

# place_specs SPEC...: "SPEC<TAB>placed" each (nothing: it is not).  One that cannot be
# placed is found before anything is built.
place_specs()
{
	local spec nodes memory cpus numa pinned others placed mirror place largest
	for spec in "$@"; do
		IFS=$'\t' read -r nodes memory cpus <<<"$(shape_of "$spec")"
		placing
		if [ -n "$place" ]; then
			topology "$nodes" "$memory" "$cpus"
			place
		fi
		printf '%s\t%s\n' "$spec" "$placed"
	done
}
