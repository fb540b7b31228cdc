#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Which commit moves a metric?  Instruction counts do not jitter, so one boot a
# step decides.  git bisect chooses; what does not build or boot is skipped.
#
# Usage: bisect.sh FAMILY
# GOOD= and BAD=: refs of KERNEL_SRC, or BAD= a stack, mbox:FILE or patches:DIR,
# then GOOD is its base.  METRIC=CASE:NAME as in values.tsv, for instance
# METRIC=fault-first-touch@map=droppable:fault_p50.  THRESHOLD=: a value of the
# metric, what lies beyond it as BAD's does is bad (default: midway between the
# two).  SEED is 1.  RUN=name (default bisect).
# Writes results/RUN/bisect.tsv (commit, value, verdict) and a run a step below
# results/RUN/steps/; prints the commit, the metric before and after, and the three
# functions that moved.  A second call takes every boot from the cache.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "bisect.sh FAMILY (GOOD= BAD= METRIC= in the environment)"
need git jq awk
family=$1 scripts=$MMVS_TOP/scripts name=${RUN:-bisect}
[[ ${METRIC:-} =~ ^([^:]+):([^:]+)$ ]] ||
	die "METRIC=${METRIC:-}: CASE:NAME, for instance fault-first-touch@map=droppable:fault_p50; 'make list' shows both"
