#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Where a guest lives on hosts made of files: QEMU's words, and what is said of them.

load helper

setup()
{
	export PREFLIGHT_ROOT=$BATS_TEST_TMPDIR/root MODE=kvm
	unset VM_PLACE VM_HUGE VM_NUMA VM_CPUS VM_MEMORY
	own_cache
	. "$scripts/lib.sh"
	. "$scripts/machine.sh"
	put proc/self/status $'Name:\tx\nCpus_allowed_list:\t0-7'
	put sys/devices/system/cpu/online 0-7
}

# put FILE TEXT
put()
{
	mkdir -p "$(dirname "$PREFLIGHT_ROOT/$1")"
	printf '%s\n' "$2" >"$PREFLIGHT_ROOT/$1"
}

# node N CPULIST DISTANCES [FREE 2M PAGES]
node()
{
	put "sys/devices/system/node/node$1/cpulist" "$2"
	put "sys/devices/system/node/node$1/distance" "$3"
	put "sys/devices/system/node/node$1/hugepages/hugepages-2048kB/free_hugepages" "${4:-0}"
	put "sys/devices/system/node/node$1/hugepages/hugepages-2048kB/nr_hugepages" "${4:-0}"
}

# nodes LIST: which are online, all with memory.
nodes()
{
	put sys/devices/system/node/online "$1"
	put sys/devices/system/node/has_memory "$1"
}

two_nodes()
{
	nodes 0-1
	node 0 0-3 "10 21" "${1:-0}"
	node 1 4-7 "21 10" "${1:-0}"
}

# words SPEC: QEMU's words, and what was done.
words()
{
	machine /image /initramfs "$1" 1
	echo "${qemu[*]}"
	echo "files up to $largest KiB"
	echo "placed: $placed"
}

@test "a host without NUMA: pinned, CPU 0 last, the rest of QEMU elsewhere" {
	VM_CPUS=2 run words a
	echo "$output"
	[[ $output == *"-object memory-backend-ram,id=ram,size=1G,prealloc=on,host-nodes=0,policy=bind -machine memory-backend=ram"* ]]
	[[ $output == *"placed: ram on node 0; vCPUs on CPU 7 6, other threads on 5,4,3,2,1,0" ]]
}

@test "two nodes, a guest of one: the first node that has CPUs enough, and its memory" {
	two_nodes
	node 0 0-1 "10 21"
	node 1 2-7 "21 10"
	VM_CPUS=3 run words a
	echo "$output"
	[[ $output == *"host-nodes=1,policy=bind"*"placed: ram on node 1; vCPUs on CPU 7 6 5, other threads on 1,0,4,3,2" ]]
	VM_CPUS=7 run words a
	[[ $output == *"host-nodes=0,host-nodes=1,policy=bind"*"vCPUs on CPU 1 0 7 6 5 4 3, other threads on 2" ]]
}

@test "a guest takes no more nodes than it needs, and none without CPUs" {
	nodes 0-3
	node 0 "" "10 20 20 20"
	node 1 0-1 "20 10 20 20"
	node 2 2-3 "20 20 10 20"
	node 3 4-5 "20 20 20 10"
	VM_CPUS=2 run words a
	echo "$output"
	[[ $output == *",prealloc=on,host-nodes=1,policy=bind "*"vCPUs on CPU 1 0, other threads on 3,2,5,4" ]]
	VM_CPUS=4 run words a
	[[ $output == *",prealloc=on,host-nodes=1,host-nodes=2,policy=bind "*"vCPUs on CPU 1 0 3 2, other threads on 5,4" ]]
}

@test "two nodes, VM_NUMA=host: each guest node's memory and vCPUs on its own" {
	two_nodes
	VM_NUMA=host VM_CPUS=4 run words a
	echo "$output"
	[[ $output == *"memory-backend-ram,id=ram0,size=512M,prealloc=on,host-nodes=0,policy=bind -numa node,nodeid=0,memdev=ram0,cpus=0,cpus=2 "* ]]
	[[ $output == *"memory-backend-ram,id=ram1,size=512M,prealloc=on,host-nodes=1,policy=bind -numa node,nodeid=1,memdev=ram1,cpus=1,cpus=3 "* ]]
	[[ $output == *"dist,src=1,dst=0,val=21"* ]]
	[[ $output == *"placed: ram0 on node 0, ram1 on node 1; vCPUs on CPU 3 7 2 6, other threads on 1,0,5,4" ]]
}

