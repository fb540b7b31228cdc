#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Patch by patch: the words of VARIANTS= that stand for a series cut off before its
# first patch, after it, after the second, and so on to the whole.
#
# Usage: steps.sh FAMILY WORD       WORD as in variant.sh: a stack, mbox: or patches:
# Prints a line a word: "WORD+0", "WORD+1", ...
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "steps.sh FAMILY WORD"
need jq
family=$1 word=$2 on=''
[[ $word != kernel:* && $word != ref:* ]] ||
	die "STEPS=1 goes through the patches of a stack, an mbox or a folder, and $word is a kernel; to search between two refs use 'make bisect GOOD=... BAD=...'"
info=$("$MMVS_TOP/scripts/variant.sh" "$family" "$word")
n=$(jq '.patches | length' "$info")
[ "$n" -gt 0 ] || die "STEPS=1: $word has no patches"
if [[ $word =~ ^(.*)(@(kernel|ref):[^@]*)$ ]]; then
	word=${BASH_REMATCH[1]} on=${BASH_REMATCH[2]}
fi
for ((i = 0; i <= n; i++)); do echo "$word+$i$on"; done
