#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# SEEDS=auto: measure with more seeds until every key metric is decided.
#
# Usage: run-auto.sh FAMILY         (variables as in run.sh; MAX_SEEDS=12)
# Looks at 6 seeds a side, then at 3 more, up to MAX_SEEDS.  Whoever looks several times
# and stops at what he likes finds too much, so that each look gets an equal share of
# alpha (Bonferroni over the looks: it holds however they depend on each other), for
# tests and intervals alike.  A look costs its share even where the least p of n against
# n seeds, 2 / binomial(2n, n), times the alternatives (Holm) is more than that share:
# it is left out.  6 against 6 (2/924) decide for up to seven alternatives at a third
# of 0.05.
# Prints the run's folder.  Exit as run.sh.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "run-auto.sh FAMILY"
max=${MAX_SEEDS:-12}
[[ $max =~ ^[1-9][0-9]{0,2}$ && $max -ge 6 ]] || die "MAX_SEEDS=$max: SEEDS=auto begins with 6 seeds and may go to 999"
[[ ! ${MODE:-icount} =~ ^(native|metal)$ ]] || die "SEEDS=auto: MODE=$MODE takes a number of seeds, for a look at the machine in another hour is no repetition of the first"
lines words measured_of "$1"
looks=()
for ((n = 6; n <= max; n += 3)); do looks+=("$n"); done

# decides N: can N seeds a side decide anything for so many words in so many looks?
decides()
{
	local ways=1 i
	for ((i = 1; i <= $1 && i <= 15; i++)); do ways=$((ways * ($1 + i) / i)); done
	[ $((20 * 2 * (${#words[@]} - 1) * ${#looks[@]})) -le "$ways" ]
}
while [ "${#looks[@]}" -gt 1 ] && ! decides "${looks[0]}"; do looks=("${looks[@]:1}"); done
[ "${looks[0]}" -eq 6 ] || note "$((${#words[@]} - 1)) alternatives: 6 seeds a side could not decide between them, the first look is at ${looks[0]}"
decides "${looks[0]}" || die "MAX_SEEDS=$max: $((${#words[@]} - 1)) alternatives cannot be decided in ${#looks[@]} look(s) at ${looks[*]} seeds a side; name fewer in VARIANTS= or raise MAX_SEEDS="
# One name for all looks: what one has measured the next one has.
export MMVS_LOOKS="${looks[*]}"
export RUN=${RUN:-$(date +%F)-$(git -C "$MMVS_TOP" rev-parse --short HEAD 2>/dev/null || echo nogit)-auto}
make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2
failed=0
for n in "${looks[@]}"; do
	run=$(SEEDS=$n "$MMVS_TOP/scripts/run.sh" "$1") || failed=$?
	[ "$failed" -eq 0 ] || break # what failed once fails with other seeds, too
	unset FRESH # the first look has measured anew
	open=$("$MMVS_TOP/build/host/mmcompare" "$run" --format open)
	[ -n "$open" ] || break
	note "$n seeds a side: $(wc -l <<<"$open") key comparisons are not decided (at most ${looks[-1]} seeds), the first: $(head -n 1 <<<"$open" | tr '\t' ' ')"
done
[ "$failed" -ne 0 ] || [ -n "$open" ] || note "$n seeds a side decide every key comparison"
[ -z "$run" ] || echo "$run"
exit "$failed"
