#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make plan says what make run then does, and builds and boots nothing.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
export RUN=test-plan-$$ VARIANTS=swapbacked-flag FAMILY=droppable MODE=icount
export CASES=selftest@mode=ok SEEDS=2
trap 'rm -rf "$tmp" "$MMVS_RESULTS/$RUN"' EXIT
echo "1..6"
plan() { make -s plan >"$tmp/plan" 2>>"$tmp/log" </dev/null && cat "$tmp/plan" >>"$tmp/log"; }
scripts/kernel-build.sh droppable swapbacked-flag >/dev/null 2>>"$tmp/log"
# Cells of its own, for other tests measure at the same time.
mkdir -p "$tmp/cache/cells"
for f in "$MMVS_CACHE"/*; do [ "${f##*/}" = cells ] || ln -s "$f" "$tmp/cache/"; done
export MMVS_CACHE=$tmp/cache
# Cells that were measured, and kernels of this stack that were built.
cached()
{
	find "$MMVS_CACHE/cells" -name cell.json
	find "$MMVS_CACHE/images/" -newer "$tmp/before" -name '*.json' -exec grep -l '"variant": "swapbacked-flag"' {} +
}
touch "$tmp/before"
plan && grep -q '^kernels: 1, of these to build: 0$' "$tmp/plan" &&
	grep -q '^cells:   4: 1 cases, 1 kernels and A/A, 2 seeds$' "$tmp/plan" && grep -q '^ *4 to measure, after [1-4] boots' "$tmp/plan"
ok "where all is to be measured anew, that is said"
[ -z "$(cached)" ] && [ ! -e "$MMVS_RESULTS/$RUN" ]
ok "no kernel was built, no cell measured, no run begun"
make -s run >>"$tmp/log" 2>&1 </dev/null && plan && grep -q '^ *0 to measure, after 0 boots' "$tmp/plan" && grep -q '^time:    0 s ' "$tmp/plan"
ok "after the run there is nothing to do"
FAMILY=calibration VARIANTS="patches:$tmp/stack" CASES=fault-first-touch@map=private
export FAMILY VARIANTS CASES
mkdir "$tmp/stack"
cp kernel-patches/calibration/fault-1/*.patch "$tmp/stack/"
sed -i "s/^+\(.*\.rept 1; nop\)/+\1 \/* plan $$ *\//" "$tmp/stack/"*.patch
plan && grep -q 'to build: [12] (.*stack' "$tmp/plan" && grep -q '^cells:   [46]: 1 cases, [12] kernels and A/A, 2 seeds$' "$tmp/plan" && ! grep -q 'to measure' "$tmp/plan"
ok "a stack that was never built is named, and not built"
STEPS=1 plan && grep -q '^kernels: 2, of these to build: [012]' "$tmp/plan" && grep -q '^cells:   6: 1 cases, 2 kernels and A/A, 2 seeds$' "$tmp/plan"
ok "STEPS=1: a kernel before the first patch, and one after each"
! STEPS=1 VARIANTS="swapbacked-flag swapbacked-accounted" plan && grep -q 'the patches of one variant' "$tmp/log" && ! MODE=native plan && grep -q 'no boots to plan' "$tmp/log"
ok "what it cannot plan it says"
