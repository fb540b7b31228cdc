#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From static.tsv to tables: what each stack costs before it runs.
#
# Usage: static-table.sh DIR
# DIR/static.tsv: "variant check result value why", a line for each check.
# Writes DIR/static.md and static.txt (at most 72 columns).  Exit 1 when a check
# failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "static-table.sh DIR"
need awk
dir=$1
[ -s "$dir/static.tsv" ] || die "$dir/static.tsv: no static checks there; 'make stacks-check' makes them"

# table FORMAT: md has a column for each variant; text a line, by its letter.
table()
{
	awk -F '\t' -v format="$1" '
		function name(c) { return sprintf("%c", 64 + c) }
		function of(c, r) { return ((col[c], r) in value) ? value[col[c], r] : "-" }
		# why RESULT TITLE: what stands behind the cells, a line each.
		function whys(want, title, checks, c, r, any) {
			for (c = 1; c <= nc; c++)
				for (r = 1; r <= nl; r++) {
					if (list[r, 1] != col[c] || list[r, 3] != want || list[r, 5] == "" || !index(checks, " " list[r, 2] " ")) continue
					if (!any++) print "\n" title (format == "md" ? "\n" : "")
					printf format == "md" ? "- **%s**, %s: %s\n" : "  %s, %s: %s\n", format == "md" ? list[r, 1] : name(c), list[r, 2], list[r, 5]
				}
		}
		NR == 1 { next }
		{
			if (!($1 in cols)) { cols[$1] = 1; col[++nc] = $1 }
			value[$1, $2] = $3 == "FAIL" && format == "md" ? "**FAIL** " $4 : $3 == "FAIL" ? $4 "!" : $4
			nl++
			for (i = 1; i <= 5; i++) list[nl, i] = $i
		}
		END {
			all = " apply checkpatch sparse W=1 steps arm64 build "
			n = split("patches files added removed architectures apply checkpatch sparse W=1 steps arm64 text data pageflags", row, " ")
			split("patches|files|lines added|lines removed|architectures touched|applies|checkpatch --strict|sparse, new warnings|W=1, new warnings|every step builds|mm/ builds for arm64|text, bytes|data, bytes|page flag bits", head, "|")
			nt = split("patches files added removed architectures checkpatch sparse W=1 steps arm64 text data", short, " ")
			split("n|files|+|-|arch|chkp|sparse|W=1|steps|arm64|text|data", brief, "|")
			split("3|6|6|6|5|5|7|5|6|6|8|6", width, "|")
			if (format == "md") {
				printf "| |"
				for (c = 1; c <= nc; c++) printf " %s |", col[c]
				printf "\n| --- |"
				for (c = 1; c <= nc; c++) printf " --: |"
				print ""
				for (r = 1; r <= n; r++) {
					printf "| %s |", head[r]
					for (c = 1; c <= nc; c++) printf " %s |", of(c, row[r])
					print ""
				}
			} else {
				for (c = 1; c <= nc; c++) printf "  %s = %s\n", name(c), col[c]
				printf " "
				for (r = 1; r <= nt; r++) printf "%" width[r] "s", brief[r]
				print ""
				for (c = 1; c <= nc; c++) {
					printf "%s", name(c)
					for (r = 1; r <= nt; r++) printf "%" width[r] "s", of(c, short[r])
					print ""
				}
			}
			whys("FAIL", "Not clean:", all)
			whys("skip", "Not checked:", all)
			whys("info", "Largest changes, and layout:", " text data sizeof ")
			whys("info", "Not part of the configuration, so not looked at:", " unbuilt ")
		}' "$dir/static.tsv"
}
intro="What each stack costs before it runs: against the unpatched base, with the configuration that is measured."
{ printf '\n## Static cost\n\n%s\n\n' "$intro"; table md; } >"$dir/static.md"
{ printf '\nStatic cost\n-----------\n'; { echo "$intro"; table text; } | mail_wrap; } | sed 's/ *$//' >"$dir/static.txt"
! cut -f 3 "$dir/static.tsv" | grep -qx FAIL
