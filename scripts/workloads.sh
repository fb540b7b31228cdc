#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the case "workload" runs beside mmbench: hyperfine with its libraries and
# the kernel's own selftests, appended to an initramfs.
#
# Usage: workloads.sh IMAGE_DIR INITRAMFS
# Prints the path of the joined initramfs, addressed by its content.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "workloads.sh IMAGE_DIR INITRAMFS"
need hyperfine ldd cpio
guest=$("$MMVS_TOP/scripts/selftests.sh" "$1" "$2")
hyperfine=$(command -v hyperfine)
# The interpreter has no arrow: it is named by its path.
named=$(ldd "$hyperfine" | grep -oE '(=> )?/[^ ]+' | sed 's/^=> //') || die "ldd $hyperfine names no library"
mapfile -t libraries <<<"$named"
joined=$MMVS_CACHE/initramfs/$(cat "$guest" "$hyperfine" "${libraries[@]}" <(echo recipe 1) | digest).cpio
if [ ! -s "$joined" ]; then
	root=$(mktemp -d)
	trap 'rm -rf "$root"' EXIT
	mkdir -p "$root/usr/bin"
	ln -s /init "$root/usr/bin/mmbench"
	cp -L "$hyperfine" "$root/usr/bin/hyperfine"
	for f in "${libraries[@]}"; do
		mkdir -p "$root/$(dirname "$f")"
		cp -L "$f" "$root/$f"
	done
	find "$root" -exec touch -h -d @0 {} +
	chmod -R u=rwX,go=rX "$root"
	(cd "$root" && find . -mindepth 1 | sort | cpio --quiet --reproducible -o -H newc -R 0:0) >"$root.cpio"
	cat "$guest" "$root.cpio" >"$joined.$$"
	rm -f "$root.cpio"
	mv "$joined.$$" "$joined"
fi
echo "$joined"
