#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From the TAP of each variant and LRU to a matrix, property by variant.
#
# Usage: conform-matrix.sh DIR
# DIR/columns.tsv and the TAP as conform-tally.sh wants them; DIR/promise says what
# is promised (family.conf).
# Writes what conform-tally.sh writes, matrix.md, and matrix.txt (at most 72
# columns).  Exit 1 when something failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "conform-matrix.sh DIR"
need awk
dir=$1
"$MMVS_TOP/scripts/conform-tally.sh" "$dir"

# grid FORMAT: md or text.  A cell is one word, or how many of its tests passed,
# when all boots agree, else a letter for each in the order of the columns.
grid()
{
	awk -F '\t' -v format="$1" '
		BEGIN { md = format == "md" }
		NR == 1 { next }
		{
			if (!($1 in rows)) { rows[$1]; row[++nr] = $1 }
			if (!($2 in cols)) { cols[$2]; col[++nc] = $2 }
			part = $4 == "pass" && $7
			word = part ? (md ? "pass " : "") $5 "/" $5 + $7 : $4
			if (($1, $2) in cell && cell[$1, $2] != word) mixed[$1, $2]
			cell[$1, $2] = word
			letters[$1, $2] = letters[$1, $2] (letters[$1, $2] == "" ? "" : "/") (part ? "p" : toupper(substr($4, 1, 1)))
		}
		function of(r, c) { return !((r, c) in cell) ? "-" : (r, c) in mixed ? letters[r, c] : cell[r, c] }
		function put(head, c, text) {
			printf md ? "| %s |" : "%-16s", head
			for (c = 1; c <= nc; c++) {
				text = head == "property" ? col[c] : head == "---" ? head : of(head, col[c])
				if (!md && head == "property") text = sprintf("%c", 96 + c)
				printf md ? " %s |" : " %-" width "s", text
			}
			print ""
		}
		END {
			width = 4
			for (r = 1; r <= nr; r++)
				for (c = 1; c <= nc; c++)
					if (length(of(row[r], col[c])) > width) width = length(of(row[r], col[c]))
			for (c = 1; c <= nc && !md; c++) printf "  %c = %s\n", 96 + c, col[c]
			put("property")
			if (md) put("---")
			for (r = 1; r <= nr; r++) put(row[r])
		}' "$dir/matrix.tsv"
}

# reasons FORMAT: what failed and what was skipped, a line for each reason and
# those who have it.
reasons()
{
	awk -F '\t' -v format="$1" '
		BEGIN { md = format == "md" }
		function note(kind, what, text) {
			what = kind SUBSEP $1 SUBSEP what SUBSEP text
			if (!(what in known)) { known[what]; item[++ni] = what }
			by[what, $2] = by[what, $2] (count[what, $2]++ ? ", " : "") $3
		}
		# Which boots, where it is not all that have the property.
		function people(i, property, c, text) {
			for (c = 1; c <= nc; c++) {
				if (!((i, col[c]) in by)) continue
				text = text (text == "" ? "" : ", ") (md ? col[c] : sprintf("%c", 96 + c))
				if (count[i, col[c]] < boots[property, col[c]]) text = text " (" by[i, col[c]] ")"
			}
			return text
		}
		function put(kind, head, g, f) {
			for (g = 1; g <= ng; g++) {
				split(group[g], f, SUBSEP)
				if (f[1] != kind) continue
				if (head != "") print head
				head = ""
				printf md ? "- %s, %s: %s\n" : "  %s [%s]: %s\n", list[group[g]], f[2], f[3]
			}
		}
		FNR == 1 { next }
		FILENAME == ARGV[1] {
			if (!($2 in cols)) { cols[$2]; col[++nc] = $2 }
			boots[$1, $2]++
			if ($4 == "FAIL") note("FAIL", "", $8)
			next
		}
		{ note("skip", " " $4 " of " $5, $6) }
		END {
			for (i = 1; i <= ni; i++) {
				split(item[i], f, SUBSEP)
				g = f[1] SUBSEP people(item[i], f[2]) SUBSEP f[4]
				if (!(g in list)) group[++ng] = g
				list[g] = list[g] (list[g] == "" ? "" : ", ") (md ? "**" f[2] "**" : f[2]) f[3]
			}
			put("FAIL", md ? "\nWhy it fails:\n" : "Failures:")
			put("skip", md ? "\nTests that were skipped, and why:\n" : "Skipped tests:")
		}' "$dir/matrix.tsv" "$dir/skipped.tsv"
}

promise=$(cat "$dir/promise" 2>/dev/null || true)
boots=$(awk -F '\t' '!seen[$2]++ { printf "%s%s", sep, $2; sep = ", " }' "$dir/columns.tsv")
intro="Does each variant keep ${promise:-its promises}? Booted with swap on, once for each of $boots. 1/11: of 11 tests 1 passed and the others were skipped. Where the boots differ, a letter for each in this order: P, F, S, or p for a pass with skipped tests."
title=Conformance
if [ "$(cat "$dir/config" 2>/dev/null || echo small)" != small ]; then
	title="Conformance under CONFIG=$(cat "$dir/config")"
	intro+=" These kernels are built with kernel-patches/config/$(cat "$dir/config").config; 'stress' is a boot of its own with two vCPUs."
fi
{ printf '\n## %s\n\n%s\n\n' "$title" "$intro"; grid md; reasons md; } >"$dir/matrix.md"
{ printf '\n%s\n%s\n' "$title" "${title//?/-}"; { echo "$intro"; grid text; reasons text; } | mail_wrap; } | sed 's/ *$//' >"$dir/matrix.txt"
! cut -f 4 "$dir/matrix.tsv" | grep -qx FAIL
