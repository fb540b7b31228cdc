#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The main job: measure a family and report on it.  A cell that failed does not
# keep the others from being compared, but ends in exit 1.
#
# Usage: bench.sh           (variables as in run.sh)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "bench.sh (variables in the environment, see 'make help')"
failed=0
run=$("$MMVS_TOP/scripts/run.sh" "${FAMILY:-droppable}") || failed=$?
[ -n "$run" ] || exit "$failed"
"$MMVS_TOP/scripts/report.sh" "$run"
exit "$failed"
