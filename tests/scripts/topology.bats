#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# NUMA nodes of a guest: descriptions and the words that QEMU gets.

load helper

setup()
{
	. "$scripts/lib.sh"
	. "$scripts/topology.sh"
}

words()
{
	local numa memory cpus
	topology "$1" 1G "${2:-1}"
	echo "$memory $cpus ${numa[*]}"
}

@test "virtme-ng's words and the form of specs mean the same" {
	a=$(words "512M,cpus=0-1 512M,cpus=2,cpus=3 1G 0,1=15 0,2=40 1,2=40")
	b=$(words 512M.0-1+512M.2.3+1G_0-1-15_0-2-40_1-2-40)
	echo "$a"
	[ "$a" = "$b" ]
	[[ $a == "2048M 4 "*"node,nodeid=0,memdev=ram0,cpus=0-1"*"node,nodeid=1,memdev=ram1,cpus=2,cpus=3"*"node,nodeid=2,memdev=ram2 "* ]]
	[[ $a == *"sockets=4"*"dist,src=1,dst=0,val=15"*"dist,src=2,dst=0,val=40"*"dist,src=2,dst=1,val=40" ]]
}

@test "QEMU takes what it is given" {
	local numa memory cpus
	for nodes in 1 2 4 512M.0-1+512M.2-3+1G_0-1-15 "256M,cpus=0 256M"; do
		topology "$nodes" 1G 2
		qemu-system-x86_64 -nodefaults -display none -S -m "$memory" -smp "$cpus" "${numa[@]}" \
			-chardev pipe,id=none,path=/nowhere 2>"$BATS_TEST_TMPDIR/said" || true
		cat "$BATS_TEST_TMPDIR/said"
		# It gets as far as the pipe that is not there.
		grep -q nowhere "$BATS_TEST_TMPDIR/said"
		! grep -q numa "$BATS_TEST_TMPDIR/said"
	done
}

@test "distances that are not named are 20; none named, none given" {
	[[ $(words "1G,cpus=0 1G 1G 0,1=15") == *"src=2,dst=0,val=20"*"src=2,dst=1,val=20"* ]]
	[[ $(words "1G,cpus=0 1G") != *dist* ]]
}

@test "a description that cannot be is refused with its fault" {
	for t in "3:use 1, 2 or 4" "1G 1G:no node has a vCPU" "1G,cpus=0-1 1G,cpus=1:belongs to node 0 and to node 1" \
		"1G.1:vCPU 0 belongs to no node" "1G.0+x:'x' is neither" "1G,cpus=0 1G 0,5=20:distance" "1G,cpus=0 1G 0,1=5:from 11 to 254"; do
		run words "${t%%:*}"
		echo "$t -> $output"
		[ "$status" -eq 1 ]
		[[ $output == *"${t#*:}"* ]]
	done
}
