#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Figures in documents come from a committed run, not from a keyboard:
#
#	<!-- figures results/reference BASELINE VARIANT...
#	label | case | metric
#	-->
#	(the table, made by this script)
#	<!-- figures end -->
#
# With one variant the table is that of a cover letter: baseline, variant, change with
# its interval, verdict; a row without a label is named by its case and metric.  With
# several a dash is who skips the case.
#
# Usage: docs.sh [--check]     --check changes nothing and names the files that drift
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
check=
[ "${1:-}" != --check ] || { check=1; shift; }
[ $# -eq 0 ] || usage "docs.sh [--check]"
need grep
cd "$MMVS_TOP"
files=()
lines files grep -rlE --include='*.md' '^<!-- figures [^ ]+ ' README.md CONTRIBUTING.md results/README.md kernel-patches doc
new=$(mktemp)
trap 'rm -f "$new"' EXIT
drifted=()
for file in "${files[@]}"; do
	mmcompare --page figures "$file" >"$new" || die "$file: its figures cannot be made (above is why)"
	cmp -s "$new" "$file" && continue
	drifted+=("$file")
	[ -n "$check" ] || cat "$new" >"$file"
done
[ "${#drifted[@]}" -gt 0 ] || exit 0
[ -z "$check" ] || die "not what the committed run says: ${drifted[*]}; 'make docs' writes the figures anew"
note "figures made anew: ${drifted[*]}"
