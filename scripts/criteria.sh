#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Which metrics a decision goes by: the lines "criterion = NAME: SPEC:METRIC ..." of a
# family's family.conf, as mmcompare reads them.  "criteria = OTHER" takes those of
# another family.
#
# Usage: criteria.sh FAMILY     prints "NAME: SPEC:METRIC ..." lines, none if there are none
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "criteria.sh FAMILY"
dir=$(family_dir "$1")
other=$(conf "$dir/family.conf" criteria)
if [ -n "$other" ]; then
	check_name family "$other"
	dir=$(family_dir "$other")
fi
sed -n 's/^criterion[[:space:]]*=[[:space:]]*//p' "$dir/family.conf"
