#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure time under variant kernels on the machine itself: each boot is one of them,
# started by kexec from the distribution's kernel.  run.sh hands over to it for MODE=metal.
#
# Usage: metal.sh FAMILY
# The first call builds kernels (CONFIG=host unless CONFIG= says otherwise) and writes the
# plan, $MMVS_CACHE/metal/RUN (metal-plan.sh).  REBOOT=1 carries it out: the machine goes
# down.  Later calls say how far it is, and at its end bring the results into the run's
# folder and print that.  STOP=1: no further boot.  FRESH=1: a new plan.
# VARIANTS=, BASELINE=, CASES=, SEEDS= (boots of each variant), RUN=, PERF= as in run.sh;
# CPU=, TUNE=1, FORCE=1 as in native.sh; METAL_LIMIT=seconds a boot may take,
# METAL_WAIT=20 seconds before each kexec, METAL_APPEND=words for the kernels' command line.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "metal.sh FAMILY"
need jq
export CONFIG=${CONFIG:-host}
name=${RUN:-$(date +%F)-metal}
check_name RUN "$name"
writable "$MMVS_RESULTS" RESULTS
plan=$MMVS_CACHE/metal/$name
lock "$plan.lock"
boot=("$MMVS_TOP/scripts/metal-boot.sh")
if [ "${STOP:-0}" = 1 ]; then
	[ -s "$plan/plan.conf" ] || die "STOP=1: there is no plan of RUN=$name ($plan)"
	exec "${boot[@]}" stop "$plan"
fi
if [[ ! -s $plan/plan.conf || ${FRESH:-0} == 1 ]]; then
	[[ ! -e $plan/started ]] || die "RUN=$name is on its way; STOP=1 ends it, then FRESH=1 makes a new plan"
	"$MMVS_TOP/scripts/metal-plan.sh" "$1" "$plan"
fi
state=$("${boot[@]}" status "$plan")
note "$state"
if [ ! -s "$plan/run/run.json" ]; then
	[ "${REBOOT:-0}" != 1 ] || exec "${boot[@]}" start "$plan"
	note "this machine will go down for each boot; the same command with REBOOT=1 starts (or goes on with) it, STOP=1 ends it"
	exit 0
fi
# It may come from another machine: files and folders, nothing else.
odd=$(find "$plan/run" ! -type f ! -type d | head -n 1)
[ -z "$odd" ] || die "$odd is no plain file; nothing of $plan/run is taken"
run=$MMVS_RESULTS/$name
mkdir -p "$run"
lock "$run/.lock"
rm -rf "$run/cells.new"
cp -r --no-preserve=ownership "$plan/run/cells" "$run/cells.new"
replace "$run/cells" "$run/cells.new"
cp "$plan/run"/{criteria,boots.tsv,run.json} "$run/"
echo "$run"
failed=$(find "$run/cells" -name cell.json -exec jq -r 'select(.status == "failed").seed' {} + | wc -l)
[ "$failed" -eq 0 ] || { note "$failed cells failed (the reasons are in the report)"; exit 1; }
