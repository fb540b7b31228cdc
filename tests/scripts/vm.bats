#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What vm-run.sh makes of a guest's words, with a stand-in for QEMU that
# replays a stream and a console: guests are hostile.

load helper

setup()
{
	own_cache
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/image"
	cd "$BATS_TEST_TMPDIR"
	cat >bin/qemu-system-x86_64 <<-'END'
		#!/usr/bin/env bash
		[ "$1" != --version ] || { echo "QEMU emulator version 7.2.22"; exit; }
		printf '%b' "$STREAM" >stream
		printf '%b' "$CONSOLE" >console.log
		[ -z "${FLOOD:-}" ] || yes flood >>stream
		sleep "${SLEEP:-0}"
		exit "${QEMU_EXIT:-0}"
	END
	chmod +x bin/qemu-system-x86_64
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	echo '{"key":"k","image_sha256":"s"}' >image/image.json
	touch initramfs
	export SNAPSHOT=0 # the stand-in cannot be saved
	head='@mmvs-stream 1\n@file samples.tsv 3\n# mmvs-samples 1\n# hypervisor\tTCGTCGTCGTCG\nx\n'
	export CONSOLE='' STREAM=$head'@end 0\n'
}

cell()
{
	run "$scripts/vm-run.sh" image initramfs variant case@a=b 1 out
}

says()
{
	[ "$(jq -r .status out/cell.json)" = "$1" ]
	[[ $(jq -r .reason out/cell.json) == *"${2:-}"* ]]
}

@test "a whole stream is ok" {
	cell
	[ "$status" -eq 0 ]
	says ok
	[ "$(wc -l <out/samples.tsv)" -eq 3 ]
	[ ! -e out/stream ]
	[ "$(jq '.max_rss_kib > 500' out/cell.json)" = true ]
}

@test "no end marker" {
	STREAM=$head
	cell
	[ "$status" -eq 1 ]
	says failed "no end marker"
}

@test "a file shorter than it announced" {
	STREAM='@mmvs-stream 1\n@file samples.tsv 30\nx\n@end 0\n'
	cell
	says failed "no end marker"
}

@test "a stream of another version, an empty one, one of noise" {
	for STREAM in '@mmvs-stream 2\n@end 0\n' '' '\0\001\377garbage\n'; do
		export STREAM
		rm -rf out
		cell
		[ "$status" -eq 1 ]
		says failed "no end marker"
	done
}

@test "a file name that is not ours is not written" {
	STREAM='@mmvs-stream 1\n@file ../evil 1\nx\n@end 0\n'
	cell
	says failed "no end marker"
	[ ! -e evil ]
}

@test "each kind of splat fails the cell, with its line" {
	for line in 'WARNING: CPU: 0 PID: 1 at mm/x.c:1' 'BUG: Bad page state' \
		'Oops: 0000' 'Kernel panic - not syncing' 'BUG: KASAN: use-after-free' \
		'WARNING: possible circular locking dependency detected' \
		'BUG kmalloc-64 (Not tainted): Right Redzone overwritten' 'BUG: MAX_LOCK_DEPTH too low!' \
		'INFO: trying to register non-static key.' 'pagealloc: memory corruption' \
		'kernel BUG at mm/page_table_check.c:70!' 'mm/memory.c:1: bad pmd 0(1)' \
		'kmemleak: Memory pool empty, consider increasing' \
		'mmbench: kernel: kmemleak: unreferenced object 0x1 (size 96):'; do
		export CONSOLE="[ 1.0] $line\n"
		rm -rf out
		cell
		[ "$status" -eq 1 ]
		says failed "$line"
	done
}

@test "mmbench's exit status: failure, skip, a signal" {
	STREAM=$head'@end 1\n' CONSOLE='mmbench: x: premise\n'
	export STREAM CONSOLE
	cell
	says failed "mmbench ended with 1: x: premise"
	rm -rf out
	STREAM='@mmvs-stream 1\n@file samples.tsv 2\n# mmvs-samples 1\n# skip\tno THP\n@end 77\n' CONSOLE=
	cell
	[ "$status" -eq 0 ]
	says skip "no THP"
}

@test "a time limit" {
	SLEEP=20 VM_LIMIT=1 cell
	[ "$status" -eq 1 ]
	says failed "time limit of 1 s"
}

