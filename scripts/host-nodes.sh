# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # machine.sh's variables
# The host's NUMA nodes as /sys and /proc show them.  Source it after lib.sh; it runs
# nothing by itself.  PREFLIGHT_ROOT=a folder to read in place of /.

# numbers LIST: "0-2,5" as a line each.
numbers()
{
	local range ranges
	IFS=, read -ra ranges <<<"$1"
	for range in "${ranges[@]}"; do seq "${range%-*}" "${range#*-}"; done
}

# host_nodes: the host's nodes that have memory and, one of each core, CPUs that this
# process may use: "NODE<TAB>CPU CPU ...".  A host without NUMA is one node.
host_nodes()
{
	local sys=${PREFLIGHT_ROOT:-}/sys/devices/system may node cpus cpu first
	may=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "${PREFLIGHT_ROOT:-}/proc/self/status")
	may=$(numbers "$may")
	may=" ${may//$'\n'/ } "
	for node in $(numbers "$(cat "$sys/node/has_memory" 2>/dev/null || echo 0)"); do
		cpus=
		for cpu in $(numbers "$(cat "$sys/node/node$node/cpulist" 2>/dev/null || cat "$sys/cpu/online")"); do
			first=$(cat "$sys/cpu/cpu$cpu/topology/thread_siblings_list" 2>/dev/null || echo "$cpu")
			[[ $may != *" $cpu "* || ${first%%[-,]*} -ne $cpu ]] || cpus+=" $cpu"
		done
		[ -z "$cpus" ] || printf '%s\t%s\n' "$node" "${cpus# }"
	done
}

# as_host: the description (topology.sh) of a guest with the nodes of the host.
as_host()
{
	local sys=${PREFLIGHT_ROOT:-}/sys/devices/system/node text='' i j n mib id=() distance=()
	text=$(host_nodes | cut -f 1)
	mapfile -t id <<<"$text"
	text=
	n=${#id[@]}
	[ "$n" -ge 1 ] || die "VM_NUMA=host: no node of this host has memory and a CPU that is ours"
	[ "$n" -gt 1 ] || { echo 1; return 0; }
	[ "$cpus" -ge "$n" ] || die "VM_NUMA=host: the host has $n nodes, so VM_CPUS=$n or more"
	mib=$(($(numfmt --from=iec "$memory") / n >> 20))
	for ((i = 0; i < n; i++)); do
		text+="${mib}M$(seq -f ',cpus=%g' -s '' "$i" "$n" $((cpus - 1))) "
	done
	for ((i = 0; i < n; i++)); do
		# A number for each node that is online, in their order.
		read -ra distance <"$sys/node${id[i]}/distance"
		for ((j = 0; j < i; j++)); do text+="$i,$j=${distance[$(place_of "${id[j]}")]} "; done
	done
	echo "${text% }"
}

# place_of NODE: where in a line of distances it stands.
place_of()
{
	numbers "$(cat "${PREFLIGHT_ROOT:-}/sys/devices/system/node/online")" | grep -nxF "$1" | cut -d : -f 1 | awk '{ print $1 - 1 }'
}
