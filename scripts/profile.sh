#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the difference is: boot cells under the QEMU plugin, count instructions
# per kernel function, compare the first variant with each of the others.
#
# Usage: profile.sh FAMILY
# VARIANTS="a b" or all (default: family.conf; the family's baseline first), CASES="glob ..." as
# in run.sh, SEED=1, JOBS=cores, RUN=name (default the newest run), FRESH=1,
# INLINE=1 for the second view, by inlined function (builds each kernel once
# more, with DWARF), CACHE_MODEL=1 for the model of caches and TLB or its sizes:
# CACHE_MODEL="l1d=32k:8:64 l2=1m:16:64 llc=16m:16:64 dtlb=64:4".  PERF=on: with a
# PMU also perf record -g of each case on this machine (profile-perf.sh).
# Writes results/RUN/profile/ and prints the differential tables.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "profile.sh FAMILY"
family=$1 seed=${SEED:-1} scripts=$MMVS_TOP/scripts
need parallel jq qemu-system-x86_64 gnuplot
[ "${MODE:-icount}" = icount ] || die "MODE=$MODE: the plugin counts inside TCG; use MODE=icount"
[[ $seed =~ ^[1-9][0-9]{0,8}$ ]] || die "SEED=$seed: a number above 0"
if [[ -z ${VARIANTS:-} && -n ${RUN:-} && -s $MMVS_RESULTS/$RUN/run.json ]]; then
	VARIANTS=$(jq -r '[.variants[].word] | join(" ")' "$MMVS_RESULTS/$RUN/run.json")
	[[ $VARIANTS == *:* ]] || VARIANTS=
fi
words_list=$(measured_of "$family")
baseline=$(baseline_of "$family")
# What is asked for first, or the baseline, is what the others are compared with.
[[ -n ${VARIANTS:-} && $VARIANTS != all && -z ${BASELINE:-} ]] ||
	words_list=$(echo "$baseline" && { grep -vxF "$baseline" <<<"$words_list" || true; })
mapfile -t words <<<"$words_list"
"$scripts/images.sh" --resolve "$family" "${words[@]}"
initramfs=$("$scripts/initramfs.sh")
mmbench=$(dirname "$initramfs")/mmbench
initramfs=$(frozen "$initramfs")
plugin=$MMVS_TOP/build/plugin
make -s -C "$MMVS_TOP/bench/plugin" O="$plugin" >&2
inline=${INLINE:-0} config=${CONFIG:-small}
[[ $inline == [01] ]] || die "INLINE=$inline: 1 for the view by inlined function, or 0"
[ "$inline" = 0 ] || [ "$config" = small ] || die "INLINE=1 knows the code of CONFIG=small alone, not of CONFIG=$config"
declare -A images dwarf
table=$("$scripts/images.sh" "$family" "${words[@]}")
variants=()
lines variants cut -f 2 <<<"$table"
while IFS=$'\t' read -r _ v image _; do images[$v]=$image; done <<<"$table"
if [ "$inline" = 1 ]; then
	table=$(CONFIG=dwarf "$scripts/images.sh" "$family" "${words[@]}")
	while IFS=$'\t' read -r _ v image _; do dwarf[$v]=$image; done <<<"$table"
fi

picked=$(specs_of "$mmbench" "$family" "${CASES:-}")
mapfile -t specs <<<"$picked"

newest=$(find "$MMVS_RESULTS" -mindepth 2 -maxdepth 2 -name run.json -not -path '*/reference/*' -printf '%T@ %h\n' |
	sort -n | tail -n 1 | cut -d ' ' -f 2-)
name=${RUN:-$(basename "${newest:-profile}")}
check_name RUN "$name"
out=$MMVS_RESULTS/$name/profile
mkdir -p "$out"
lock "$out/.lock"

