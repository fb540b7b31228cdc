#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From the TAP of each variant and LRU to verdicts: pass, FAIL and skip kept apart.
#
# Usage: conform-tally.sh DIR
# DIR/columns.tsv names the columns: "variant<TAB>lru<TAB>TAP file in DIR", and the
# boot's spec where there is one.
# Writes DIR/matrix.tsv (a line for each property, variant and LRU) and skipped.tsv
# (a line for each reason of its skipped tests).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "conform-tally.sh DIR"
need awk
dir=$1
[ -s "$dir/columns.tsv" ] || die "$dir/columns.tsv: no conformance run there; 'make conform' makes one"

# tally VARIANT LRU FILE: a property passes when no test failed and one passed.
# Lines of matrix.tsv to stdout, those of skipped.tsv into its file.
tally()
{
	[ -s "$3" ] || die "$3: no TAP there"
	awk -v variant="$1" -v lru="$2" -v skipped="$dir/skipped.tsv.new" '
		function more(n) { return n > 1 ? " (and " n - 1 " more)" : "" }
		function clean(s) { gsub(/[^ -~]/, "?", s); return s }
		/^(not )?ok [0-9]+ - [a-z0-9-]+: / {
			failed = /^not/
			match($0, / - [a-z0-9-]+: /)
			p = substr($0, RSTART + 3, RLENGTH - 5)
			text = substr($0, RSTART + RLENGTH)
			if (!asked[p]++) order[++n] = p
			skip = index(text, " # SKIP ")
			desc = skip ? substr(text, 1, skip - 1) : text
			reason = substr(text, skip + 8)
			if (failed) { fail[p]++; if (!(p in why)) { why[p] = desc; open = p } }
			else if (skip) {
				if (!skips[p]++) first[p] = desc ": " reason
				if (!times[p, reason]++) { line[++nl] = p SUBSEP reason; test[p, reason] = desc }
			} else pass[p]++
			next
		}
		/^# why: / && open != "" { why[open] = why[open] ": " substr($0, 8); open = "" }
		END {
			for (i = 1; i <= n; i++) {
				p = order[i]
				result = fail[p] ? "FAIL" : pass[p] ? "pass" : "skip"
				printf "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", p, variant, lru, result, pass[p], fail[p],
					skips[p], clean(fail[p] ? why[p] more(fail[p]) : skips[p] ? first[p] more(skips[p]) : "")
			}
			for (i = 1; i <= nl; i++) {
				split(line[i], f, SUBSEP)
				printf "%s\t%s\t%s\t%d\t%d\t%s\n", f[1], variant, lru, times[line[i]], asked[f[1]],
					clean(times[line[i]] > 1 ? f[2] : test[line[i]] ": " f[2]) >>skipped
			}
		}' "$3"
}

printf 'property\tvariant\tlru\tskipped_count\tasked_count\twhy\n' >"$dir/skipped.tsv.new"
{
	printf 'property\tvariant\tlru\tresult\tpassed_count\tfailed_count\tskipped_count\twhy\n'
	while IFS=$'\t' read -r variant lru file _; do
		tally "$variant" "$lru" "$dir/$file"
	done <"$dir/columns.tsv"
} >"$dir/matrix.tsv.new"
for f in skipped matrix; do mv "$dir/$f.tsv.new" "$dir/$f.tsv"; done