@test "QEMU killed from outside is no time limit, and the console named is where it stays" {
	sed -i 's@^sleep.*@kill -9 $$@' bin/qemu-system-x86_64
	CELL_PLACE=results/x cell
	[ "$status" -eq 1 ]
	says failed "qemu was killed by signal 9 after 0 s"
	[[ $output == *"(console: results/x/console.log)"* ]]
}

@test "results that cannot be written, and a disk that is full, are called that" {
	mkdir -p bin2
	printf '#!/bin/sh\ncase "$*" in *mmvs-stream*) exit 2;; esac\nexec %s "$@"\n' "$(command -v awk)" >bin2/awk
	chmod +x bin2/awk
	PATH=$PWD/bin2:$PATH cell
	[ "$status" -eq 1 ]
	says failed "cannot be written"
	rm -rf bin2/awk out
	printf '#!/bin/sh\nprintf "x\\nx 0 0 0 0 x\\n"\n' >bin2/df
	chmod +x bin2/df
	STREAM=$head
	PATH=$PWD/bin2:$PATH cell
	says failed "is full"
}

@test "a guest under another accelerator than asked for" {
	STREAM='@mmvs-stream 1\n@file samples.tsv 2\n# mmvs-samples 1\n# hypervisor\tKVMKVMKVM\n@end 0\n'
	cell
	says failed "does not run under it"
}

@test "QEMU's own failure, with its exit" {
	QEMU_EXIT=3 cell
	says failed "qemu ended with 3"
}

@test "a guest that writes for ever meets a limit" {
	STREAM=$head FLOOD=1 VM_LIMIT=20 cell
	[ "$status" -eq 1 ]
	[ "$(du -sm out | cut -f 1)" -lt 2 ]
}

@test "escape sequences of the guest do not reach cell.json" {
	CONSOLE='\033[2JWARNING: \033]0;title\007x\n'
	cell
	says failed
	! grep -q $'\033' out/cell.json
}

@test "NUMA: memory split evenly, vCPUs in turn, each a package, near pairs" {
	VM_NUMA=4 VM_CPUS=5 VM_MEMORY=1G cell
	[ "$status" -eq 0 ]
	jq -r '.command | join(" ")' out/cell.json >words
	[ "$(grep -o 'memory-backend-ram,id=ram[0-3],size=268435456' words | wc -l)" -eq 4 ]
	grep -qF -e '-smp 5,sockets=5' words
	grep -qF 'node,nodeid=0,memdev=ram0,cpus=0,cpus=4' words
	grep -qF 'node,nodeid=3,memdev=ram3,cpus=3' words
	[ "$(grep -o 'dist,src=[0-9],dst=[0-9],val=21' words | wc -l)" -eq 4 ]
	grep -qF 'dist,src=3,dst=2,val=12' words
	rm -rf out
	VM_NUMA=2 cell
	jq -r '.command | join(" ")' out/cell.json | grep -qF 'nodeid=1,memdev=ram1 -numa dist,src=1,dst=0,val=21'
}

@test "NUMA: one node is what there is without, three are refused" {
	VM_NUMA=1 cell
	! grep -q numa out/cell.json
	VM_NUMA=3 cell
	[ "$status" -eq 1 ]
	[[ $output == *"3 NUMA nodes"* ]]
}

@test "options cpus, nodes and memory of a case shape the VM, not the environment" {
	VM_CPUS=1 VM_MEMORY=1G run "$scripts/vm-run.sh" image initramfs variant case@cpus=2,a=b,nodes=2,memory=2G 1 out
	[ "$status" -eq 0 ]
	jq -r '.command | join(" ")' out/cell.json >words
	grep -qF -e '-m 2G -smp 2 ' words
	grep -qF 'node,nodeid=1,memdev=ram1,cpus=1' words
	run "$scripts/vm-run.sh" image initramfs variant case@xcpus=2,cpus=3x 1 out
	jq -r '.command | join(" ")' out/cell.json | grep -qF -e '-m 1G -smp 1 '
}

@test "names and seeds that are no names and seeds" {
	run "$scripts/vm-run.sh" image initramfs '../x' case 1 out
	[ "$status" -eq 1 ]
	run "$scripts/vm-run.sh" image initramfs v 'case;id' 1 out
	[ "$status" -eq 1 ]
	run "$scripts/vm-run.sh" image initramfs v case x out
	[ "$status" -eq 1 ]
	run "$scripts/vm-run.sh" image
	[ "$status" -eq 2 ]
}

