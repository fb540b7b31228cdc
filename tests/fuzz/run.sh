#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Every reader under libFuzzer for FUZZ_SECONDS (1800), JOBS (2) at once, from the
# committed inputs; a line a reader on standard output.
#
# Usage: run.sh FUZZER [READER ...]        READER: a folder of tests/fuzz/corpus
# Beside FUZZER: out/READER/ what was found, out/READER.log, crash-READER-*.  MINIMISE=1:
# instead take from out/READER/ what adds an edge into the committed inputs, the smallest
# first.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
[ $# -ge 1 ] || usage "run.sh FUZZER [READER ...]"
fuzzer=$(realpath "$1")
shift
need parallel
corpus=$MMVS_TOP/tests/fuzz/corpus
[ $# -gt 0 ] || set -- "$corpus"/*/
readers=("${@%/}")
readers=("${readers[@]##*/}")
cd "$(dirname "$fuzzer")"
mkdir -p "${readers[@]/#/out/}"

if [ -n "${MINIMISE:-}" ]; then
	for r in "${readers[@]}"; do
		FUZZ_READER=$r "$fuzzer" -set_cover_merge=1 "$corpus/$r" "out/$r" >"out/$r.merge" 2>&1 || die "$r: see $PWD/out/$r.merge"
	done
	exit
fi

# feed READER
# shellcheck disable=SC2317 # parallel calls it
feed()
{
	FUZZ_READER=$1 nice -n 19 "$fuzzer" -max_total_time="${FUZZ_SECONDS:-1800}" -max_len=8192 -timeout=20 \
		-rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="crash-$1-" "out/$1" "$corpus/$1" >"out/$1.log" 2>&1
}
export -f feed
export fuzzer corpus
# A crash ends one reader and no other.
status=0
parallel --will-cite -j "${JOBS:-2}" feed ::: "${readers[@]}" || status=1
printf 'reader\tseconds\texecutions\tedges\tinputs\tcrash\n'
for r in "${readers[@]}"; do
	awk -v reader="$r" '
		match($0, /cov: [0-9]+/) { edges = substr($0, RSTART + 5, RLENGTH - 5) }
		match($0, /corp: [0-9]+/) { inputs = substr($0, RSTART + 6, RLENGTH - 6) }
		/^stat::number_of_executed_units/ { runs = $2 }
		/^stat::average_exec_per_sec/ { seconds = $2 ? int(runs / $2) : 0 }
		/^SUMMARY: / { crash = $0 }
		END { printf "%s\t%s\t%s\t%s\t%s\t%s\n", reader, seconds, runs, edges, inputs, crash ? crash : "none" }' "out/$r.log"
done
exit "$status"
