#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A run as one file that others can check: samples, report, stacks, configuration, and
# the hash of each.  The same run gives the same bytes.
#
# Usage: bundle.sh RUN_DIR
# Writes RUN_DIR.tar.zst beside the run and prints its hash and path.  verify.sh reads it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "bundle.sh RUN_DIR"
need tar zstd jq sha256sum
run=$(realpath "$1")
for f in run.json values.tsv compare.tsv report.md mail.txt; do
	[ -s "$run/$f" ] || die "$run/$f is missing; 'make report RUN=$(basename "$run")' makes it"
done
family=$(jq -r .family "$run/run.json")
[ "$(basename "${FAMILY:-}")" != "$family" ] || family=$FAMILY
stage=$(mktemp -d)
trap 'rm -rf "$stage" "$run.tar.zst.new"' EXIT

cd "$run"
keep=(run.json criteria values.tsv ecdf.tsv compare.tsv report.md report.html mail.txt mail-full.txt)
for f in "${keep[@]}"; do [ ! -e "$f" ] || cp "$f" "$stage/"; done
# take PATTERN...: files of these names, wherever in the folders that a run has.
take()
{
	local args=() pattern dir dirs=()
	for pattern in "$@"; do args+=(-o -path "$pattern"); done
	for dir in cells conform static profile/diff plots; do [ ! -d "$dir" ] || dirs+=("$dir"); done
	find "${dirs[@]}" -type f \( "${args[@]:1}" \) -not -path 'conform/cells/*' |
		sort | cpio -pdm --quiet "$stage"
}
take 'cells/*/samples.tsv' 'cells/*/counters.tsv' 'cells/*/cell.json' 'conform/*.t*' 'conform/config' 'conform/family' \
	'static/static.tsv' 'profile/diff/*.tsv' 'profile/diff/*.txt' 'plots/*.svg'
# The stacks and what they were built with, as they are in this tree.
mkdir -p "$stage/config"
cp "$MMVS_TOP"/kernel-patches/config/*.config "$stage/config/"
if [ -f "$MMVS_TOP/kernel-patches/$family/family.conf" ] || [[ $family == */* ]]; then
	dir=$(family_dir "$family")
	mkdir -p "$stage/stacks"
	cp "$dir/family.conf" "$stage/stacks/"
	lines names jq -r '.variants[].name' run.json
	# shellcheck disable=SC2154 # lines() fills it
	for v in "${names[@]}"; do
		check_name variant "$v"
		[ -f "$dir/$v/series" ] || continue
		mkdir -p "$stage/stacks/$v"
		cp "$dir/$v/variant.conf" "$stage/stacks/$v/"
		config=$(conf "$dir/$v/variant.conf" config)
		[ -z "$config" ] || cp "$dir/$v/$config" "$stage/stacks/$v/"
		lines patches patches_of "$family" "$v"
		# shellcheck disable=SC2154
		[ "${#patches[@]}" -eq 0 ] || cp "${patches[@]}" "$stage/stacks/$v/"
		# Those of ../common/ lie beside the others here.
		printf '%s\n' "# $v" "${patches[@]##*/}" >"$stage/stacks/$v/series"
	done
fi

cd "$stage"
# No times, owners, modes of this machine; names in one order.
find . -type f -printf '%P\n' | sort >"$run/.bundle"
xargs -d '\n' sha256sum <"$run/.bundle" >manifest.sha256
{ echo manifest.sha256; cat "$run/.bundle"; } |
	tar --create --format=ustar --no-recursion --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 --files-from=- |
	zstd -q -T1 -10 -o "$run.tar.zst.new" -f || die "no bundle could be made of $run (above is why)"
rm -f "$run/.bundle"
mv "$run.tar.zst.new" "$run.tar.zst"
sha256sum "$run.tar.zst"
