#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Cells and results on a disk that is full, at eight sizes: the run ends with a reason,
# leaves no cell that is not whole and no guest, and goes on from there when there is
# room.  TAP.
set -uo pipefail
# shellcheck source=tests/endurance/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'umount "$tmp/disk" 2>/dev/null; rm -rf "$tmp"' EXIT
read -ra sizes <<<"${DISK_SIZES:-4k 1m 8m 20m 32m 64m 128m 300m}"
mkdir "$tmp/disk"
if ! mount -t tmpfs -o size=1m mmvs "$tmp/disk" 2>/dev/null; then
	echo "1..0 # SKIP a small disk is a mount, which takes root"
	exit 0
fi
umount "$tmp/disk"
echo "1..${#sizes[@]}"

# go_on: a run in a session of its own, to its end; its words in $tmp/said.
go_on()
{
	local leader status=0

	cells_of_own "$tmp/cache"
	ln -sfn "$tmp/disk/cells" "$tmp/cache/cells"
	measure "$tmp/cache" "$tmp/disk/results" 1 >"$tmp/said" 2>&1 &
	leader=$!
	wait "$leader" || status=$?
	cat "$tmp/said" >>"$tmp/log"
	sleep 1
	[ -z "$(living "$leader")" ] || { living "$leader" >>"$tmp/log"; return 99; }
	return "$status"
}

# whole_cells: what lies in the run are cells, each with its status.
whole_cells()
{
	local f

	for f in "$tmp/disk/results"/*/cells/*/*/*/; do
		[ ! -d "$f" ] || [[ $f == *.new.* ]] ||
			jq -e '.status' "$f/cell.json" >/dev/null || return 1
	done
}

cells_of_own "$tmp/calm"
(measure "$tmp/calm" "$tmp/undisturbed" 1) >"$tmp/calm.log" 2>&1 || cat "$tmp/calm.log" >>"$tmp/log"
for size in "${sizes[@]}"; do
	mount -t tmpfs -o "size=$size" mmvs "$tmp/disk"
	mkdir -p "$tmp/disk/cells" "$tmp/disk/results"
	full=0
	go_on || full=$?
	said=$(grep '^mmvs: ' "$tmp/said" | tail -n 1 | sed "s@$tmp@TMP@g")
	reason=1
	[ "$full" -eq 0 ] || grep -qiE '^mmvs: .*(full|cannot be written|nothing can be written|cannot write|no space|written to)' "$tmp/said" || reason=0
	[ "$full" -ne 99 ] && [ "$reason" -eq 1 ] && whole_cells &&
		mount -o remount,size=2g "$tmp/disk" && go_on && same "$tmp/undisturbed" "$tmp/disk/results" &&
		tidy "$tmp/cache" "$tmp/disk/results"
	ok "a disk of $size: ends with $full, and goes on from there (${said//#/})"
	umount "$tmp/disk"
done
