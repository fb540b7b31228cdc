#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The same variants in two runs: of two days, two machines, two kernels.  Or in a run a
# host: variants within each, then over all hosts.
#
# Usage: compare.sh        RUN_A=name RUN_B=name (the first is the baseline), or
#                          RUNS="host1 host2 ..." (runs in time)
# Prints what differs between the two in kernel, machine and tools, then the table, and
# the verdicts within a run that flip from one to the other (CONFIG=align64: with the
# layout of the code); writes it in each format into results/RUN_B/against-RUN_A/.
# RUNS= prints the hosts' table and writes hosts.md and hosts.tsv into
# results/<the first>/hosts/.  Boots nothing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "compare.sh (RUN_A= RUN_B=, or RUNS=)"

# check_run WHAT NAME
check_run()
{
	check_name "$1" "$2"
	[ -s "$MMVS_RESULTS/$2/run.json" ] || die "$MMVS_RESULTS/$2/run.json is missing: $1=$2 was not measured here"
}

# hosts RUN...: the same stacks on several machines.
hosts()
{
	local run to=$MMVS_RESULTS/$1/hosts failed=0

	for run in "$@"; do check_run RUNS "$run"; done
	[ $# -gt 1 ] || die "RUNS=$1 is one run: name two or more, one a host; 'make report RUN=$1' is of one"
	[ "$(printf '%s\n' "$@" | sort | uniq -d | wc -l)" -eq 0 ] || die "RUNS=$*: a run is named twice; a host is one block, name it once"
	mkdir -p "$to"
	mmcompare --hosts "${@/#/$MMVS_RESULTS/}" --to "$to" || failed=$?
	# What is refused leaves no folder.
	rmdir --ignore-fail-on-non-empty "$to"
	[ "$failed" -ne 0 ] || printf '\ntables: %s\n' "$to"
	exit "$failed"
}

read -ra runs <<<"${RUNS:-}"
if [ "${#runs[@]}" -gt 0 ]; then
	[ -z "${RUN_A:-}${RUN_B:-}" ] || die "RUNS= combines hosts, RUN_A= and RUN_B= compare two runs: name the one or the others"
	hosts "${runs[@]}"
fi
need jq
for run in RUN_A RUN_B; do
	[ -n "${!run:-}" ] || die "$run= is missing: make compare RUN_A=name RUN_B=name, two folders of $MMVS_RESULTS, or RUNS=\"host1 host2\""
	check_run "$run" "${!run}"
done
[ "$RUN_A" != "$RUN_B" ] || die "RUN_A and RUN_B are both $RUN_A"
a=$MMVS_RESULTS/$RUN_A b=$MMVS_RESULTS/$RUN_B to=$MMVS_RESULTS/$RUN_B/against-$RUN_A

# What a difference may come from; of a variant that one of them does not have, the table
# has nothing either.
jq -rn --slurpfile a "$a/run.json" --slurpfile b "$b/run.json" --arg A "$RUN_A" --arg B "$RUN_B" '
	def facts: [["mmvs", .mmvs_commit], ["mmbench", (.mmbench_sha256 // .initramfs_sha256)[0:12]], ["QEMU", .qemu],
		["toolchain", .toolchain], ["host CPU", .host.cpu],
		["host", "\(.host.kernel), \(.host.cores) cores, \(.host.memory_mib) MiB"],
		(.variants[] | ["kernel of \(.name)", "\(.kernel_version), \(.image_sha256[0:12])"])]
		| map(map(tostring | gsub("[^ -~]"; "?")) | {(.[0]): .[1]}) | add;
	($b[0] | facts) as $of_b
	| [$a[0] | facts | to_entries | sort_by(.key)[] | select($of_b[.key] and $of_b[.key] != .value)
		| "differs: \(.key)\n  \($A): \(.value)\n  \($B): \($of_b[.key])"]
	| if . == [] then "kernels, machine and tools are the same in both" else .[] end'
echo
mkdir -p "$to"
mmcompare "$a" "$b" --to "$to"
mmcompare "$a" "$b" --format flips | tee "$to/flips.md"
printf '\ntables: %s\n' "$to"
