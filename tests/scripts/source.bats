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

@test "a source that is not 6.12 is refused with both versions" {
	fake_kernel "$BATS_TEST_TMPDIR/k" 6.1.9
	KERNEL_SRC=$BATS_TEST_TMPDIR/k run "$scripts/kernel-source.sh"
	[ "$status" -eq 1 ]
	[[ $output == *6.1.9* && $output == *6.12* ]]
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