@test "a later build does not change the initramfs of a run, whoever boots it" {
	export MMVS_CACHE=$BATS_TEST_TMPDIR/cache
	built=$BATS_TEST_TMPDIR/initramfs.cpio
	freeze() { bash -c '. "$1/lib.sh" && frozen "$2"' - "$scripts" "$built"; }
	echo one >"$built"
	one=$(freeze)
	echo two >"$built"
	[ "$(cat "$one")" = one ]
	[ "$(freeze)" != "$one" ]
	[ "$(cat "$(freeze)")" = two ]
	for script in run conform profile; do
		grep -qxF 'initramfs=$(frozen "$initramfs")' "$scripts/$script.sh"
	done
}

@test "a kernel that does not boot is named once, with the end of its console; one that did is not asked again" {
	mkdir -p "$MMVS_CACHE/cells/work"
	STREAM='' CONSOLE='a\nKernel panic - not syncing: no\033[31m root\n' run "$scripts/boots.sh" image initramfs topic-a
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"topic-a: its kernel builds, but does not boot: kernel: Kernel panic - not syncing: no"*"Leave it out of VARIANTS="* ]]
	[[ $output != *$'\033'* ]]
	[ ! -e image/boots ]
	STREAM='' CONSOLE='' run "$scripts/boots.sh" image initramfs topic-a
	[[ $output == *"not a word on its console"* ]]
	STREAM=$head'@end 0\n' "$scripts/boots.sh" image initramfs topic-a
	STREAM='' "$scripts/boots.sh" image initramfs topic-a
	[ -z "$(ls "$MMVS_CACHE/cells/work")" ]
}

@test "two runs that measure the same cell at once both have it" {
	for i in {1..12}; do
		FRESH=1 "$scripts/cell.sh" "$PWD/run$i" image initramfs variant case@a=b 1 abcdef 2>>log || echo "$i failed" >>log &
		"$scripts/cell.sh" "$PWD/other$i" image initramfs variant case@a=b 1 abcdef 2>>log || echo "$i other failed" >>log &
	done
	wait
	cat log
	[ "$(find run* other* -name cell.json | wc -l)" -eq 24 ]
	! grep -q failed log
}

@test "QEMU's clock of the host stands still where instructions are counted, and there alone" {
	cat >bin/qemu-system-x86_64 <<-'END'
		#!/usr/bin/env bash
		[ "$1" != --version ] || { echo "QEMU emulator version 7.2.22"; exit; }
		perl -MTime::HiRes=gettimeofday -e 'print join(".", gettimeofday), "\n"; select undef, undef, undef, 0.01; print join(".", gettimeofday), "\n"' >console.log
		printf '%b' "$STREAM" >stream
	END
	cell
	says ok
	[ "$(cat out/console.log)" = $'1767225600.0\n1767225600.0' ]
	MODE=tcg cell
	says ok
	[ "$(sort -u out/console.log | grep -vc '^1767225600')" -eq 2 ]
}

@test "a cell that went on without the snapshot it was to have is a failed one, and not kept" {
	mkdir -p t/scripts
	cp "$scripts"/{lib*,machine,topology,place,place-start,host-nodes,cell}.sh t/scripts/
	cat >t/scripts/vm-run.sh <<-'END'
		#!/usr/bin/env bash
		mkdir -p "$6"
		echo "{\"status\":\"ok\",\"reason\":\"\",\"snapshot\":$SAVED}" >"$6/cell.json"
	END
	chmod +x t/scripts/vm-run.sh
	for SAVED in true false; do
		export SAVED SNAPSHOT=1
		run t/scripts/cell.sh "$PWD/run" image initramfs a-variant a-case 1 "key-$SAVED"
		[ -e "$MMVS_CACHE/cells/ke/key-$SAVED/cell.json" ] && kept=true || kept=false
		[ "$kept" = "$SAVED" ]
	done
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED a-variant a-case seed 1: the boot could not be saved in $MMVS_CACHE/cells (disk full?)"* ]]
	[ "$(jq -r .status run/cells/a-variant/a-case/1/cell.json)" = failed ]
	SNAPSHOT=0 t/scripts/cell.sh "$PWD/run" image initramfs a-variant a-case 1 key-0
	[ -e "$MMVS_CACHE/cells/ke/key-0/cell.json" ]
}
