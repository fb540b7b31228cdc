#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Sample call chains of each case with perf(1), on the machine and the kernel that
# runs: what the plugin of 'make profile' cannot know, time and cache misses.
#
# Usage: profile-perf.sh OUTDIR MMBENCH SPEC...
# PERF_EVENT=cpu-clock samples by timer where there is no PMU (default cycles).
# Writes OUTDIR/SPEC/{perf.data,report.txt}.  Without a PMU or perf: says so, exit 0.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 3 ] || usage "profile-perf.sh OUTDIR MMBENCH SPEC..."
out=$1 mmbench=$2 event=${PERF_EVENT:-cycles}
shift 2
[[ $event =~ ^[A-Za-z0-9_:/=,.-]+$ ]] || die "PERF_EVENT=$event is no event's name"
command -v perf >/dev/null || { note "perf record: SKIP, no perf(1) here (Debian: linux-perf)"; exit 0; }
# perf record would quietly take another event.
[[ $(perf stat -x , -e "$event" true 2>&1 || true) =~ ^[0-9] ]] ||
	{ note "perf record: SKIP, '$event' cannot be sampled here (no PMU?); PERF_EVENT=cpu-clock samples by timer"; exit 0; }
for spec in "$@"; do
	check_name spec "$spec"
	mkdir -p "$out/$spec"
	status=0
	perf record -q -g -e "$event" -o "$out/$spec/perf.data" "$mmbench" --perf=off "$spec" \
		>"$out/$spec/samples.tsv" 2>"$out/$spec/log" || status=$?
	case $status in
	0) perf report -i "$out/$spec/perf.data" --stdio --no-children -g caller --percent-limit 1 >"$out/$spec/report.txt" 2>>"$out/$spec/log"
		note "perf record: $out/$spec/report.txt" ;;
	77) note "perf record: SKIP $spec: $(sed -n 's/^# skip\t//p' "$out/$spec/samples.tsv" | tr -cd '\40-\176')" ;;
	*) note "perf record: $spec fails: $(grep -m 1 mmbench: "$out/$spec/log" | tr -cd '\40-\176')" ;;
	esac
done
