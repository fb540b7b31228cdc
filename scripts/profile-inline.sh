#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The profile's second view: instructions by inlined function, from DWARF.
#
# Usage: profile-inline.sh ELF DWARF_ELF DIR
# ELF is what ran (an image's vmlinux), DWARF_ELF the same code with debug
# information, which is checked; DIR holds the plugin's addresses.tsv.
# Writes DIR/functions-inlined.tsv and DIR/folded-inlined.txt; no boot.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 3 ] || usage "profile-inline.sh ELF DWARF_ELF DIR"
elf=$1 dwarf=$2 dir=$3
need addr2line readelf objcopy awk
[ -s "$dir/addresses.tsv" ] || die "$dir/addresses.tsv: none; the plugin writes it with addresses=on"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# code FILE: name, address and content of each section that is executed.
code()
{
	local names n sections hash
	sections=$(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '$2 == "PROGBITS" && $7 ~ /X/ { print $1, $3 }')
	[ -n "$sections" ] || die "$1: not an ELF file with code"
	mapfile -t names <<<"$sections"
	for n in "${names[@]}"; do
		objcopy -O binary --only-section="${n% *}" "$1" "$tmp/code"
		hash=$(digest <"$tmp/code")
		echo "$n $hash"
	done
}
ours=$(code "$elf")
theirs=$(code "$dwarf")
[ "$ours" = "$theirs" ] ||
	die "$dwarf is not the code of $elf: $(diff <(echo "$ours") <(echo "$theirs") | sed -n 's/^[<>] \([^ ]*\).*/\1/p' | sort -u | tr '\n' ' ')differ; its inlined functions would be another kernel's"
readelf -SW "$dwarf" | grep -qF ' .debug_info ' || die "$dwarf has no DWARF: no .debug_info in it"

awk -F '\t' '$3 ~ /^0x/ { print $3 }' "$dir/addresses.tsv" | sort -u | addr2line -a -f -i -e "$dwarf" >"$tmp/chains"
{
	printf '# mmvs-functions 1\n# view\tinlined\nregion\tfunction\tspace\tincl_insn\tcalls\tself_insn\n'
	awk -v FOLDED="$tmp/folded" -f "$MMVS_TOP/bench/plugin/inlined.awk" "$tmp/chains" "$dir/addresses.tsv"
} >"$tmp/functions" || die "$dir: cannot be told by inlined function (above is why)"
mv "$tmp/functions" "$dir/functions-inlined.tsv"
mv "$tmp/folded" "$dir/folded-inlined.txt"
