#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A bundle measured again: equal to the byte, or the cell that is not is named; what
# cannot be repeated is refused.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
export RESULTS=$tmp/results MMVS_RESULTS=$tmp/results
mkdir "$RESULTS"
echo "1..7"

VARIANTS=swapbacked-flag CASES=fault-first-touch@map=droppable SEEDS=1 MODE=icount RUN=a scripts/run.sh droppable >"$tmp/log" 2>&1 &&
	scripts/report.sh "$RESULTS/a" >>"$tmp/log" 2>&1 && scripts/bundle.sh "$RESULTS/a" >>"$tmp/log" 2>&1
ok "a run of one seed, as a bundle"
again() { scripts/reproduce.sh "$RESULTS/$1.tar.zst" >"$tmp/said" 2>&1; }
again a && grep -q '^2 cells repeat to the byte' "$tmp/said" && ! grep -q 'not the same' "$tmp/said"
status=$?
cp "$tmp/said" "$tmp/log"
(exit "$status")
ok "its two cells repeat to the byte"

# other NAME JQ: the run as a bundle with another run.json.
other()
{
	cp -r "$RESULTS/a" "$RESULTS/$1"
	jq "$2" "$RESULTS/a/run.json" >"$RESULTS/$1/run.json"
	scripts/report.sh "$RESULTS/$1" >>"$tmp/log" 2>&1 && scripts/bundle.sh "$RESULTS/$1" >>"$tmp/log" 2>&1
}
other b '.qemu = "7.0.0"'
f=$RESULTS/b/cells/swapbacked-flag/fault-first-touch@map=droppable/1/samples.tsv
awk 'BEGIN { FS = OFS = "\t" } /^#/ || !h { if (!/^#/) h = 1; print; next } !d { $2 += 2; d = 1 } { print }' "$f" >"$tmp/f" && cp "$tmp/f" "$f"
scripts/report.sh "$RESULTS/b" >>"$tmp/log" 2>&1 && scripts/bundle.sh "$RESULTS/b" >>"$tmp/log" 2>&1
! again b && grep -q 'differs: cells/swapbacked-flag/fault-first-touch@map=droppable/1/samples.tsv' "$tmp/said" &&
	grep -q '1 of 2 cells repeat' "$tmp/said" && grep -q 'not the same: qemu 7.0.0 in the bundle' "$tmp/said"
status=$?
cat "$tmp/said" >>"$tmp/log"
(exit "$status")
ok "two instructions more in one sample are found, and the other QEMU is named"

other c '.variants[0].word = "ref:topic/a"'
! again c && grep -q "the variant 'ref:topic/a' is neither a stack nor a release" "$tmp/said"
ok "a ref, whose commits are not in a bundle, is refused"

other f '.kernel.version = "../x"'
! again f && grep -q 'its kernel has no version' "$tmp/said"
ok "so is what is no version of a kernel"

rm -rf "$tmp/o"
mkdir "$tmp/o"
zstd -qdc "$RESULTS/a.tar.zst" | tar -x -C "$tmp/o"
echo 'all: ; touch /tmp/mmvs-owned' >"$tmp/o/stacks/swapbacked-flag/x.patch"
echo x.patch >>"$tmp/o/stacks/swapbacked-flag/series"
bundled()
{
	(cd "$tmp/o" && rm -f manifest.sha256 && find . -type f -printf '%P\n' | sort >"$tmp/l" && xargs -d '\n' sha256sum <"$tmp/l" >manifest.sha256 &&
		{ echo manifest.sha256; cat "$tmp/l"; } | tar -c --format=ustar -T - | zstd -qc >"$RESULTS/$1.tar.zst")
}
bundled d
! again d && grep -q 'its stacks are not those of kernel-patches/droppable here' "$tmp/said"
ok "other patches than those of this tree are not built unasked"
echo ../../../../../etc/passwd >>"$tmp/o/stacks/swapbacked-flag/series"
bundled e
! TRUST=1 again e && grep -q 'names a file elsewhere' "$tmp/said"
ok "and a series that leads out of the bundle never"
