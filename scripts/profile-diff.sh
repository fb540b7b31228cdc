#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One case's profiles side by side: tables, flame graphs, stacked bars.
#
# Usage: profile-diff.sh OUT SPEC DIR NAME [DIR NAME ...]
# The first is compared with each of the others; no boot.  Writes OUT/diff/SPEC/
# and prints the tables.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
if [ $# -lt 4 ] || [ $(($# % 2)) -ne 0 ]; then
	usage "profile-diff.sh OUT SPEC DIR NAME [DIR NAME ...]"
fi
out=$1 spec=$2
shift 2
pairs=("$@") a=$1 name_a=$2
mmprofile=$MMVS_TOP/build/plugin/mmprofile
place=$out/diff/$spec
mkdir -p "$place"
echo "$name_a" >"$place/baseline"
cp "$a/metrics.tsv" "$place/"
names=$name_a
shift 2
while [ $# -gt 0 ]; do
	b=$1 name_b=$2
	shift 2
	names+=" $name_b"
	printf '\n%s\n' "$spec"
	"$mmprofile" groups "$a" "$b" "$name_a" "$name_b" "$MMVS_TOP/bench/plugin/groups.tsv" | tee "$place/$name_b-groups.txt"
	"$mmprofile" diff "$a" "$b" "$name_a" "$name_b" | tee "$place/$name_b.txt"
	"$mmprofile" explain "$a" "$b" "$name_a" "$name_b" >"$place/$name_b.tsv"
	"$mmprofile" flame "$a" "$b" "$spec: A $name_a, B $name_b" >"$place/$name_b.svg"
	if [ ! -s "$a/functions-inlined.tsv" ] || [ ! -s "$b/functions-inlined.tsv" ]; then continue; fi
	printf '\n%s, by inlined function\n' "$spec"
	"$mmprofile" --inlined diff "$a" "$b" "$name_a" "$name_b" | tee "$place/$name_b-inlined.txt"
	"$mmprofile" --inlined flame "$a" "$b" "$spec, inlined functions: A $name_a, B $name_b" >"$place/$name_b-inlined.svg"
done
"$mmprofile" bars "${pairs[@]}" >"$place/bars.tsv"
for format in svg png; do
	gnuplot -e "common='$MMVS_TOP/plots/common.gp'; format='$format'; out='$place/bars.$format'; \
		data='$place/bars.tsv'; variants='$names'; baseline='$name_a'; mode='icount'; unit='insn'; \
		unit_long='guest instructions'; seeds='1'; spec='$spec'" \
		"$MMVS_TOP/plots/profile.gp" 2>"$place/gnuplot.log" || die "plots/profile.gp: $(tail -n 3 "$place/gnuplot.log")"
done
rm -f "$place/gnuplot.log"
