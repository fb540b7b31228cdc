#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Conformance of the baseline in real boots: a few properties, and planted ones
# that fail, crash, hang and skip.  TAP; exit status of a step decides, its
# output is the diagnosis.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
export RUN=test-conform-$$ VARIANTS=swapbacked-flag
dir=results/$RUN/conform
trap 'rm -rf "$tmp" "results/$RUN"' EXIT
plan=15

# conform PROPERTY: both LRUs, side by side.
conform()
{
	PROPERTY=$1 scripts/conform.sh droppable >"$tmp/log" 2>&1
}

# has PROPERTY RESULT: under both LRUs.
has()
{
	[ "$(awk -F '\t' -v p="$1" -v r="$2" '$1 == p && $4 == r' "$dir/matrix.tsv" | wc -l)" -eq 2 ]
}

conform 3; ok "fork: exit 0 when all pass"
has fork pass && has guest pass; ok "fork passes under both LRUs"
[ "$(grep -c '^ok ' "$dir/swapbacked-flag-mglru.tap")" -eq 7 ] &&
	grep -qx '1\.\.7' "$dir/swapbacked-flag-mglru.tap"; ok "its TAP has the plan it keeps"
conform 3 && ! grep -q 'cell 1 of' "$tmp/log"; ok "judged once, a cell is not booted again"
conform 13 && has bystanders pass; ok "bystanders pass"
conform 14; [ $? -eq 1 ]; ok "accounting: exit 1 when a property fails"
has accounting FAIL && grep -q 'requested 4096, accounted' "$dir/matrix.tsv" &&
	grep -q '^accounting  *FAIL' "$dir/matrix.txt"
ok "the stock kernel drops more than it accounts, and the matrix says so"

conform 99; [ $? -eq 1 ]; ok "planted failures: exit 1"
tap=$dir/swapbacked-flag-classic.tap
cp "$tap" "$tmp/log"
grep -q '^ok 1 - selftest: passes' "$tap" && grep -q '^ok 7 - selftest: passes again' "$tap"; ok "what passes passes, before and after"
grep -A 1 '^not ok 2 - selftest: fails' "$tap" | grep -q 'why: planted failure'; ok "a failure has its reason"
grep -q '^ok 3 - selftest: skips # SKIP planted skip' "$tap"; ok "a skip is a skip, with its reason"
grep -A 1 '^not ok 4 - selftest: crashes' "$tap" | grep -q 'killed by signal 6'; ok "a crash fails that test alone"
grep -A 1 '^not ok 5 - selftest: hangs' "$tap" | grep -q 'no end within 1 s'; ok "a hang is ended and fails that test alone"
grep -A 1 '^not ok 6 - selftest: fails in a child' "$tap" | grep -q 'planted failure in a child'; ok "a child's failure is the test's"
build/guest/mmconform no-such >"$tmp/log" 2>&1; [ $? -eq 2 ] && grep -q 'no such property' "$tmp/log"; ok "a property that does not exist is an error"
echo "1..$plan"
