#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build mmbench and pack it as the guest's whole userland: /init, two folders.
# The same sources and compiler give the same bytes.
#
# Usage: initramfs.sh [OUTDIR]     default: build/guest
# Prints the path of the initramfs.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -le 1 ] || usage "initramfs.sh [OUTDIR]"
need gcc make cpio strip
out=${1:-$MMVS_TOP/build/guest}
mkdir -p "$out"
lock "$out/.lock"
absolute=$(realpath -s "$out")
make -s -j "$(nproc)" -C "$MMVS_TOP/bench/guest" O="$absolute" >&2
make -s -C "$MMVS_TOP/bench/still" >&2 # what its QEMU needs
if [ ! "$out/initramfs.cpio" -nt "$out/mmbench" ]; then
	root=$(mktemp -d "$out/root.XXXXXX")
	trap 'rm -rf "$root"' EXIT
	mkdir "$root"/{dev,proc,sys,tmp}
	strip -o "$root/init" "$out/mmbench"
	find "$root" -exec touch -h -d @0 {} +
	chmod 755 "$root" "$root"/*
	(cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet --reproducible -o -H newc -R 0:0) >"$out/initramfs.cpio.new"
	mv "$out/initramfs.cpio.new" "$out/initramfs.cpio"
fi
echo "$out/initramfs.cpio"
