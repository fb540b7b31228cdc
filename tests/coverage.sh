#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Which lines of bench/host the unit and golden tests run, in a build of its own.
#
# Usage: coverage.sh [MINIMUM]
# Prints each file's share and the total; the lines that nothing runs go into
# build/coverage/missing.txt.  Exit 1 below MINIMUM percent (90), or if a test fails.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"
[ $# -le 1 ] || usage "coverage.sh [MINIMUM]"
minimum=${1:-90}
need prove gcovr gcov jq
cd "$MMVS_TOP"
out=$MMVS_TOP/build/coverage
# Without -O, so that a line is a line.  Counts of an earlier run would add up.
flags="-O0 -g --coverage -fprofile-abs-path -Wno-format-truncation"
mkdir -p "$out"
find "$out" \( -name '*.gcda' -o -name '*.gcno' \) -delete
rm -rf "$out/obj" "$out/unit"
make -s -C bench/host O="$out" CFLAGS="$flags" all lib
make -s -C tests/unit O="$out" CFLAGS="$flags"
tests=(tests/golden/*.t)
for source in tests/unit/test_*.c; do tests+=("$out/unit/$(basename "$source" .c)"); done
CMOCKA_MESSAGE_OUTPUT=TAP MMCOMPARE=$out/mmcompare prove -Q --exec '' "${tests[@]}" </dev/null >"$out/prove.txt" 2>&1 ||
	{ cat "$out/prove.txt"; die "a test fails, so these are no figures"; }
gcovr --root . --filter 'bench/host/' --json-summary "$out/summary.json" --txt "$out/missing.txt" "$out"
jq -r '.files[] | [.line_percent, .line_covered, .line_total, .filename] | @tsv' "$out/summary.json" |
	sort -n | awk -F '\t' '{ printf "%6.1f %%  %5d / %-5d %s\n", $1, $2, $3, $4 }'
jq -r '[.line_covered, .line_total, 100 * .line_covered / .line_total] | @tsv' "$out/summary.json" |
	awk -F '\t' -v least="$minimum" '{ printf "%6.1f %%  %5d / %-5d total\n", $3, $1, $2; exit !($3 >= least) }' ||
	die "less than $minimum % of the lines of bench/host are run by the unit and golden tests; $out/missing.txt names those that are not"