@test "four nodes, one offline, one without CPUs: numbers, distances and vCPUs are the host's" {
	put sys/devices/system/node/online 0,2-4
	put sys/devices/system/node/has_memory 0,2-4
	node 0 0-1 "10 12 21 31"
	node 2 2-3 "12 10 22 32"
	node 3 4-7 "21 22 10 33"
	node 4 "" "31 32 33 10"
	VM_NUMA=host VM_CPUS=3 run words a
	echo "$output"
	[[ $output == *"id=ram1,size=256M,prealloc=on,host-nodes=2,policy=bind -numa node,nodeid=1,memdev=ram1,cpus=1 "* ]]
	[[ $output == *"id=ram3,size=256M,prealloc=on,host-nodes=4,policy=bind -numa node,nodeid=3,memdev=ram3 "* ]]
	for dist in src=1,dst=0,val=12 src=2,dst=0,val=21 src=2,dst=1,val=22 src=3,dst=0,val=31 src=3,dst=1,val=32 src=3,dst=2,val=33; do
		[[ $output == *"dist,$dist"* ]]
	done
	[[ $output == *"vCPUs on CPU 1 3 7, other threads on 0,2,6,5,4" ]]
}

@test "VM_NUMA=host where there is one node, and where distances are none that a kernel takes" {
	nodes 0
	node 0 0-7 10
	VM_NUMA=host VM_CPUS=2 run words a
	[[ $output == *"host-nodes=0,policy=bind -machine memory-backend=ram"*"vCPUs on CPU 7 6,"* && $output != *"-numa node"* ]]
	two_nodes
	node 1 4-7 "10 10"
	VM_NUMA=host VM_CPUS=2 run words a
	[[ $output == *"dist,src=1,dst=0,val=11"* ]]
	node 1 4-7 "255 10"
	VM_NUMA=host VM_CPUS=2 run words a
	[[ $output == *"dist,src=1,dst=0,val=254"* ]]
}

@test "a case's own nodes stay as they are, on the node of its CPUs" {
	two_nodes
	VM_NUMA=host run words a@nodes=2,cpus=2
	echo "$output"
	[[ $output == *"id=ram1,size=536870912,prealloc=on,host-nodes=0,policy=bind"*"placed: ram0 on node 0, ram1 on node 0; vCPUs on CPU 3 2,"* ]]
}

@test "isolated CPUs first, siblings last, CPUs that are not ours not at all" {
	put proc/self/status $'Cpus_allowed_list:\t0-1,4-5'
	put sys/devices/system/cpu/isolated 3
	for c in 0 1 2 3; do
		put "sys/devices/system/cpu/cpu$c/topology/thread_siblings_list" "$c,$((c + 4))"
		put "sys/devices/system/cpu/cpu$((c + 4))/topology/thread_siblings_list" "$c,$((c + 4))"
	done
	VM_CPUS=4 run words a
	echo "$output"
	[[ $output == *"vCPUs on CPU 3 1 0 5, other threads on 4" ]]
	put sys/devices/system/cpu/isolated 2-3
	VM_CPUS=1 run words a
	[[ $output == *"vCPUs on CPU 3, other threads on 1,0,5,4" ]]
	put proc/self/status $'Cpus_allowed_list:\t0-7'
	put sys/devices/system/cpu/isolated 2
	VM_CPUS=2 run words a
	[[ $output == *"vCPUs on CPU 2 3, other threads on 1,0,7,6,5,4" ]]
}

@test "fewer CPUs than vCPUs: not pinned, and it says so" {
	VM_CPUS=9 run words a
	[ "$status" -eq 0 ]
	[[ $output == *"policy=bind"*"placed: ram on node 0; not pinned: 9 vCPUs, 8 CPUs" ]]
	two_nodes
	node 1 4 "21 10"
	VM_NUMA=host VM_CPUS=4 run words a
	[[ $output == *"ram0 on node 0, ram1 on node 1; not pinned: node 1 has fewer CPUs than vCPUs" ]]
}

