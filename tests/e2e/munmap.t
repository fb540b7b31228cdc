#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The family munmap on its baseline, which is the kernel that droppable has too:
# what the family picks, a property, a benchmark cell.  TAP; exit status of a
# step decides, its output is the diagnosis.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
export RUN=test-munmap-$$
dir=results/$RUN/conform
trap 'rm -rf "$tmp" "results/$RUN"' EXIT
plan=7

: >"$tmp/log"
image=$(scripts/kernel-build.sh munmap downgrade 2>"$tmp/log")
[ -n "$image" ] && [ "$image" = "$(scripts/kernel-build.sh droppable swapbacked-flag 2>>"$tmp/log")" ]
ok "two empty stacks are one kernel"
[ -n "$image" ] || { echo "Bail out! no kernel"; exit 1; }
initramfs=$(scripts/initramfs.sh 2>>"$tmp/log")

specs_of build/guest/mmbench munmap "" >"$tmp/munmap" 2>>"$tmp/log"
specs_of build/guest/mmbench droppable "" >"$tmp/droppable" 2>>"$tmp/log"
grep -q '^munmap-bystander@' "$tmp/munmap" && ! grep -q droppable "$tmp/munmap"
ok "munmap's cases are munmap's"
grep -q '^reclaim-proactive@' "$tmp/droppable" && ! grep -q '^munmap-' "$tmp/droppable"
ok "droppable's are droppable's"

VARIANTS=downgrade PROPERTY=25 LRUS=mglru scripts/conform.sh munmap >"$tmp/log" 2>&1
ok "munmap-limit: exit 0"
[ "$(awk -F '\t' '$1 == "munmap-limit" && $4 == "pass"' "$dir/matrix.tsv" | wc -l)" -eq 1 ] &&
	grep -q 'what munmap() promises' "$dir/matrix.md"
ok "it passes, and the matrix says what is judged"

cell()
{
	scripts/vm-run.sh "$image" "$initramfs" downgrade munmap-bystander@op=mmap,mib=16 1 "$tmp/$1" >>"$tmp/log" 2>&1
}
cell a & cell b &
wait
cmp "$tmp/a/samples.tsv" "$tmp/b/samples.tsv" >>"$tmp/log" 2>&1
ok "two threads and a timer: the same seed gives the same bytes"
# A writer waits for the zap: at least 100 instructions for each of 4096 pages.
awk '!/^#/ && !col { for (i = 1; i <= NF; i++) if ($i == "wait_insn") col = i; next }
	col && $col > 409600 { waited = 1 } END { exit !waited }' "$tmp/a/samples.tsv" 2>>"$tmp/log"
ok "mmap() waits for munmap()"
echo "1..$plan"
