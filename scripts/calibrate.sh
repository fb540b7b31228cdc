#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What is found of planted effects, and what is found where there is none: measures
# the family calibration and prints the table.
#
# Usage: calibrate.sh         (variables as in run.sh)
# Writes results/RUN/calibrate.md beside the report.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "calibrate.sh (variables in the environment, see 'make help')"
failed=0
export RUN=${RUN:-$(date +%F)-calibration}
run=$("$MMVS_TOP/scripts/run.sh" calibration) || failed=$?
[ -n "$run" ] || exit "$failed"
"$MMVS_TOP/scripts/report.sh" "$run" >/dev/null
"$MMVS_TOP/build/host/mmcompare" --format calibrate "$run" >"$run/calibrate.md.new"
mv "$run/calibrate.md.new" "$run/calibrate.md"
cat "$run/calibrate.md"
exit "$failed"
