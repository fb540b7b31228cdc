#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What one stack costs and whether it is clean, without running it.
#
# Usage: stack-static.sh FAMILY VARIANT
# Prints a line for each check, "check result value why": result is pass, FAIL,
# skip or info.  Kept by content (stack, base, config, toolchain, this recipe)
# unless something fails: that is looked at again.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "stack-static.sh FAMILY VARIANT"
family=$1 variant=$2
scripts=$MMVS_TOP/scripts repo=$MMVS_CACHE/linux.git patches=() baseline_patches=() files=()
need git perl python3 sparse gcc ccache nm jq
baseline=$(VARIANTS='' baseline_of "$family")
info=$("$scripts/variant.sh" "$family" "$variant")
base=$(jq -r .base "$info")
extra=$(jq -r .config "$info")
lines patches jq -r '.patches[]' "$info"
baseline_info=$("$scripts/variant.sh" "$family" "$baseline")
lines baseline_patches jq -r '.patches[]' "$baseline_info"
config=$("$scripts/kernel-config.sh" "$base")
key=$({
	cat "$scripts"/stack-{static,checks,compile}.sh "$scripts/stack-probe.c" "$scripts/kernel-build.sh"
	cat "$config" "${patches[@]}" "${baseline_patches[@]}" ${extra:+"$extra"}
	printf '%s\n' "$base" "${patches[@]##*/}"
	gcc --version; ld --version; sparse --version
	aarch64-linux-gnu-gcc --version 2>/dev/null || echo none
} 2>&1 | digest)
result=$MMVS_CACHE/static/${key:0:32}.tsv
if [ -s "$result" ]; then
	cat "$result"
	exit 0
fi
note "static checks of $variant (${#patches[@]} patches)"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
new=$tmp/result

# put CHECK RESULT VALUE [WHY]
put()
{
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(tr '\t' ' ' <<<"${4:-}" | paste -sd ';' | sed 's/;/; /g')" >>"$new"
}

finish()
{
	cat "$new"
	! cut -f 2 "$new" | grep -qx FAIL || exit 0
	mkdir -p "$(dirname "$result")"
	cp "$new" "$result.new" && mv "$result.new" "$result"
	exit 0
}

# shellcheck source=scripts/stack-checks.sh
. "$scripts/stack-checks.sh"
if ! commit=$("$scripts/stack-apply.sh" "$base" "$variant" "${patches[@]}" 2>"$tmp/apply"); then
	put apply FAIL no "$(head -n 3 "$tmp/apply" | sed "s@^mmvs: error: @@; s@$MMVS_TOP/@@g")"
	finish
fi
put apply pass yes
archs=()
diffstat
checkpatch
steps
# Three files that include every header of mm, and what the stack touches.
touched=$({ printf 'mm/%s.c\n' memory rmap vmscan; cut -f 3 "$tmp/numstat"; } | sort -u)
lines files awk '/\.c$/ && (!/^(tools|samples|scripts|arch)\// || /^arch\/x86\//)' <<<"$touched"
warn_base=$("$scripts/stack-compile.sh" warn "$base" "${files[@]}")
warn_new=$("$scripts/stack-compile.sh" warn "$commit" "${files[@]}")
warnings "$warn_base" "$warn_new"
layout "$warn_base" "$warn_new"
cross
if image=$("$scripts/kernel-build.sh" "$family" "$variant" 2>"$tmp/build"); then
	image_of_base=$("$scripts/kernel-build.sh" "$family" "$baseline")
	bloat "$image_of_base/vmlinux" "$image/vmlinux"
else
	put build FAIL no "$(grep -m 3 -E ' error: |cannot be|does not build' "$tmp/build" | sed "s@$MMVS_CACHE/src/@@")"
fi
finish
