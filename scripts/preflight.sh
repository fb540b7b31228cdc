#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Is this machine fit to measure time?  Looks, changes nothing.
#
# Usage: preflight.sh [--json]
# MODE=native|kvm.  Each check is ok, warn or refuse, with why it matters and how to
# set it; exit 1 when one refuses, unless FORCE=1.  --json: the same as an array, for
# run.json.  PREFLIGHT_ROOT: where /proc, /sys and /dev are (for tests),
# PREFLIGHT_REST: how many seconds load and steal are watched (1).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $# -eq 0 || ( $# -eq 1 && $1 == --json ) ]] || usage "preflight.sh [--json]"
need jq awk
root=${PREFLIGHT_ROOT:-} mode=${MODE:-native} us=${PREFLIGHT_UID:-$(id -u)}
[[ $mode != icount ]] || mode=native
[[ $mode =~ ^(native|kvm)$ ]] || die "MODE=$mode: preflight is for time: native or kvm"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
# shellcheck source=scripts/preflight-checks.sh
. "$MMVS_TOP/scripts/preflight-checks.sh"
# shellcheck source=scripts/preflight-kernel.sh
. "$MMVS_TOP/scripts/preflight-kernel.sh"
found=$(check_accelerator && check_clock && check_frequency && check_cpus && check_place && check_memory && check_kernel && check_rest "${PREFLIGHT_REST:-1}")
refused=$(awk -F '\t' '$2 == "refuse" { print $1 }' <<<"$found" | paste -sd ' ')
if [ "${1:-}" = --json ]; then
	jq -Rn '[inputs | split("\t") | {check: .[0], state: .[1], found: .[2], why: .[3], how: .[4]}]' <<<"$found"
else
	awk -F '\t' '{
		n[$2]++
		printf "%-7s %-15s %s\n", $2, $1, $3
		if ($2 != "ok") printf "        %-15s why: %s\n        %-15s how: %s\n", "", $4, "", $5
	}
	END { printf "\npreflight: %d ok, %d warn, %d refuse\n", n["ok"], n["warn"], n["refuse"] }' <<<"$found"
fi
if [ -n "$refused" ]; then
	[ "${FORCE:-0}" = 1 ] || { note "preflight refuses MODE=$mode: $refused (FORCE=1 goes on, and the result says so)"; exit 1; }
	note "preflight refuses ($refused), FORCE=1 goes on; the result says so"
fi