@test "huge pages: the words where there are enough, on each node" {
	two_nodes 256
	VM_HUGE=2M VM_NUMA=host VM_CPUS=2 run words a
	echo "$output"
	[[ $output == *"memory-backend-memfd,id=ram1,size=512M,prealloc=on,host-nodes=1,policy=bind,hugetlb=on,hugetlbsize=2M"*"pages of 2M; "* ]]
	[[ $output == *"files up to $((131072 + 1048576)) KiB"* ]]
}

@test "huge pages of two backends on one node are added up" {
	two_nodes 511
	VM_HUGE=2M run words a@nodes=2
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"node 0 of the host has 511 pages free, the guest needs 512; "*"echo 512 >"* ]]
	two_nodes 512
	VM_HUGE=2M run words a@nodes=2
	[ "$status" -eq 0 ]
}

@test "huge pages that are not there: how many, and how to reserve them, before anything is built" {
	two_nodes 256
	node 1 4-7 "21 10" 200
	VM_HUGE=2M VM_NUMA=host VM_CPUS=2 run place_specs a
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"node 1 of the host has 200 pages free, the guest needs 256; "*"echo 256 >/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages" ]]
	VM_HUGE=1G VM_MEMORY=512M run words a
	[[ $output == *"a node's 512M are no multiple of it"*"VM_MEMORY="* ]]
	VM_HUGE=4K run words a
	[[ $output == *"VM_HUGE=4K: use 2M or 1G" ]]
}

@test "guests that are not placed have the words they had" {
	for mode in icount tcg; do
		MODE=$mode VM_NUMA=2 run words a
		[[ $output == *"memory-backend-ram,id=ram1,size=536870912 -numa"*"placed: " && $output != *prealloc* ]]
		MODE=$mode VM_NUMA=host run words a
		[ "$status" -eq 1 ]
		[[ $output == *"VM_NUMA=host is for a guest that is placed"* ]]
		MODE=$mode VM_HUGE=2M run words a
		[[ $output == *"VM_HUGE=2M is for a guest that is placed"* ]]
	done
	MODE=icount VM_PLACE=on run words a
	[[ $output == *"placed: " && $output != *prealloc* ]]
	VM_PLACE=off run words a
	[[ $output == *"placed: " && $output != *prealloc* ]]
	VM_PLACE=maybe run words a
	[[ $output == *"VM_PLACE=maybe: use on or off" ]]
}

@test "a cell's key goes by its place, but not where instructions are counted" {
	declare -A images=([v]=image) placement
	variants=(v) picked=a initramfs=$BATS_TEST_TMPDIR/initramfs run=$BATS_TEST_TMPDIR
	echo x >"$initramfs"
	key()
	{
		mode=$1 placement[a]=$(MODE=$1 place_specs a | cut -f 2)
		. "$scripts/run-cells.sh"
		key_text v a 1
	}
	for mode in icount tcg kvm; do
		put proc/self/status $'Cpus_allowed_list:\t0-7'
		one=$(key "$mode")
		put proc/self/status $'Cpus_allowed_list:\t0-6'
		two=$(key "$mode")
		if [ "$mode" = kvm ]; then [ "$one" != "$two" ]; else [ "$one" = "$two" ]; fi
	done
}

@test "one placed guest at a time" {
	(nodes=1 && placing && echo held >"$BATS_TEST_TMPDIR/held" && exec sleep 1.5) 3>&- &
	while [ ! -e "$BATS_TEST_TMPDIR/held" ]; do sleep 0.05; done
	for mode in kvm icount; do
		MODE=$mode run timeout 0.5 bash -c '. "$1/lib.sh"; . "$1/machine.sh"; nodes=1; placing' - "$scripts"
		if [ "$mode" = icount ]; then [ "$status" -eq 0 ]; continue; fi
		[ "$status" -eq 124 ]
		[[ $output == *"another placed guest has the CPUs"* ]]
	done
	wait
	nodes=1
	placing
}
