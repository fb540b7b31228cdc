#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernels of a comparison: what each word of VARIANTS= means, built or found in
# the cache.  Compared kernels are configured alike wherever all of them can.
#
# Usage: images.sh [--resolve | --cached] FAMILY WORD...
# Prints a line for each: "word<TAB>name<TAB>image folder<TAB>JSON of variant.sh".
# --resolve: only finds out whether the words can be compared; builds nothing.
# --cached: builds nothing; the folder is empty where that would be needed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
resolve=
[ "${1:-}" != --resolve ] || { resolve=1; shift; }
[ "${1:-}" != --cached ] || { export MMVS_CACHED=1; shift; }
[ $# -ge 2 ] || usage "images.sh [--resolve | --cached] FAMILY WORD..."
need jq
writable "$MMVS_CACHE" MMVS_CACHE
family=$1 scripts=$MMVS_TOP/scripts
shift
baseline=$(baseline_of "$family")
[[ $baseline != ref:* ]] || export BASELINE_REF=${baseline#ref:}
declare -A taken same
names=() infos=() bases=() others=()

# what INFO: the kernel that it names, whatever its name.
what()
{
	local facts
	facts=$(jq -r '.config, .base, .patches[]' "$1")
	{ IFS= read -r config; IFS= read -r base; mapfile -t patches; } <<<"$facts"
	{ echo "$base"; cat /dev/null "${patches[@]}" ${config:+"$config"}; } | digest
}

for word in "$@"; do
	info=$("$scripts/variant.sh" "$family" "$word")
	name=$(jq -r .name "$info")
	check_name variant "$name"
	[ "${taken[$name]:-}" != "$word" ] || die "'$word' is named twice"
	kernel=$(what "$info")
	# Stacks of a family may be alike on purpose, to be told apart by nothing.
	[[ -z ${same[$kernel]:-} || $word != *:* ]] ||
		die "'${same[$kernel]}' and '$word' are the same kernel ($(jq -r '.base[:12]' "$info")): nothing would be compared; leave one out"
	same[$kernel]=$word
	[ -z "${taken[$name]:-}" ] || die "'${taken[$name]}' and '$word' would both be called $name: give one another name (a branch, a tag or a copy of the file)"
	taken[$name]=$word
	names+=("$name")
	infos+=("$info")
	base=$(jq -r .base "$info")
	bases+=("$base")
done
[ -z "$resolve" ] || exit 0
lines others sort -u <<<"$(printf '%s\n' "${bases[@]}")"
i=0
for word in "$@"; do
	image=$("$scripts/kernel-build.sh" "$family" "$word" "${others[@]}")
	printf '%s\t%s\t%s\t%s\n' "$word" "${names[i]}" "$image" "${infos[i]}"
	i=$((i + 1))
done
