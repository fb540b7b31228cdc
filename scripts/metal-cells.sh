#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One boot of MODE=metal: is this the kernel that was meant, is the machine at rest, and
# then each case as a cell, in random order.
#
# Usage: metal-cells.sh PLAN BOOT       (metal-boot.sh measure calls it)
# Writes PLAN/boots/BOOT/: cells/ dmesg state.json.  Exit 1 with the reason in why there
# when the boot is not worth its samples.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/settings.sh
. "$MMVS_TOP/scripts/settings.sh"
# shellcheck source=scripts/native-json.sh
. "$MMVS_TOP/scripts/native-json.sh"
# shellcheck source=scripts/metal-log.sh
. "$MMVS_TOP/scripts/metal-log.sh"
[ $# -eq 2 ] || usage "metal-cells.sh PLAN BOOT"
plan=$1 n=$2 place=$1/boots/$2
variant=$(variant_of "$n")
seed=$(seed_of "$n")
image=$(image_of "$variant")
built=$(notes_of "$variant")
specs=()

# fail WHY: the boot is no sample.
fail()
{
	echo "$*" >"$place/why"
	note "boot $n: $*"
	exit 1
}

# splat: what the kernel says of itself that a healthy one does not: a bad page, an oops,
# a warning, a soft lockup.
splat()
{
	local taint
	taint=$(cat /proc/sys/kernel/tainted)
	[ $((taint & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) -eq 0 ] || fail "the kernel warned or oopsed (taint $taint), $place/dmesg has it"
}

[ "$(digest </sys/kernel/notes)" = "$built" ] || fail "the kernel that runs ($(uname -rv)) is not the one of $variant"
timeout 300 systemctl is-system-running --wait >/dev/null 2>&1 || true # degraded is no hindrance
sleep "$(conf "$plan/plan.conf" rest)"
CPU=$(conf "$plan/plan.conf" cpu) TUNE=$(conf "$plan/plan.conf" tune) PERF=$(conf "$plan/plan.conf" perf)
pin_cpu
export MODE=metal TUNE PERF
preflight=$(FORCE=1 MODE=native "$MMVS_TOP/scripts/preflight.sh" --json)
refused=$(jq -r 'map(select(.state == "refuse").check) | join(" ")' <<<"$preflight")
[[ -z $refused || $(conf "$plan/plan.conf" force) == 1 ]] || fail "preflight refuses: $refused (FORCE=1 when the plan is made goes on)"
rm -rf "$MMVS_CACHE/settings" # of a boot that was lost: its settings went with it
settings_hold
trap settings_release EXIT
lines specs shuf "$plan/specs"
taskset -c "$CPU" timeout 60 "$plan/mmbench" "${specs[0]}" >/dev/null 2>&1 || true # the first of a cold machine is nobody's
before=$(native_state)
i=0
for spec in "${specs[@]}"; do
	i=$((i + 1))
	key=$(echo "metal $(conf "$plan/plan.conf" id) $n $spec" | digest)
	"$MMVS_TOP/scripts/native-cell.sh" "$place" "$plan/mmbench" "$variant" "$spec" "$seed" "$image" "$key" "$i" "${#specs[@]}" || true # it says so itself
done
after=$(native_state)
dmesg >"$place/dmesg"
splat
jq -n --argjson preflight "$preflight" --arg cpu "$CPU" --arg tuned "$settings_list" --arg before "$before" --arg after "$after" '
	($before | split("\n") | map(split(" ") | map(tonumber))) as $b | ($after | split("\n") | map(split(" ") | map(tonumber))) as $a |
	{cpu: ($cpu | tonumber), tuned: ($tuned | split(" ") | map(select(. != ""))), preflight: $preflight,
	 steal_pct: (if $a[0][1] > $b[0][1] then 100 * ($a[0][0] - $b[0][0]) / ($a[0][1] - $b[0][1]) else 0 end),
	 throttled_count: ($a[1][0] - $b[1][0])}' >"$place/state.json"
