#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The report's word on what the run took: wall time and memory of its cells
# by case; and which cases could not be measured in this mode, and why.
#
# Usage: run-cost.sh RUN_DIR       Markdown on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "run-cost.sh RUN_DIR"
need jq awk
run=$1

# cells: "case status wall_s max_rss_kib reason" of each cell that run.json names.
cells()
{
	# shellcheck disable=SC2016 # dollars are jq's
	find "$run/cells" -mindepth 4 -maxdepth 4 -name cell.json -type f -size -256k -print0 2>/dev/null |
		sort -z | xargs -0r jq -r --slurpfile run "$run/run.json" '
			$run[0] as $r |
			select((.spec | IN($r.specs[])) and (.variant | IN($r.variants[].name)) and
				(.seed | IN(($r.seeds + ($r.aa_seeds // []))[]))) |
			[.spec, .status, ((.wall_s | numbers) // 0), ((.max_rss_kib | numbers) // 0), (.reason // "")] | @tsv'
}
list=$(cells | tr -cd '\11\12\40-\176' | sed 's/[<>|`&\\]/ /g')
printf '\n## What it took\n\n'
awk -F '\t' '
	function mib(kib) { return kib ? sprintf("%.0f", kib / 1024) : "-" }
	$1 == "" { next }
	{
		c = $1
		sub(/@.*/, "", c)
		if (!(c in n)) order[++cases] = c
		n[c]++
		wall[c] += $3
		if ($3 > longest[c]) longest[c] = $3
		if ($4 > rss[c]) rss[c] = $4
		total++
		sum += $3
		if ($3 > most) { most = $3; slowest = $1 }
		if ($4 > peak) { peak = $4; largest = $1 }
		if ($2 == "skip" && !skipped[$1, $5]++) skip[++skips] = "- `" $1 "`: " $5
	}
	END {
		if (!total) { print "No cell was run."; exit }
		printf "%d cells took %.0f s of wall time in all, %.1f s in the mean; the longest %.1f s (`%s`). ", total, sum, sum / total, most, slowest
		if (peak) printf "A cell holds at most %s MiB of memory (`%s`), a run that many times `JOBS`.\n", mib(peak), largest
		else print "Their memory was not recorded."
		print "\n| case | cells | wall time, s | longest cell, s | largest cell, MiB |\n| --- | --: | --: | --: | --: |"
		for (i = 1; i <= cases; i++)
			printf "| %s | %d | %.0f | %.1f | %s |\n", order[i], n[order[i]], wall[order[i]], longest[order[i]], mib(rss[order[i]])
		if (skips) print "\nNot measured in this mode:\n"
		for (i = 1; i <= skips; i++) print skip[i]
	}' <<<"$list"
