#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a kernel boot at all?  Asked once for each image, before a plan of many
# boots, each of which would meet its time limit.
#
# Usage: boots.sh IMAGE_DIR INITRAMFS VARIANT
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 3 ] || usage "boots.sh IMAGE_DIR INITRAMFS VARIANT"
[ ! -e "$1/boots" ] || exit 0
work=$MMVS_CACHE/cells/work/boots.$$
trap 'rm -rf "$work"' EXIT
if ! MODE=icount VM_LIMIT=${VM_LIMIT:-60} VM_NUMA=1 VM_CPUS=1 VM_HUGE='' VM_APPEND='' VM_PLUGIN='' PERF=off \
	"$MMVS_TOP/scripts/vm-run.sh" "$1" "$2" "$3" selftest@mode=ok 1 "$work" 2>/dev/null; then
	[ -s "$work/cell.json" ] || die "$3: QEMU could not be started, or the disk of $MMVS_CACHE is full"
	console=$(tr -cd '\12\40-\176' <"$work/console.log" | tail -n 5)
	die "$3: its kernel builds, but does not boot: $(jq -r .reason "$work/cell.json")
${console:-(not a word on its console)}
Leave it out of VARIANTS=, or mend it; 'scripts/vm-run.sh $1 INITRAMFS $3 selftest@mode=ok 1 OUTDIR' boots it by hand"
fi
touch "$1/boots"
