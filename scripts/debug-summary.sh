#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the boots of 'make conform CONFIG=debug' came to, without their consoles.
#
# Usage: debug-summary.sh RUN_DIR OUTDIR
# OUTDIR/FAMILY/ holds a TAP file for each boot, boots.tsv with a line for each
# (wall time, splats, kmemleak's and lockdep's last word), the matrix of them all
# and the options on top of small.config.  The boots of RUN_DIR take the place of
# what is there of the same variant and column, the others stay (boots.tsv names
# image and initramfs of each): such a run takes hours and can be made variant by
# variant.  Nothing stays when an option of theirs is no more, or another: where there
# are more today, they were watched less, and their properties say what they skipped.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "debug-summary.sh RUN_DIR OUTDIR"
need jq
run=$1/conform
config=$(cat "$run/config" 2>/dev/null || true)
[[ -n $config && $config != small ]] || die "$run: no run with CONFIG=debug; 'make conform CONFIG=debug RUN=...' makes one"
[ -s "$run/matrix.tsv" ] || die "$run/matrix.tsv is missing: the run has not ended"
family=$(cat "$run/family")
check_name family "$family"
out=$2/$family
columns=$'variant\tcolumn\tmode\tcpus\tstatus\twall_s\tsplats_count\tkmemleak\tlockdep\tinitramfs_sha256\timage_sha256\n'

# said CONSOLE WORD: the line that mmbench ends with on WORD.
said()
{
	sed -n "s/^debug: $2: //p; s/^mmbench: kernel: $2[a-z ]*: //p" "$1" | tr -cd '\12\40-\176' | tail -n 1 | grep . || echo none
}

# boot VARIANT COLUMN CELL: its line of boots.tsv.
boot()
{
	local splats

	splats=$(grep -acE 'BUG:|BUG [a-z]|WARNING:|mmbench: kernel: ' "$3/console.log" || true)
	jq -r --arg variant "$1" --arg column "$2" --arg splats "$splats" \
		--arg kmemleak "$(said "$3/console.log" kmemleak)" --arg lockdep "$(said "$3/console.log" lockdep)" '
		[$variant, $column, .mode, (.command | .[index("-smp") + 1] | split(",")[0]), .status, .wall_s,
		 (if .status == "failed" then $splats else 0 end), $kmemleak, $lockdep, .initramfs_sha256, .image_sha256] | @tsv' "$3/cell.json"
}

# ordered: lines of boots.tsv by variant, its columns as conform.sh has them.
ordered()
{
	jq -nRr '[inputs | split("\t")] | sort_by(.[0], (.[1] as $column | ["mglru", "classic", "stress"] | index($column)))[] | join("\t")'
}

new=$out.new.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new"
grep -hE '^(CONFIG_|# CONFIG_)' "$MMVS_TOP/kernel-patches/config/$config.config" >"$new/options"
cp "$run/config" "$run/family" "$new/"
while IFS=$'\t' read -r variant column tap spec; do
	check_name variant "$variant"
	cell=$run/cells/$variant/$spec/1
	[[ -s $cell/cell.json && -s $run/$tap ]] || die "$cell: no such boot in this run"
	cp "$run/$tap" "$new/$variant-$column.tap"
	boot "$variant" "$column" "$cell"
done <"$run/columns.tsv" >"$new/boots"
: >"$new/had"
if [ -s "$out/options" ] && ! grep -qvxFf "$new/options" "$out/options"; then
	for tap in "$out"/*.tap; do
		[ -e "$new/$(basename "$tap")" ] || cp "$tap" "$new/"
	done
	tail -n +2 "$out/boots.tsv" >"$new/had"
fi
{ printf '%s' "$columns"; instead_of 2 "$new/had" "$new/boots" | ordered; } >"$new/boots.tsv"
rm "$new/boots" "$new/had"
tail -n +2 "$new/boots.tsv" | jq -Rr 'split("\t") | [.[0], .[1], "\(.[0])-\(.[1]).tap"] | join("\t")' >"$new/columns.tsv"
mmcompare --page conform "$new" || true
[ -s "$new/matrix.md" ] || die "$new: no matrix (above is why)"
rm "$new/matrix.txt"
rm -rf "$out"
mv -T "$new" "$out"
splats=$(tail -n +2 "$out/boots.tsv" | jq -nR '[inputs | split("\t")[6] | tonumber] | add // 0')
note "$out: $(($(wc -l <"$out/boots.tsv") - 1)) boots, $splats splats"