# A cell like any other, but for its place in the run and its address.
options=calls=on
[ "$inline" = 0 ] || options+=,addresses=on
[ -z "${CACHE_MODEL:-}" ] || options+=,cache=on
[ "${CACHE_MODEL:-1}" = 1 ] || for level in $CACHE_MODEL; do
	[[ $level =~ ^[a-z0-9]+=[0-9a-z:]+$ ]] || die "CACHE_MODEL=$CACHE_MODEL: '$level' is not NAME=SIZE:WAYS:LINE"
	options+=,$level
done
common=$(cat "$initramfs" "$scripts"/{vm-run,machine,topology}.sh "$plugin/mmcount.so" | digest)
common+="-$options-${VM_MEMORY:-1G}-${VM_NUMA:-1}-$(qemu-system-x86_64 --version | head -n 1)"
export VM_APPEND=nokaslr VM_CPUS=1 VM_LIMIT=${VM_LIMIT:-600} MODE=icount
cells()
{
	local v s
	for s in "${specs[@]}"; do
		for v in "${variants[@]}"; do
			printf '%s\t%s\t%s\t%s\t%s\n' "${images[$v]}" "$v" "$s" \
				"$(echo "$common ${images[$v]} $v $s $seed" | digest)" \
				"$plugin/mmcount.so,symbols=${images[$v]}/System.map,out=.,$options"
		done
	done
}
note "profile of $name: ${#variants[@]} variants x ${#specs[@]} cases"
failed=0
clean_work
cells | "${tie[@]}" parallel --will-cite --quote --jobs "${JOBS:-$(nproc)}" --colsep '\t' --halt never \
	exec env VM_PLUGIN='{5}' "$scripts/cell.sh" "$out" '{1}' "$initramfs" '{2}' '{3}' "$seed" '{4}' >&2 || failed=$?

# put VARIANT SPEC: out of the cell, with what to divide by, and checked.
put()
{
	local cell=$out/cells/$1/$2/$seed place=$out/$1/$2 state
	state=$(jq -r .status "$cell/cell.json")
	rm -rf "$place"
	# The plugin's own word first: QEMU only says that it did not load.
	[ "$state" = ok ] || { note "$1 $2: $state, $(sed -n 's/^mmcount: //p' "$cell/qemu.log" 2>/dev/null | grep -m 1 . ||
		jq -r .reason "$cell/cell.json")"; return 1; }
	[ -s "$cell/regions.tsv" ] || die "$1 $2: the plugin wrote nothing ($cell)"
	mkdir -p "$place"
	mmcompare --page passes "$cell"
	cp "$cell"/{functions,regions,passes,operations,metrics}.tsv "$cell/folded.txt" "$place/"
	"$plugin/mmprofile" check "$place" >&2 || { rm -rf "$place"; return 1; }
	[ "$inline" = 1 ] || return 0
	cp "$cell/addresses.tsv" "$place/"
	"$scripts/profile-inline.sh" "${images[$1]}/vmlinux" "${dwarf[$1]}/vmlinux" "$place"
	"$plugin/mmprofile" --inlined check "$place" >&2 || { rm -rf "$place"; return 1; }
}
rm -rf "$out/diff"
for s in "${specs[@]}"; do
	bars=() first=${variants[0]}
	for v in "${variants[@]}"; do
		if put "$v" "$s"; then
			bars+=("$out/$v/$s" "$v")
		else
			status=$(jq -r .status "$out/cells/$v/$s/$seed/cell.json") || status=none
			[ "$status" = skip ] || failed=1
		fi
	done
	[ -d "$out/$first/$s" ] || continue
	"$scripts/profile-diff.sh" "$out" "$s" "${bars[@]}"
done
# Not unasked: cases press for memory, here on the machine itself.
[ "${PERF:-auto}" != on ] || "$scripts/profile-perf.sh" "$out/perf" "$mmbench" "${specs[@]}"
echo "$out"
[ "$failed" -eq 0 ] || die "some profile cells failed (above is why); they stay in $out/cells"
