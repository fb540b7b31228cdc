#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make bisect on a history made here: 32 commits on the base kernel, the 19th of
# which adds two instructions to a fault, and the 16th of which does not build; and
# STEPS=1 on a folder of two patches, the second of which is the one.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
export RUN=test-bisect-$$
trap 'rm -rf "$tmp" "$MMVS_RESULTS/$RUN"' EXIT
echo "1..8"
base=$(scripts/kernel-source.sh | cut -d ' ' -f 1)
export GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=t@mmvs.invalid GIT_COMMITTER_NAME=tester GIT_COMMITTER_EMAIL=t@mmvs.invalid
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
git init -q --bare "$tmp/history"
echo "$MMVS_CACHE/linux.git/objects" >"$tmp/history/objects/info/alternates"
g() { git --git-dir="$tmp/history" "$@"; }
GIT_INDEX_FILE=$tmp/index g read-tree "$base"

# commit FILE SUBJECT: the file $tmp/FILE's new content on top of $head.
commit()
{
	local blob tree
	blob=$(g hash-object -w "$tmp/$(basename "$1")")
	GIT_INDEX_FILE=$tmp/index g update-index --cacheinfo "100644,$blob,$1"
	tree=$(GIT_INDEX_FILE=$tmp/index g write-tree)
	head=$(g commit-tree -p "$head" -m "$2" "$tree")
}
head=$base
g show "$base:mm/mlock.c" >"$tmp/mlock.c"
g show "$base:mm/memory.c" >"$tmp/memory.c"
for ((i = 1; i <= 32; i++)); do
	case $i in
	16) echo '#error not this one' >>"$tmp/mlock.c" ;;
	17) sed -i '/#error not this one/d' "$tmp/mlock.c" ;;
	19)
		sed -i 's@/\* File mapping without ->vm_ops ? \*/@asm volatile("nop; nop");\n\n\t&@' "$tmp/memory.c"
		commit mm/memory.c "mm/memory: two instructions more"
		guilty=$head
		continue ;;
	*) echo "/* $i */" >>"$tmp/mlock.c" ;;
	esac
	commit mm/mlock.c "mm/mlock: change number $i"
done
g update-ref refs/heads/start "$base"
g update-ref refs/heads/topic "$head"

KERNEL_SRC=$tmp/history GOOD=start BAD=topic METRIC=fault-first-touch@map=private:fault_p50 \
	scripts/bisect.sh kernels >"$tmp/said" 2>>"$tmp/log"
ok "a bisect of 32 commits ends"
cat "$tmp/said" >>"$tmp/log"
[ "$(head -n 1 "$tmp/said")" = "$guilty" ]
ok "it names the commit"
before=$(sed -n 's/^.*: \([0-9.]*\) before, .*/\1/p' "$tmp/said") after=$(sed -n 's/^.* before, \([0-9.]*\) after$/\1/p' "$tmp/said")
cat "$tmp/said" >>"$tmp/log"
[ -n "$before" ] && [ "$(awk "BEGIN { print $after - $before }")" = 2 ]
ok "and the metric before and after: two instructions"
tail -n +5 "$tmp/said" >>"$tmp/log"
grep -q 'handle_mm_fault +2.00\|do_anonymous_page +2.00\|do_pte_missing +2.00' "$tmp/said"
ok "and the function that moved"
cat "$MMVS_RESULTS/$RUN/bisect.tsv" >>"$tmp/log"
steps=$(tail -n +4 "$MMVS_RESULTS/$RUN/bisect.tsv" | wc -l)
[ "$steps" -ge 4 ] && [ "$steps" -le 8 ]
ok "in four to eight steps"
KERNEL_SRC=$tmp/history GOOD=start BAD=topic~14 METRIC=fault-first-touch@map=private:fault_p50 \
	scripts/bisect.sh kernels >"$tmp/said" 2>>"$tmp/log"
[ $? -eq 1 ] && grep -q "nothing to find: fault_p50 is $before in GOOD and $before in BAD" "$tmp/log"
ok "where nothing moved it says so"

# The same as a series of two: one that moves nothing, and the one that does it.
mkdir "$tmp/two"
g show "$base:mm/mlock.c" >"$tmp/mlock.c"
echo '/* nothing */' >>"$tmp/mlock.c"
g show "$guilty:mm/memory.c" >"$tmp/memory.c"
GIT_INDEX_FILE=$tmp/index g read-tree "$base"
head=$base
commit mm/mlock.c "mm/mlock: nothing"
commit mm/memory.c "mm/memory: two instructions more"
g format-patch -q -o "$tmp/two" "$base..$head" >/dev/null
STEPS=1 VARIANTS="patches:$tmp/two" CASES=fault-first-touch@map=private SEEDS=1 RUN=$RUN-steps scripts/bench.sh >>"$tmp/log" 2>&1 &&
	grep -q "fault_p50\` | $before | 0 | +2 | $after | 2 |" "$MMVS_RESULTS/$RUN-steps/report.md"
ok "STEPS=1 names the patch that moves it"
[ -s "$MMVS_RESULTS/$RUN-steps/plots/steps.svg" ]
ok "and draws it"
rm -rf "$MMVS_RESULTS/$RUN-steps"
