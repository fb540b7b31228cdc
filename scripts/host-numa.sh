# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What /sys tells of a machine's NUMA nodes, for run.json of what is measured in time.
# Source it after lib.sh; it runs nothing by itself.  PREFLIGHT_ROOT=a folder to read in
# place of /.
# shellcheck source=scripts/host-nodes.sh
. "$MMVS_TOP/scripts/host-nodes.sh"

# sysfs FILE: its first line, if there is one.
sysfs()
{
	[ ! -r "${PREFLIGHT_ROOT:-}/sys/devices/$1" ] || head -n 1 "${PREFLIGHT_ROOT:-}/sys/devices/$1"
}

# tier_of NODE: the number of its memory tier (a smaller one is faster); nothing where
# the kernel has none.
tier_of()
{
	local file list
	for file in "${PREFLIGHT_ROOT:-}"/sys/devices/virtual/memory_tiering/memory_tier*/nodelist; do
		[ -r "$file" ] || continue
		list=$(numbers "$(<"$file")")
		! grep -qx "$1" <<<"$list" || { basename "$(dirname "$file")" | tr -dc 0-9; return 0; }
	done
}

# host_numa: a JSON array, an object a node with memory: node, cpus (a list, empty: none,
# as of CXL memory), memory_mib, distances (SLIT, to every node that is online), tier,
# and of HMAT, seen from the nearest initiator, latency in ns and bandwidth in MB/s of reads
# and writes.  What the kernel does not tell is an empty string.
host_numa()
{
	local node id facts access said
	for node in "${PREFLIGHT_ROOT:-}"/sys/devices/system/node/node[0-9]*; do
		[ -r "$node/meminfo" ] || continue
		id=${node##*/node} access=system/node/${node##*/}/access0/initiators
		facts=("$id")
		said=$(sysfs "system/node/node$id/cpulist")
		facts+=("$said")
		facts+=("$(awk '/MemTotal:/ { print int($4 / 1024) }' "$node/meminfo")")
		said=$(sysfs "system/node/node$id/distance")
		facts+=("$said")
		said=$(tier_of "$id")
		facts+=("$said")
		for what in read_latency write_latency read_bandwidth write_bandwidth; do
			said=$(sysfs "$access/$what")
			facts+=("$said")
		done
		jq -nc '$ARGS.positional | {node: .[0], cpus: .[1], memory_mib: .[2], distances: .[3], tier: .[4],
			read_ns: .[5], write_ns: .[6], read_mbs: .[7], write_mbs: .[8]} | select(.memory_mib != "0")' --args -- "${facts[@]}"
	done | jq -s 'sort_by(.node | tonumber)'
}
