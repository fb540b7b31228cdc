#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Importing a base and applying stacks to it.

load helper

setup()
{
	own_cache
}

import()
{
	KERNEL_SRC=$1 "$scripts/kernel-source.sh" 2>/dev/null | cut -d ' ' -f 1
}

@test "a directory, a tarball and a git tree of the same content are accepted" {
	fake_kernel "$BATS_TEST_TMPDIR/k"
	dir=$(import "$BATS_TEST_TMPDIR/k")
	tar -C "$BATS_TEST_TMPDIR" -cJf "$BATS_TEST_TMPDIR/k.tar.xz" k
	tarball=$(import "$BATS_TEST_TMPDIR/k.tar.xz")
	git -C "$BATS_TEST_TMPDIR/k" init -q
	git -C "$BATS_TEST_TMPDIR/k" add .
	git -C "$BATS_TEST_TMPDIR/k" -c user.name=t -c user.email=t@t commit -qm base
	tree=$(import "$BATS_TEST_TMPDIR/k")
	[ -n "$dir" ]
	[ "$dir" = "$tarball" ]
	[ "$(git --git-dir="$MMVS_CACHE/linux.git" rev-parse "$tree^{tree}")" = \
		"$(git --git-dir="$MMVS_CACHE/linux.git" rev-parse "$dir^{tree}")" ]
}

@test "a tarball that ignores all its files is imported whole" {
	fake_kernel "$BATS_TEST_TMPDIR/k"
	echo '/*' >"$BATS_TEST_TMPDIR/k/.gitignore"
	tar -C "$BATS_TEST_TMPDIR" -cf "$BATS_TEST_TMPDIR/k.tar" k
	c=$(import "$BATS_TEST_TMPDIR/k.tar")
	git --git-dir="$MMVS_CACHE/linux.git" cat-file -e "$c:mm/vmscan.c"
}

@test "a source older than 6.1 and one that is no Linux are refused, with the reason" {
	fake_kernel "$BATS_TEST_TMPDIR/k" 5.15.9
	KERNEL_SRC=$BATS_TEST_TMPDIR/k run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *5.15.9* && $output == *"6.1 and later"* ]]
	fake_kernel "$BATS_TEST_TMPDIR/n"
	echo 'all:' >"$BATS_TEST_TMPDIR/n/Makefile"
	KERNEL_SRC=$BATS_TEST_TMPDIR/n run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"is no Linux source"* ]]
	[ -z "$(ls "$MMVS_CACHE/sources")" ]
}

@test "6.1 and 7.3 are taken" {
	for v in 6.1.9 7.3.4; do
		fake_kernel "$BATS_TEST_TMPDIR/$v" "$v"
		KERNEL_SRC=$BATS_TEST_TMPDIR/$v run "$scripts/kernel-source.sh"
		[ "$status" -eq 0 ]
		[[ $output == *" $v "* ]]
	done
}

@test "a ref is taken by branch, tag or hash; what git does not know is named" {
	git_kernel "$BATS_TEST_TMPDIR/k"
	export KERNEL_SRC=$BATS_TEST_TMPDIR/k
	hash=$(git -C "$KERNEL_SRC" rev-parse topic/a)
	for ref in topic/a "$hash"; do
		run "$scripts/kernel-source.sh" "$ref"
		echo "$output"
		[ "$status" -eq 0 ]
		[[ ${lines[-1]} == "$hash 6.12.1 k" ]]
	done
	run "$scripts/kernel-source.sh" no/such
	[ "$status" -eq 1 ]
	[[ $output == *"has no commit 'no/such'"* ]]
	KERNEL_SRC=$KERNEL_SRC/mm run "$scripts/kernel-source.sh" topic/a
	[ "$status" -eq 1 ]
	[[ $output == *"no git tree"* ]]
	KERNEL_SRC='' run "$scripts/kernel-source.sh" topic/a
	[ "$status" -eq 1 ]
	[[ $output == *"set KERNEL_SRC="* ]]
}

@test "uncommitted changes of what is checked out are refused, unless its hash is named" {
	git_kernel "$BATS_TEST_TMPDIR/k"
	export KERNEL_SRC=$BATS_TEST_TMPDIR/k
	echo more >>"$KERNEL_SRC/mm/vmscan.c"
	run "$scripts/kernel-source.sh" base
	[ "$status" -eq 1 ]
	[[ $output == *"uncommitted changes"*"commit or stash"* ]]
	run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	run "$scripts/kernel-source.sh" topic/a
	[ "$status" -eq 0 ]
	run "$scripts/kernel-source.sh" "$(git -C "$KERNEL_SRC" rev-parse base)"
	[ "$status" -eq 0 ]
}

@test "KERNEL= wants a version, and says what it looked for" {
	KERNEL=mainline run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"KERNEL=mainline"*"linux-source-6.12"* ]]
}

@test "a missing source and an empty tarball are named" {
	KERNEL_SRC=$BATS_TEST_TMPDIR/none run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"$BATS_TEST_TMPDIR/none"* ]]
	head -c 5000 /dev/zero >"$BATS_TEST_TMPDIR/bad.tar"
	KERNEL_SRC=$BATS_TEST_TMPDIR/bad.tar run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *bad.tar* ]]
	[ -z "$(ls "$MMVS_CACHE/sources")" ]
}

