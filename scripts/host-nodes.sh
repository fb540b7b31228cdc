# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # machine.sh's and place.sh's variables
# The host's NUMA nodes, CPUs and huge pages as /sys and /proc show them.  Source it after
# lib.sh; it runs nothing by itself.  PREFLIGHT_ROOT=a folder to read in place of /.

# numbers LIST: "0-2,5" as a line each.
numbers()
{
	local range ranges
	IFS=, read -ra ranges <<<"$1"
	for range in "${ranges[@]}"; do seq "${range%-*}" "${range#*-}"; done
}

# host_nodes: the host's nodes that have memory, a line each: "NODE:CPU CPU ...", its CPUs
# that are ours, best first: isolated ones, one of each core, CPU 0 last.  An isolated CPU
# is nobody's until it is asked for.  A host without NUMA is one node.
host_nodes()
{
	local sys=${PREFLIGHT_ROOT:-}/sys/devices/system nodes node all may isolated cpu core list
	isolated=$(isolated_cpus)
	may=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "${PREFLIGHT_ROOT:-}/proc/self/status" 2>/dev/null || true)
	may=$(numbers "${may:-0-4095}" | paste -sd ' ')
	may=" $may $isolated "
	nodes=$(cat "$sys/node/has_memory" 2>/dev/null || echo 0)
	nodes=$(numbers "$nodes")
	for node in $nodes; do
		all=$(cat "$sys/node/node$node/cpulist" 2>/dev/null || cat "$sys/cpu/online" 2>/dev/null || true)
		all=$(numbers "$all")
		list=$(for cpu in $all; do
			[[ $may == *" $cpu "* ]] || continue
			core=$(cat "$sys/cpu/cpu$cpu/topology/thread_siblings_list" 2>/dev/null || echo "$cpu")
			echo "$([[ " $isolated " == *" $cpu "* ]] && echo 0 || echo 1) $([ "${core%%[-,]*}" = "$cpu" ] && echo 0 || echo 1) $cpu"
		done | sort -k 1,2 -k 3,3nr | cut -d ' ' -f 3 | paste -sd ' ')
		echo "$node:$list"
	done
}

# isolated_cpus: their numbers, a blank between.
isolated_cpus()
{
	local list
	list=$(cat "${PREFLIGHT_ROOT:-}/sys/devices/system/cpu/isolated" 2>/dev/null || true)
	numbers "$list" | paste -sd ' '
}

# choose_others: sets others from rows and pinned: the CPUs that are left, isolated ones
# only where there are no others.
choose_others()
{
	local row cpu isolated rest=() plain=()
	isolated=$(isolated_cpus)
	for row in "${rows[@]}"; do
		for cpu in ${row#*:}; do
			[[ " ${pinned[*]} " != *" $cpu "* ]] || continue
			rest+=("$cpu")
			[[ " $isolated " == *" $cpu "* ]] || plain+=("$cpu")
		done
	done
	[ "${#plain[@]}" -eq 0 ] || rest=("${plain[@]}")
	# shellcheck disable=SC2034 # place.sh's
	others=$(IFS=, && echo "${rest[*]}")
}

# as_host: the description (topology.sh) of a guest with the nodes of the host: memory
# evenly, vCPUs in turn to those with CPUs.
as_host()
{
	local dir=${PREFLIGHT_ROOT:-}/sys/devices/system/node rows row text='' i j n with=0 turn=0 far id=() distance=()
	local -A column=()
	lines rows host_nodes
	n=${#rows[@]}
	[ "$n" -gt 1 ] || { echo 1; return 0; }
	for row in "${rows[@]}"; do
		id+=("${row%%:*}")
		[ -z "${row#*:}" ] || with=$((with + 1))
	done
	[ "$with" -gt 0 ] || die "VM_NUMA=host: no node of this host has memory and a CPU that is ours"
	for row in "${rows[@]}"; do
		text+=" $(($(numfmt --from=iec "$memory") / n >> 20))M"
		[ -n "${row#*:}" ] || continue
		text+=$(seq -f ',cpus=%g' -s '' "$turn" "$with" $((cpus - 1)))
		turn=$((turn + 1))
	done
	# A line of distances has a number for each node that is online, in their order.
	lines distance numbers "$(<"$dir/online")"
	for ((i = 0; i < ${#distance[@]}; i++)); do column[${distance[i]}]=$i; done
	for ((i = 1; i < n; i++)); do
		read -ra distance <"$dir/node${id[i]}/distance"
		for ((j = 0; j < i; j++)); do
			# 10 is a node's own, 255 none: a kernel takes neither of two nodes.
			far=${distance[column[${id[j]}]]}
			text+=" $j,$i=$((far < 11 ? 11 : far > 254 ? 254 : far))"
		done
	done
	echo "${text# }"
}

# enough_pages: does the host have the huge pages that the array pages counts by nodes?
enough_pages()
{
	local nodes node have file kb need nr
	kb=$(($(numfmt --from=iec "$VM_HUGE") >> 10))
	for nodes in "${!pages[@]}"; do
		have=0
		for node in $nodes; do
			file=/sys/devices/system/node/node$node/hugepages/hugepages-${kb}kB
			[ ! -e "${PREFLIGHT_ROOT:-}$file" ] || have=$((have + $(<"${PREFLIGHT_ROOT:-}$file/free_hugepages")))
		done
		need=${pages[$nodes]}
		[ "$have" -lt "$need" ] || continue
		nr=$((need - have + $(cat "${PREFLIGHT_ROOT:-}$file/nr_hugepages" 2>/dev/null || echo 0)))
		die "VM_HUGE=$VM_HUGE: node $nodes of the host has $have pages free, the guest needs $need; as root, soon after the boot: echo $nr >$file/nr_hugepages"
	done
}
