#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the tests, each a TAP producer, under prove.
#
# Usage: test.sh [-k PATTERN] [static|unit|scripts|e2e|kernels|endurance|metal ...]
# Default: all but kernels, endurance and metal, which take an hour each.
#
# -k PATTERN: of these only what PATTERN, an extended regular expression, is found in: in
# the name of the file (boot.t, test_table, mail.bats), or in that of a test of a .bats.
# Exit 2: wrong use; 1: a test failed, or none is meant.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
synopsis="test.sh [-k PATTERN] [static|unit|scripts|e2e|kernels|endurance|metal ...]"
# The tests choose their own settings.
unset RUN_A RUN_B RUNS FAMILY SEEDS MAX_SEEDS HOSTS ENGINE MMVS_LOOKS MMVS_PLAN MMVS_CACHED MODE VARIANTS BASELINE KERNEL RESULTS CASES JOBS RUN FRESH CONFIG INLINE CACHE_MODEL SNAPSHOT VM_SNAPSHOT PERF PERF_EVENT STEPS GOOD BAD METRIC THRESHOLD MAKEFLAGS MAKELEVEL MMVS_OURS MMVS_TIED MMVS_ONLY
[ -n "${KERNEL_SRC:-}" ] || unset KERNEL_SRC
only=
while getopts k: option; do
	case $option in
	k) only=$OPTARG ;;
	*) usage "$synopsis" ;;
	esac
	[ -n "$only" ] || usage "$synopsis"
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- scripts e2e static unit
need prove bats shellcheck clang-format jq
cd "$MMVS_TOP"
status=0
grep -qE -e "$only" /dev/null || status=$?
[ "$status" -lt 2 ] || usage "$synopsis
-k '$only' is not an extended regular expression"

# meant FILE: is this one to run?
meant()
{
	[[ -z $only || ${1##*/} =~ $only ]]
}

# bats_meant: is one of the .bats, or a test in one, to run?
bats_meant()
{
	local file count

	for file in tests/scripts/*.bats; do
		! meant "$file" || return 0
	done
	count=$(bats --count -f "$only" tests/scripts)
	[ "$count" -gt 0 ]
}

tests=()
add()
{
	local file

	for file in "$@"; do
		! meant "$file" || tests+=("$file")
	done
}

add_unit()
{
	local out=$MMVS_TOP/build/host source name programs=()

	for source in tests/unit/test_*.c; do
		name=$(basename "$source" .c)
		! meant "$name" || programs+=("$out/unit/$name")
	done
	tests+=("${programs[@]}")
	add tests/golden/*.t
	[ "${#tests[@]}" -eq 0 ] || make -s -C bench/host O="$out"
	[ "${#programs[@]}" -eq 0 ] || make -s -C tests/unit O="$out" "${programs[@]}"
	if meant fuzz_replay; then
		make -s -C tests/unit replay
		tests+=(build/replay/fuzz_replay)
	fi
}

for part in "$@"; do
	case $part in
	static) add tests/static.t ;;
	unit) add_unit ;;
	scripts)
		bats_meant || continue
		make -s -C bench/host O="$MMVS_TOP/build/host"
		tests+=(tests/scripts/all.t) ;;
	e2e) add tests/e2e/*.t ;;
	kernels) add tests/kernels/*.t ;;
	endurance) add tests/endurance/*.t ;;
	metal) add tests/metal/*.t ;;
	*) usage "$synopsis" ;;
	esac
done
[ "${#tests[@]}" -gt 0 ] || die "-k '$only' is in the name of no test, nor of a file of tests, of: $*; nothing was run"
[ -z "$only" ] || export MMVS_ONLY=$only
export CMOCKA_MESSAGE_OUTPUT=TAP MMCOMPARE=$MMVS_TOP/build/host/mmcompare
# Chains side by side, begun in this order: what has its guests elsewhere (fleet, cluster)
# or none, what boots guests, and the rest; the longest first.  One chain more than cores:
# tests wait a good deal, for what they have killed and for locks.
exec prove --timer --jobs "$(($(nproc) + 1))" --rules='seq=tests/e2e/{fleet,native,slurm}.t' \
	--rules='seq=tests/{e2e,kernels,endurance}/*' --rules='seq=tests/scripts/*' \
	--rules='seq=tests/static.t' --rules='seq=**' --exec '' "${tests[@]}" </dev/null
