#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The mail of a run under the --- of a copy of a stack's cover letter: what the list
# reads and git am leaves out.  The stack's own file stays as it is.
#
# Usage: mail-stack.sh RUN_DIR VARIANT
# FULL=1: mail-full.txt.  Writes RUN_DIR/cover-VARIANT.md and prints its path.  A cover
# letter without a line --- gets one at its end.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "mail-stack.sh RUN_DIR VARIANT"
run=$1 variant=$2
check_name variant "$variant"
need jq awk
[ -s "$run/run.json" ] || die "$run/run.json: no run there; 'make run' makes one, RUN=NAME names another"
mail=$run/mail${FULL:+-full}.txt
[ -s "$mail" ] || die "$mail is missing; 'make report RUN=$(basename "$run")' makes it"
jq -e --arg v "$variant" 'any(.variants[]; .name == $v)' "$run/run.json" >/dev/null ||
	die "TO_STACK=$variant: not in this run; it has: $(jq -r '[.variants[].name] | join(" ")' "$run/run.json")"
family=$(jq -r .family "$run/run.json")
# A family in a folder anywhere is known by what make was told.
[ "$(basename "${FAMILY:-}")" != "$family" ] || family=$FAMILY
dir=$(family_dir "$family")
cover=$dir/$variant/cover.md
[ -s "$cover" ] || die "$cover: $variant has no cover letter (a word of VARIANTS= has none)"
to=$run/cover-$variant.md
awk -v mail="$mail" '
	function put(line) { while ((getline line <mail) > 0) print line; done = 1 }
	{ print }
	!done && $0 == "---" { put() }
	END { if (!done) { print "\n---"; put() } }' "$cover" >"$to.new"
mv "$to.new" "$to"
echo "$to"