@test "a stack applies to the same commit each time" {
	fake_kernel "$BATS_TEST_TMPDIR/k"
	base=$(import "$BATS_TEST_TMPDIR/k")
	patch_of "line 5" "line five" >"$BATS_TEST_TMPDIR/1.patch"
	first=$("$scripts/stack-apply.sh" "$base" v "$BATS_TEST_TMPDIR/1.patch")
	rm -rf "$MMVS_CACHE"
	base=$(import "$BATS_TEST_TMPDIR/k")
	again=$("$scripts/stack-apply.sh" "$base" v "$BATS_TEST_TMPDIR/1.patch")
	[ "$first" = "$again" ]
	git --git-dir="$MMVS_CACHE/linux.git" show "$again:mm/vmscan.c" | grep -q "line five"
}

@test "a patch that does not apply: patch, file and hunk are named, nothing is left" {
	fake_kernel "$BATS_TEST_TMPDIR/k"
	base=$(import "$BATS_TEST_TMPDIR/k")
	patch_of "line 5" "line five" >"$BATS_TEST_TMPDIR/1.patch"
	patch_of "line nought" "line six" >"$BATS_TEST_TMPDIR/2.patch"
	run "$scripts/stack-apply.sh" "$base" v "$BATS_TEST_TMPDIR"/{1,2}.patch
	[ "$status" -eq 1 ]
	[[ $output == *"2.patch does not apply"* ]]
	[[ $output == *"mm/vmscan.c:4"* ]]
	[ -z "$(git --git-dir="$MMVS_CACHE/linux.git" branch --list 'stack/*')" ]
	[ -z "$(find "$MMVS_CACHE" -maxdepth 1 -name 'apply.*')" ]
	[ "$(git --git-dir="$MMVS_CACHE/linux.git" worktree list | wc -l)" -eq 1 ]
}

@test "a patch that is no mail is refused, not half applied" {
	fake_kernel "$BATS_TEST_TMPDIR/k"
	base=$(import "$BATS_TEST_TMPDIR/k")
	echo "no patch at all" >"$BATS_TEST_TMPDIR/1.patch"
	run "$scripts/stack-apply.sh" "$base" v "$BATS_TEST_TMPDIR/1.patch"
	[ "$status" -eq 1 ]
	[[ $output == *1.patch* ]]
}

@test "what an assembler file takes in by .incbin is not ccache's to remember" {
	own_cache
	cd "$BATS_TEST_TMPDIR"
	printf '.section .rodata\n.incbin "blob"\n' >piggy.S
	build()
	{
		bash -c '. "$1/lib.sh"; . "$1/kmake.sh"; "${@:2}" gcc -D__ASSEMBLY__ -Wp,-MMD,.o.d -c piggy.S -o "$OUT"' - "$scripts" "$@"
	}
	printf one >blob
	kcc=$MMVS_CACHE/bin/kcc
	OUT=1.o build "$kcc"
	printf two >blob
	OUT=2.o build "$kcc"
	! cmp -s 1.o 2.o
	# The kernel's make is given it, and an image is looked into.
	grep -q 'CC="$kcc ' "$scripts/kmake.sh"
	grep -q 'payload "$obj/arch/x86/boot/bzImage" | digest' "$scripts/kernel-build.sh"
	# Without it, this is what happens.
	OUT=3.o build ccache
	printf one >blob
	OUT=4.o build ccache
	cmp -s 3.o 4.o || skip "this ccache looks into .incbin by itself"
}

# asked COMMIT TOOLCHAIN: how often Kconfig was asked so far, this time included.
asked()
{
	kconfigure_once "$1" "$2" "" "$BATS_TEST_TMPDIR/fragment"
	wc -l <"$BATS_TEST_TMPDIR/calls"
}

@test "Kconfig is asked again when it, a fragment, the compiler or .config is another" {
	own_cache
	. "$scripts/lib.sh"
	. "$scripts/kmake.sh"
	src=$BATS_TEST_TMPDIR/src obj=$BATS_TEST_TMPDIR/obj
	kconfigure_on() { echo "$*" >>"$BATS_TEST_TMPDIR/calls" && echo CONFIG_A=y >"$obj/.config"; }
	git init -q "$src" && mkdir "$obj" "$src/mm"
	git -C "$src" config user.email a@b.c && git -C "$src" config user.name a
	commit() { git -C "$src" add -A && git -C "$src" commit -qm x && git -C "$src" rev-parse HEAD; }
	echo CONFIG_A=y >"$BATS_TEST_TMPDIR/fragment"
	echo 'config A' >"$src/mm/Kconfig"
	one=$(commit)
	[ "$(asked "$one" gcc)" -eq 1 ]
	[ "$(asked "$one" gcc)" -eq 1 ]
	echo 'int a;' >"$src/mm/a.c"
	two=$(commit)
	[ "$(asked "$two" gcc)" -eq 1 ]
	echo CONFIG_B=y >>"$obj/.config"
	[ "$(asked "$two" gcc)" -eq 2 ]
	[ "$(asked "$two" gcc-13)" -eq 3 ]
	echo CONFIG_B=y >>"$BATS_TEST_TMPDIR/fragment"
	[ "$(asked "$two" gcc-13)" -eq 4 ]
	echo 'config B' >>"$src/mm/Kconfig"
	three=$(commit)
	[ "$(asked "$three" gcc-13)" -eq 5 ]
	[ "$(asked "$three" gcc-13)" -eq 5 ]
	# What cannot be configured is not taken for done.
	kconfigure_on() { echo "$*" >>"$BATS_TEST_TMPDIR/calls" && return 1; }
	run asked "$one" gcc
	[ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" -eq 6 ]
	run asked "$three" gcc-13
	[ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" -eq 7 ]
}