spec=${BASH_REMATCH[1]} metric=${BASH_REMATCH[2]}
[ -n "${BAD:-}" ] || die "BAD= is not set: the ref, stack, mbox: or patches: that has moved the metric"
[[ ${THRESHOLD:-0} =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "THRESHOLD=$THRESHOLD: a value of the metric"
[ "${MODE:-icount}" = icount ] || die "MODE=$MODE: one boot decides only where nothing jitters; use MODE=icount"
check_name RUN "$name"
out=$MMVS_RESULTS/$name
# What the runs of the steps would take for their own.
unset VARIANTS BASELINE RUN FRESH STEPS CASES SEEDS

# ends: the two commits and the repository that has their history.
ends()
{
	local info name dir patches=()
	dir=$(family_dir "$family")
	if [[ $BAD == mbox:* || $BAD == patches:* || -f $dir/${BAD%%@*}/series ]]; then
		info=$("$scripts/variant.sh" "$family" "$BAD")
		lines patches jq -r '.patches[]' "$info"
		good=$(jq -r .base "$info")
		name=$(jq -r .name "$info")
		bad=$("$scripts/stack-apply.sh" "$good" "$name" "${patches[@]}")
		KERNEL_SRC=$MMVS_CACHE/linux.git
	else
		[ -n "${KERNEL_SRC:-}" ] || die "BAD=$BAD is no stack of $family; for a ref set KERNEL_SRC= to the git tree that has it"
		[ -n "${GOOD:-}" ] || die "GOOD= is not set: the ref from before the metric moved"
		good=$(commit_of "$GOOD")
		bad=$(commit_of "$BAD")
	fi
	export KERNEL_SRC
}

commit_of()
{
	git -C "$KERNEL_SRC" rev-parse -q --verify "${1#ref:}^{commit}" ||
		die "KERNEL_SRC=$KERNEL_SRC has no commit '$1'"
}

# measure COMMIT: prints the metric's value; 1 when it does not build, boot or measure.
measure()
{
	local words=("ref:$good") run=$out/steps/${1:0:12} c
	for c in "$bad" "$1"; do
		[[ " ${words[*]} " == *" ref:$c "* ]] || words+=("ref:$c")
	done
	RESULTS=$out/steps RUN=${1:0:12} VARIANTS="${words[*]}" CASES=$spec SEEDS=1 MODE=icount \
		"$scripts/run.sh" kernels >"$out/log" || return 1
	"$MMVS_TOP/build/host/mmcompare" "$run" --format values >"$out/values" || return 1
	awk -F '\t' -v s="$spec" -v m="$metric" -v v="${1:0:40}" '
		$1 == s && $2 == m && $3 == v { print $5; found = 1; exit } END { exit !found }' "$out/values"
}

# is_bad VALUE: on BAD's side of the threshold.
is_bad()
{
	awk -v x="$1" -v t="$threshold" -v g="$value_good" -v b="$value_bad" \
		'BEGIN { exit !(b > g ? x > t : x < t) }'
}

say()
{
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$out/bisect.tsv"
	note "${1:0:12} $3${2:+: $metric $2}: $(git -C "$KERNEL_SRC" log -1 --format=%s "$1")"
}

ends
mkdir -p "$out"
lock "$out/.lock"
make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2
printf '# mmvs-bisect 1\n# metric\t%s\ncommit\tvalue\tverdict\n' "$METRIC" >"$out/bisect.tsv"
value_good=$(measure "$good") || die "GOOD ($good) does not build, boot or have $METRIC"
value_bad=$(measure "$bad") || die "BAD ($bad) does not build, boot or have $METRIC"
threshold=${THRESHOLD:-$(awk -v a="$value_good" -v b="$value_bad" 'BEGIN { printf "%.10g", (a + b) / 2 }')}
note "$metric: good $value_good, bad $value_bad, threshold $threshold"
if ! is_bad "$value_bad" || is_bad "$value_good"; then
	die "nothing to find: $metric is $value_good in GOOD and $value_bad in BAD, not on two sides of $threshold"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A repository of its own, which borrows the objects; a clone of a shallow one would
# copy them.
git init -q --bare "$work/repo"
git -C "$KERNEL_SRC" rev-parse --path-format=absolute --git-path objects >"$work/repo/objects/info/alternates"
shallow=$(git -C "$KERNEL_SRC" rev-parse --path-format=absolute --git-path shallow)
[ ! -e "$shallow" ] || cp "$shallow" "$work/repo/shallow"
git=(git -C "$work/repo")
"${git[@]}" update-ref --no-deref HEAD "$bad"
"${git[@]}" bisect start --no-checkout "$bad" "$good" >"$work/said"
# The commit's name is in the last answer; two candidates are left when what lies
# between them was skipped.
while ! grep -Eq 'is the first bad commit|only .skip.ped commits left' "$work/said"; do
	at=$("${git[@]}" rev-parse BISECT_HEAD)
	sed -n 's/^Bisecting: /mmvs: /p' "$work/said" >&2
	if ! value=$(measure "$at"); then
		word=skip value=
	elif is_bad "$value"; then
		word=bad
	else
		word=good
	fi
	say "$at" "$value" "$word"
	"${git[@]}" bisect "$word" >"$work/said" 2>&1 || [ "$word" = skip ] || die "git bisect: $(cat "$work/said")"
done
if ! first=$(awk '/is the first bad commit/ { print $1; found = 1; exit } END { exit !found }' "$work/said"); then
	cat "$work/said"
	die "commits that do not build or boot stand before the one that moves $metric (the list is above)"
fi
parent=$("${git[@]}" rev-parse "$first^")
before=$(measure "$parent") || before=unknown
after=$(measure "$first")
git -C "$KERNEL_SRC" log -1 --format='%H%n    %s%n    %an, %ad' --date=short "$first"
printf '    %s of %s: %s before, %s after\n' "$metric" "$spec" "$before" "$after"
RESULTS=$out RUN=moved VARIANTS="ref:$parent ref:$first" CASES=$spec MODE=icount \
	"$scripts/profile.sh" kernels >"$out/log" || die "no profile of $first (above is why)"
awk -F '\t' '{ printf "    %s, per %s: %s -> %s (%s)", $1, $2, $3, $4, $5
	for (i = 6; i < NF; i += 2) printf "%s %s %s", i == 6 ? ":" : ",", $i, $(i + 1); print "" }' \
	"$out/moved/profile/diff/$spec/$first.tsv"
