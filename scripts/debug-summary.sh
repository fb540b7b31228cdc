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
# variant.  Nothing stays when the options differ.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "debug-summary.sh RUN_DIR OUTDIR"
need jq awk
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
	local splats=0 status facts hashes

	status=$(jq -r .status "$3/cell.json")
	facts=$(jq -r '[.mode, (.command | .[index("-smp") + 1] | split(",")[0]), .status, .wall_s] | @tsv' "$3/cell.json")
	hashes=$(jq -r '[.initramfs_sha256, .image_sha256] | @tsv' "$3/cell.json")
	[ "$status" != failed ] ||
		splats=$(grep -acE 'BUG:|BUG [a-z]|WARNING:|mmbench: kernel: ' "$3/console.log" || true)
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$facts" \
		"$splats" "$(said "$3/console.log" kmemleak)" "$(said "$3/console.log" lockdep)" "$hashes"
}

# ordered FILE...: lines of boots.tsv by variant, its columns as conform.sh has them.
ordered()
{
	awk -F '\t' -v OFS='\t' '{ print $1, index("mglru classic stress", $2), $0 }' "$@" |
		sort -t $'\t' -k 1,1 -k 2,2n | cut -f 3-
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
touch "$new/kept"
if cmp -s "$out/options" "$new/options"; then
	for tap in "$out"/*.tap; do
		[ -e "$new/$(basename "$tap")" ] || cp "$tap" "$new/"
	done
	awk -F '\t' 'FILENAME == ARGV[1] { new[$1, $2]; next } FNR > 1 && !(($1, $2) in new)' \
		"$new/boots" "$out/boots.tsv" >"$new/kept"
fi
{ printf '%s' "$columns"; ordered "$new/boots" "$new/kept"; } >"$new/boots.tsv"
rm "$new/boots" "$new/kept"
awk -F '\t' -v OFS='\t' 'NR > 1 { print $1, $2, $1 "-" $2 ".tap" }' "$new/boots.tsv" >"$new/columns.tsv"
mmcompare --page conform "$new" || true
[ -s "$new/matrix.md" ] || die "$new: no matrix (above is why)"
rm "$new/matrix.txt"
rm -rf "$out"
mv -T "$new" "$out"
note "$out: $(($(wc -l <"$out/boots.tsv") - 1)) boots, $(awk -F '\t' 'NR > 1 { n += $7 } END { print n + 0 }' "$out/boots.tsv") splats"
