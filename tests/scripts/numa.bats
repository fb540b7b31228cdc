#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What a run says of the NUMA nodes that it was measured on; a machine made of files.

load helper

setup()
{
	export PREFLIGHT_ROOT=$BATS_TEST_TMPDIR/root
	. "$scripts/lib.sh"
	. "$scripts/host-numa.sh"
}

# put PATH TEXT: below /sys/devices.
put()
{
	mkdir -p "$(dirname "$PREFLIGHT_ROOT/sys/devices/$1")"
	echo "$2" >"$PREFLIGHT_ROOT/sys/devices/$1"
}

# node N MIB CPUS DISTANCES
node()
{
	put "system/node/node$1/meminfo" "Node $1 MemTotal:       $(($2 * 1024)) kB"
	put "system/node/node$1/cpulist" "$3"
	put "system/node/node$1/distance" "$4"
}

# Two sockets, CXL memory, and a node of CPUs alone.
machine()
{
	node 0 64000 0-31,64-95 '10 21 24 21'
	node 1 64000 32-63 '21 10 31 21'
	node 2 128000 '' '24 31 10 31'
	node 10 0 96-97 '21 21 31 10'
	put virtual/memory_tiering/memory_tier4/nodelist 0-1
	put virtual/memory_tiering/memory_tier22/nodelist 2
	put system/node/node2/access0/initiators/read_latency 250
	put system/node/node2/access0/initiators/read_bandwidth 28000
}

@test "nodes: CPUs, memory, distances, tier, and what HMAT tells" {
	machine
	host_numa >"$BATS_TEST_TMPDIR/nodes"
	[ "$(jq -c '[.[].node]' "$BATS_TEST_TMPDIR/nodes")" = '["0","1","2"]' ]
	[ "$(jq -c '.[0]' "$BATS_TEST_TMPDIR/nodes")" = '{"node":"0","cpus":"0-31,64-95","memory_mib":"64000","distances":"10 21 24 21","tier":"4","read_ns":"","write_ns":"","read_mbs":"","write_mbs":""}' ]
	[ "$(jq -c '.[2] | [.cpus, .tier, .read_ns, .read_mbs, .write_ns]' "$BATS_TEST_TMPDIR/nodes")" = '["","22","250","28000",""]' ]
}

@test "a kernel without NUMA has no nodes" {
	mkdir -p "$PREFLIGHT_ROOT"
	[ "$(host_numa)" = '[]' ]
}

@test "report and page name the nodes, cleaned; instructions have none" {
	machine
	"$top/tests/golden/make-run.sh" "$BATS_TEST_TMPDIR/run"
	run "$MMCOMPARE" "$BATS_TEST_TMPDIR/run" --format md
	[[ $status -eq 0 && $output != *"host node"* ]]
	nodes=$(host_numa)
	jq --argjson nodes "$nodes" '.host.nodes = $nodes | .host.nodes[1].tier = "<b>|4"' "$BATS_TEST_TMPDIR/run/run.json" >"$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/run/run.json"
	run "$MMCOMPARE" "$BATS_TEST_TMPDIR/run" --format md
	[[ $output == *"| host node 2 | no CPU, 128000 MiB, distances 24 31 10 31, memory tier 22, reads 250 ns, reads 28000 MB/s |"* ]]
	[[ $output == *"| host node 0 | CPUs 0-31,64-95, 64000 MiB, "* && $output != *"<b>|4"* ]]
	run "$MMCOMPARE" "$BATS_TEST_TMPDIR/run" --format html
	[[ $output == *"host node 2"*"memory tier 22"* && $output != *"tier <b>"* ]]
	jq '.host.nodes[0] = 7' "$BATS_TEST_TMPDIR/run/run.json" >"$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/run/run.json"
	run "$MMCOMPARE" "$BATS_TEST_TMPDIR/run" --format md
	[[ $status -eq 1 && $output == *'"node"'* ]]
}
