#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Every .bats; with MMVS_ONLY= (scripts/test.sh -k) those in whose name that regular
# expression is found, and of the others the tests in whose name it is.  TAP.
set -euo pipefail
only=${MMVS_ONLY:-}
# Files side by side, the tests of a file one after the other.
bats=(bats --tap --jobs "$(nproc)" --no-parallelize-within-files)
unset MMVS_ONLY # a test may call scripts/test.sh
[ -n "$only" ] || exec "${bats[@]}" "$(dirname "$0")"
cd "$(dirname "$0")"
whole=() others=()
for file in *.bats; do
	if [[ $file =~ $only ]]; then whole+=("$file"); else others+=("$file"); fi
done
[ "${#whole[@]}" -gt 0 ] || exec "${bats[@]}" -f "$only" .
count=0
[ "${#others[@]}" -eq 0 ] || count=$(bats --count -f "$only" "${others[@]}")
[ "$count" -gt 0 ] || exec "${bats[@]}" "${whole[@]}"
# Two plans become one.
{
	failed=0
	"${bats[@]}" "${whole[@]}" || failed=1
	"${bats[@]}" -f "$only" "${others[@]}" || failed=1
	exit "$failed"
} | awk '/^1\.\./ { plan += substr($0, 4); next }
	{ sub(/^ok [0-9]+/, "ok " n + 1); sub(/^not ok [0-9]+/, "not ok " n + 1) }
	/^(not )?ok / { n++ }
	{ print }
	END { print "1.." plan }'
