#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the report says of a run in time: how fit the machine was, and what fell into
# the samples.  Nothing for a run that counts instructions.
#
# Usage: native-report.sh RUN_DIR [OTHER_RUN_DIR]     Markdown on standard output.
# With two runs also in what their machines differed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $# -ge 1 && $# -le 2 ]] || usage "native-report.sh RUN_DIR [OTHER_RUN_DIR]"
need jq awk

# text: of files that are not ours; no control characters, no Markdown.
text()
{
	tr -cd '\11\12\40-\176' | sed 's/[<>|`&\\*_]/ /g'
}

# machine RUN: preflight's table, and what became of the machine meanwhile.
machine()
{
	printf '\n## Was the machine fit to measure time?\n\n'
	jq -r '.native as $n | (.preflight // []) | map(.state) as $s |
		"\($s | map(select(. == "ok")) | length) checks ok, \($s | map(select(. == "warn")) | length) warn, \($s | map(select(. == "refuse")) | length) refuse" +
		(if $n.forced and ($s | any(. == "refuse")) then " (FORCE=1 went on)" else "" end) + ". " +
		(if $n then "Pinned to CPU \($n.cpu). " +
			(if ($n.tuned | length) > 0 then "TUNE=1 set, and put back: \($n.tuned | join(", ")). " else "" end) +
			"While it ran \($n.steal_pct * 100 | round / 100) % of all CPU time was stolen, and a core was throttled \($n.throttled_count) times." else "" end)' \
		"$1/run.json" | text
	printf '\n| check | state | found | why it matters | how to set it |\n| --- | --- | --- | --- | --- |\n'
	jq -r '.preflight // [] | .[] | [.check, .state, .found, .why, .how] | map(tostring) | @tsv' "$1/run.json" | text |
		awk -F '\t' '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2 == "ok" ? $2 : "**" $2 "**", $3, $4, $5 }'
}

# hits RUN: what fell into the rows, by spec and variant.
hits()
{
	local list
	# shellcheck disable=SC2016 # dollars are jq's
	list=$(find "$1/cells" -mindepth 4 -maxdepth 4 -name cell.json -type f -size -256k -print0 2>/dev/null | sort -z |
		xargs -0r jq -r --slurpfile run "$1/run.json" '$run[0] as $r |
			select(.status == "ok" and (.spec | IN($r.specs[])) and (.variant | IN($r.variants[].name)) and (.seed | IN(($r.seeds + ($r.aa_seeds // []))[]))) |
			[.spec, .variant, (.hits // ""), (.switches.involuntary // 0), (.boot_id // "")] | @tsv' | text)
	printf '\n## What fell into the samples\n\n'
	# shellcheck disable=SC2016 # backquotes are Markdown's
	echo 'Rows that were hit are marked in samples.tsv (`hit`: 1 a task switch, 2 steal within 10 ms, 4 warm-up, 8 another CPU) and kept; metrics that end in `_apart` give them apart (`clean=0`). An interrupt that switches no task is not seen.'
	awk -F '\t' '
		function count(key,   v) { return match($3, " " key "=[0-9]+") ? substr($3, RSTART + length(key) + 2, RLENGTH - length(key) - 2) + 0 : 0 }
		function share(n, of) { return n ? sprintf("%d (%.2f%%)", n, 100 * n / of) : "0" }
		$1 == "" { next }
		{ k = $1 "\t" $2; if (!(k in cells)) order[++n] = k; cells[k]++; invol[k] += $4; if (!($5 in boot)) { boot[$5] = 1; boots++ } }
		$3 ~ /^unknown/ { why[k] = substr($3, 10); next }
		{ $3 = " " $3; rows[k] += count("rows"); sw[k] += count("switch"); st[k] += count("steal"); wu[k] += count("warmup"); mv[k] += count("move"); if ($3 ~ /never-steady/) ns[k]++ }
		END {
			if (!n) { print "\nNothing was measured."; exit }
			print "\n| spec | variant | cells | rows | switched | steal | warm-up | moved | involuntary switches |\n| --- | --- | --: | --: | --: | --: | --: | --: | --: |"
			for (i = 1; i <= n; i++) {
				k = order[i]; split(k, a, "\t")
				if (rows[k]) printf "| `%s` | %s | %d | %d | %s | %s | %s%s | %s | %d |\n", a[1], a[2], cells[k], rows[k], share(sw[k], rows[k]), share(st[k], rows[k]), share(wu[k], rows[k]), ns[k] ? ", never steady in " ns[k] " cells" : "", share(mv[k], rows[k]), invol[k]
				else printf "| `%s` | %s | %d | unknown: %s | | | | | %d |\n", a[1], a[2], cells[k], why[k], invol[k]
			}
			printf "\nAll of it was measured in %d boot%s of the kernel: what differs from boot to boot (layout, free pages) is %sin the intervals.\n", boots, boots == 1 ? "" : "s", boots == 1 ? "not " : ""
		}' <<<"$list"
}

unit=$(jq -r .unit "$1/run.json")
[ "$unit" = ns ] || exit 0
machine "$1"
hits "$1"
if [ $# -eq 2 ]; then
	machine "$2"
	hits "$2"
	printf '\n## In what the machines differed\n\n'
	# shellcheck disable=SC2016 # dollars are jq's
	jq -rn --slurpfile a "$1/run.json" --slurpfile b "$2/run.json" '
		def facts: [(.preflight // [] | .[] | select(.check | IN("load", "steal", "thermal", "free-memory") | not) | {key: .check, value: .found}),
			{key: "host CPU", value: .host.cpu}, {key: "host cores", value: "\(.host.cores)"}, {key: "kernel", value: .kernel.version}] | from_entries;
		($a[0] | facts) as $x | ($b[0] | facts) as $y | [($x + $y) | keys_unsorted[] | select($x[.] != $y[.]) | "- \(.): A \($x[.] // "-"), B \($y[.] // "-")"] |
		if length == 0 then "In nothing that preflight sees." else .[] end' | text
fi
