#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the kernel's own selftests that bench/guest/conform/selftests.c runs,
# static, from the source that an image was built from, and append them to an
# initramfs: the kernel unpacks one archive after the other.  Those that this
# source has not, or that do not build, are named with the reason in
# /selftests/missing.
#
# Usage: selftests.sh IMAGE_DIR INITRAMFS
# Prints the path of the joined initramfs, addressed by its content.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "selftests.sh IMAGE_DIR INITRAMFS"
need git gcc make cpio strip jq tar rsync
image=$1 initramfs=$2 git=(git "--git-dir=$MMVS_CACHE/linux.git")
tests=(mm/droppable mm/ksm_functional_tests mm/cow mm/madv_populate mm/mremap_test
	mm/soft-dirty vDSO/vdso_test_getrandom)

# What the binaries are made of; a stack that leaves it alone gets the same.
made_of=(tools/testing/selftests tools/include tools/scripts include/uapi
	arch/x86/include/uapi arch/x86/entry/syscalls mm/gup_test.h)
commit=$(jq -r .commit "$image/image.json")
libraries=()
for library in libc.a liburing.a; do
	library=$(gcc -print-file-name="$library")
	libraries+=("$library")
done
key=$({
	echo "recipe 2 ${tests[*]}"
	"${git[@]}" ls-tree "$commit" "${made_of[@]}"
	gcc --version
	cat "${libraries[@]}"
} | digest)
archive=$MMVS_CACHE/selftests/${key:0:32}.cpio
joined=$MMVS_CACHE/initramfs/$(cat "$initramfs" <(echo "$key") | digest).cpio

# has: of the words, the paths that the commit has.
has()
{
	local path there
	for path in "$@"; do
		there=$("${git[@]}" ls-tree "$commit" "$path")
		[ -z "$there" ] || echo "$path"
	done
}

# one NAME: build it as /selftests/NAME, or say in "missing" why not.  What is mm/
# was vm/ before 6.3.
one()
{
	local dir=${1%/*} name=${1#*/} at
	at=$src/tools/testing/selftests/$dir
	[ -d "$at" ] || at=${at%/mm}/vm
	if [ ! -e "$at/$name.c" ]; then
		echo "$1 this kernel's source has no such selftest" >>"$root/selftests/missing"
	elif make -s -C "$at" OUTPUT="$work" KHDR_INCLUDES="-isystem $work/headers/include" \
		USERLDFLAGS="-static -Wl,--build-id=none" "$work/$name"; then
		strip -o "$root/selftests/$dir/$name" "$work/$name"
	else
		echo "$1 it does not build here" >>"$root/selftests/missing"
	fi
}

build()
{
	local t paths work=$archive.$$
	local src=$work/src root=$work/root
	# shellcheck disable=SC2064 # its value of now
	trap "rm -rf '$work'" EXIT
	mkdir -p "$src" "$root"/selftests/{mm,vDSO}
	: >"$root/selftests/missing"
	# Enough of the tree to install its headers.
	paths=$(has Makefile Kbuild Kconfig scripts include usr arch/x86 "${made_of[@]}")
	mapfile -t paths <<<"$paths"
	"${git[@]}" archive "$commit" "${paths[@]}" | tar -x -C "$src"
	make -s -C "$src" ARCH=x86_64 headers_install INSTALL_HDR_PATH="$work/headers"
	for t in "${tests[@]}"; do one "$t"; done
	find "$root" -exec touch -h -d @0 {} +
	chmod -R u=rwX,go=rX "$root"
	(cd "$root" && find . -mindepth 1 | sort | cpio --quiet --reproducible -o -H newc -R 0:0) >"$work/cpio"
	mv "$work/cpio" "$archive"
}

if [ ! -s "$archive" ]; then
	lock "$MMVS_CACHE/selftests/.lock"
	note "building the kernel's selftests"
	# In the background, so that its errors end it: 'if build' would not.
	build >"$archive.log" 2>&1 &
	wait $! || die "the selftests of $(jq -r .variant "$image/image.json") do not build; $archive.log has it all"
	rm -f "$archive.log"
fi
if [ ! -s "$joined" ]; then
	mkdir -p "$(dirname "$joined")"
	cat "$initramfs" "$archive" >"$joined.$$"
	mv "$joined.$$" "$joined"
fi
echo "$joined"
