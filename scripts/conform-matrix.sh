#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From the TAP of each variant and LRU to a matrix, property by variant.
#
# Usage: conform-matrix.sh DIR
# DIR/columns.tsv names the columns: "variant<TAB>lru<TAB>TAP file in DIR", and the
# boot's spec where there is one;
# DIR/family names the family (droppable), whose family.conf says what is promised.
# Writes DIR/matrix.tsv (a line for each property, variant and LRU), matrix.md
# and matrix.txt (at most 72 columns).  Exit 1 when something failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "conform-matrix.sh DIR"
need awk fold
dir=$1
[ -s "$dir/columns.tsv" ] || die "$dir/columns.tsv: no conformance run there; 'make conform' makes one"

# tally VARIANT LRU FILE: a property passes when no test failed and one passed.
tally()
{
	[ -s "$3" ] || die "$3: no TAP there"
	awk -v variant="$1" -v lru="$2" '
		function more(n) { return n > 1 ? " (and " n - 1 " more)" : "" }
		function clean(s) { gsub(/[^ -~]/, "?", s); return s }
		/^(not )?ok [0-9]+ - [a-z0-9-]+: / {
			failed = /^not/
			match($0, / - [a-z0-9-]+: /)
			p = substr($0, RSTART + 3, RLENGTH - 5)
			text = substr($0, RSTART + RLENGTH)
			if (!(p in seen)) { seen[p] = 1; order[++n] = p }
			skip = index(text, " # SKIP ")
			desc = skip ? substr(text, 1, skip - 1) : text
			if (failed) { fail[p]++; if (!(p in why)) { why[p] = desc; open = p } }
			else if (skip) { skips[p]++; if (!(p in reason)) reason[p] = desc ": " substr(text, skip + 8) }
			else pass[p]++
			next
		}
		/^# why: / && open != "" { why[open] = why[open] ": " substr($0, 8); open = "" }
		END {
			for (i = 1; i <= n; i++) {
				p = order[i]
				result = fail[p] ? "FAIL" : pass[p] ? "pass" : "skip"
				printf "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", p, variant, lru, result, pass[p], fail[p],
					skips[p], clean(fail[p] ? why[p] more(fail[p]) : skips[p] ? reason[p] more(skips[p]) : "")
			}
		}' "$3"
}

# table FORMAT: md or text from matrix.tsv.  A cell is one word when both LRUs
# agree, else a letter for each in the order of the columns.
table()
{
	awk -F '\t' -v format="$1" '
		NR == 1 { next }
		{
			if (!($1 in rows)) { rows[$1] = 1; row[++nr] = $1 }
			if (!($2 in cols)) { cols[$2] = 1; col[++nc] = $2 }
			k = $1 SUBSEP $2
			if (!(k in cell)) cell[k] = $4
			else if (cell[k] != $4) mixed[k] = 1
			letters[k] = letters[k] (letters[k] == "" ? "" : "/") toupper(substr($4, 1, 1))
			nlru[$2] += !(($2, $3) in lru)
			lru[$2, $3] = 1
			# One line for each reason, naming who has it.
			why = $1 SUBSEP $4 SUBSEP $8
			if (!(why in who)) { who[why] = 1; line[++nl] = why }
			if (!((why, $2) in by)) { by[why, $2] = $3; count[why, $2] = 1 }
			else { by[why, $2] = by[why, $2] ", " $3; count[why, $2]++ }
		}
		function of(r, c, k) {
			k = r SUBSEP c
			return (k in cell) ? (k in mixed ? letters[k] : cell[k]) : "-"
		}
		function name(c) { return format == "md" ? col[c] : substr("abcdefghijklmnopqrstuvwxyz", c, 1) }
		function people(why, c, text, k) {
			for (c = 1; c <= nc; c++) {
				k = why SUBSEP col[c]
				if (!(k in by)) continue
				text = text (text == "" ? "" : ", ") name(c)
				if (count[k] < nlru[col[c]]) text = text " (" by[k] ")"
			}
			return text
		}
		function reasons(kind, head, i, f) {
			for (i = 1; i <= nl; i++) {
				split(line[i], f, SUBSEP)
				if (f[2] != kind || f[3] == "") continue
				if (head != "") { print head; head = "" }
				printf format == "md" ? "- **%s**, %s: %s\n" : "  %s [%s]: %s\n", f[1], people(line[i]), f[3]
			}
		}
		END {
			if (format == "md") {
				printf "| property |"
				for (c = 1; c <= nc; c++) printf " %s |", col[c]
				printf "\n| --- |"
				for (c = 1; c <= nc; c++) printf " --- |"
				print ""
				for (r = 1; r <= nr; r++) {
					printf "| %s |", row[r]
					for (c = 1; c <= nc; c++) printf " %s |", of(row[r], col[c])
					print ""
				}
				reasons("FAIL", "\nWhy it fails:\n")
				reasons("skip", "\nSkipped as a whole:\n")
				reasons("pass", "\nPasses, but for tests that were skipped:\n")
				exit
			}
			for (c = 1; c <= nc; c++) printf "  %s = %s\n", name(c), col[c]
			printf "%-16s", ""
			for (c = 1; c <= nc; c++) printf " %-4s", name(c)
			print ""
			for (r = 1; r <= nr; r++) {
				printf "%-16s", row[r]
				for (c = 1; c <= nc; c++) printf " %-4s", of(row[r], col[c])
				print ""
			}
			reasons("FAIL", "Failures:")
		}' "$dir/matrix.tsv"
}

{
	printf 'property\tvariant\tlru\tresult\tpassed_count\tfailed_count\tskipped_count\twhy\n'
	while IFS=$'\t' read -r variant lru file _; do
		tally "$variant" "$lru" "$dir/$file"
	done <"$dir/columns.tsv"
} >"$dir/matrix.tsv.new"
mv "$dir/matrix.tsv.new" "$dir/matrix.tsv"
family=$(cat "$dir/family" 2>/dev/null || echo droppable)
promise=$(conf "$MMVS_TOP/kernel-patches/$family/family.conf" promise)
boots=$(awk -F '\t' '!seen[$2]++ { printf "%s%s", sep, $2; sep = ", " }' "$dir/columns.tsv")
intro="Does each variant keep ${promise:-its promises}? Booted with swap on, once for each of $boots; where they differ, a letter for each in this order (P, F, S)."
title=Conformance
if [ "$(cat "$dir/config" 2>/dev/null || echo small)" != small ]; then
	title="Conformance under CONFIG=$(cat "$dir/config")"
	intro+=" These kernels are built with kernel-patches/config/$(cat "$dir/config").config; 'stress' is a boot of its own with two vCPUs."
fi
{ printf '\n## %s\n\n%s\n\n' "$title" "$intro"; table md; } >"$dir/matrix.md"
{ printf '\n%s\n%s\n' "$title" "${title//?/-}"; { echo "$intro"; table text; } | fold -s -w 72; } | sed 's/ *$//' >"$dir/matrix.txt"
! cut -f 4 "$dir/matrix.tsv" | grep -qx FAIL
