#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does this machine get the bytes of the committed reference run?  Some cells
# of the baseline are booted and their samples' hashes compared.  TAP.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. scripts/lib.sh
set +e
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
reference=results/reference
baseline=$(jq -r .baseline "$reference/run.json")
wants=("fault-first-touch@map=droppable/1" "reclaim-proactive@map=droppable,share=25/2" "scan-aging@map=private/3")
echo "1..${#wants[@]}"

image=$(scripts/kernel-build.sh "$(jq -r .family "$reference/run.json")" "$baseline")
initramfs=$(scripts/initramfs.sh)
qemu=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
# The same bytes are promised for the same kernel, userland and QEMU.
differs=()
[ "$(jq -r .image_sha256 "$image/image.json")" = "$(jq -r --arg v "$baseline" '.variants[] | select(.name == $v).image_sha256' "$reference/run.json")" ] ||
	differs+=("kernel image (source or toolchain)")
[ "$(digest <"$initramfs")" = "$(jq -r .initramfs_sha256 "$reference/run.json")" ] || differs+=("initramfs (mmbench or toolchain)")
[ "$qemu" = "$(jq -r .qemu "$reference/run.json")" ] || differs+=("QEMU $qemu")
for i in "${!wants[@]}"; do
	want=${wants[i]} spec=${wants[i]%/*} seed=${wants[i]##*/}
	if [ "${#differs[@]}" -gt 0 ]; then
		echo "ok $((i + 1)) - $want # SKIP the reference was made with another $(IFS=,; echo "${differs[*]}")"
		continue
	fi
	scripts/vm-run.sh "$image" "$initramfs" "$baseline" "$spec" "$seed" "$tmp/$i" >&2
	if [ "$(digest <"$tmp/$i/samples.tsv")" = "$(awk -v f="cells/$baseline/$want/samples.tsv" '$2 == f { print $1 }' "$reference/samples.sha256")" ]; then
		echo "ok $((i + 1)) - $want has the reference's bytes"
	else
		echo "not ok $((i + 1)) - $want has the reference's bytes"
	fi
done
