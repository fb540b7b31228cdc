#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the report says of the boots of a run with MODE=metal; nothing for any other.
#
# Usage: metal-report.sh RUN_DIR       Markdown on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "metal-report.sh RUN_DIR"
[ -f "$1/boots.tsv" ] || exit 0
printf '\n## Boots\n\n'
# Of a file that is not ours: no control characters, no Markdown.
tr -cd '\11\12\40-\176' <"$1/boots.tsv" | sed 's/[<>|`&\\*_]/ /g' | head -n 10001 | awk -F '\t' '
	NR == 1 { next }
	{ all++; end[$4]++; row[all] = sprintf("| %s | %s | %s | %s | %s | %s |", $1, $2, $3, $4, $5, $6) }
	END {
		printf "%d boots in random order, blocks of each variant and A/A: %d measured, %d failed, %d lost. ", all, end["done"], end["failed"], end["lost"]
		print "A boot is a seed. One that is lost did not come back from its kernel; it is not tried again, and nothing that it had measured counts."
		print "\n| boot | variant | seed | end | seconds | why |\n| --: | --- | --: | --- | --: | --- |"
		for (i = 1; i <= all; i++) print row[i]
	}'
