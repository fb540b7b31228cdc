#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the tests, each a TAP producer, under prove.
#
# Usage: test.sh [static|unit|scripts|e2e|kernels|endurance ...]
# Default: all but kernels and endurance, which take an hour each.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need prove bats shellcheck clang-format jq
cd "$MMVS_TOP"
# The tests choose their own settings.
unset FAMILY SEEDS MAX_SEEDS MMVS_LOOKS MMVS_PLAN MMVS_CACHED MODE VARIANTS BASELINE KERNEL RESULTS CASES JOBS RUN FRESH CONFIG INLINE CACHE_MODEL SNAPSHOT VM_SNAPSHOT PERF PERF_EVENT STEPS GOOD BAD METRIC THRESHOLD MAKEFLAGS MAKELEVEL MMVS_OURS MMVS_TIED
[ -n "${KERNEL_SRC:-}" ] || unset KERNEL_SRC
[ $# -gt 0 ] || set -- static unit scripts e2e
tests=()
for part in "$@"; do
	case $part in
	static) tests+=(tests/static.t) ;;
	unit)
		make -s -C bench/host O="$MMVS_TOP/build/host"
		make -s -C tests/unit O="$MMVS_TOP/build/host"
		make -s -C tests/unit replay
		tests+=(build/replay/fuzz_replay)
		for f in build/host/unit/test_*; do [ ! -x "$f" ] || tests+=("$f"); done
		tests+=(tests/golden/run.t) ;;
	scripts)
		make -s -C bench/host O="$MMVS_TOP/build/host"
		tests+=(tests/scripts/all.t) ;;
	e2e) tests+=(tests/e2e/*.t) ;;
	kernels) tests+=(tests/kernels/*.t) ;;
	endurance) tests+=(tests/endurance/*.t) ;;
	*) usage "test.sh [static|unit|scripts|e2e|kernels|endurance ...]" ;;
	esac
done
export CMOCKA_MESSAGE_OUTPUT=TAP MMCOMPARE=$MMVS_TOP/build/host/mmcompare
exec prove --timer --exec '' "${tests[@]}" </dev/null
