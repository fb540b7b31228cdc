#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build mmbench and mmconform and pack each as a guest's whole userland: /init, two
# folders.  The same sources and compiler give the same bytes.
#
# Usage: initramfs.sh [--conform] [OUTDIR]     default: build/guest
# Prints the path of mmbench's initramfs, or of mmconform's; the program is beside it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
packed=initramfs.cpio
[ "${1:-}" != --conform ] || { packed=conform.cpio; shift; }
[ $# -le 1 ] || usage "initramfs.sh [--conform] [OUTDIR]"
need gcc make cpio strip
out=${1:-$MMVS_TOP/build/guest}
mkdir -p "$out"
lock "$out/.lock"
absolute=$(realpath -s "$out")
make -s -j "$(nproc)" -C "$MMVS_TOP/bench/guest" O="$absolute" >&2
make -s -C "$MMVS_TOP/bench/still" >&2 # what its QEMU needs
trap 'rm -rf "$out"/root.*' EXIT

# pack PROGRAM CPIO: unless it is there.
pack()
{
	local root
	[ ! "$out/$2" -nt "$out/$1" ] || return 0
	root=$(mktemp -d "$out/root.XXXXXX")
	mkdir "$root"/{dev,proc,sys,tmp}
	strip -o "$root/init" "$out/$1"
	find "$root" -exec touch -h -d @0 {} +
	chmod 755 "$root" "$root"/*
	(cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet --reproducible -o -H newc -R 0:0) >"$out/$2.new"
	mv "$out/$2.new" "$out/$2"
}

pack mmbench initramfs.cpio
pack mmconform conform.cpio
echo "$out/$packed"
