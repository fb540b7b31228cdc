#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the report says of a run in time: how fit the machine was, and what fell into
# the samples.  Nothing for a run that counts instructions.
#
# Usage: native-report.sh RUN_DIR     Markdown on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "native-report.sh RUN_DIR"
need jq
unit=$(jq -r .unit "$1/run.json")
[ "$unit" = ns ] || exit 0
# plain: of files that are not ours; no control characters, no Markdown.
jq -r '
	def plain: tostring | explode | map(select(. >= 32 and . <= 126)) | implode | gsub("[<>|`&\\\\*_]"; " ");
	.native as $n | (.preflight // []) as $checks |
	def count($state): $checks | map(select(.state == $state)) | length;
	"", "## Was the machine fit to measure time?", "",
	"\(count("ok")) checks ok, \(count("warn")) warn, \(count("refuse")) refuse" +
		(if $n.forced and count("refuse") > 0 then " (FORCE=1 went on)" else "" end) + ". " +
		(if $n then "Pinned to CPU \($n.cpu | plain). " +
			(if ($n.tuned | length) > 0 then "TUNE=1 set, and put back: \($n.tuned | join(", ") | plain). " else "" end) +
			"While it ran \($n.steal_pct * 100 | round / 100) % of all CPU time was stolen, and a core was throttled \($n.throttled_count | plain) times." else "" end),
	"", "| check | state | found | why it matters | how to set it |", "| --- | --- | --- | --- | --- |",
	($checks[] | (.state | plain) as $state | [.check, .found, .why, .how | plain] as [$check, $found, $why, $how] |
		"| \($check) | \(if $state == "ok" then $state else "**\($state)**" end) | \($found) | \($why) | \($how) |")' "$1/run.json"
mmcompare --page hits "$1"
