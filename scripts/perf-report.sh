#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The report's word on perf events (bench/guest/run/perf.h): what was attached to how
# many cells, and the medians over seeds of what was counted.
#
# Usage: perf-report.sh RUN_DIR       Markdown on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "perf-report.sh RUN_DIR"
need jq
run=$1

# cells: "spec variant file" of each cell that run.json names and that is there.
cells()
{
	local spec variant seed
	jq -r '. as $r | .specs[] as $s | .variants[].name as $v | .seeds[] | [$s, $v, tostring] | @tsv' "$run/run.json" |
		while IFS=$'\t' read -r spec variant seed; do
			check_name spec "$spec"
			check_name variant "$variant"
			[[ $seed =~ ^[0-9]+$ ]] || die "$run/run.json: seed '$seed' is no number"
			[ ! -s "$run/cells/$variant/$spec/$seed/samples.tsv" ] ||
				printf '%s\t%s\t%s\n' "$spec" "$variant" "$run/cells/$variant/$spec/$seed"
		done
}
list=$(cells)
printf '\n## Counters attached\n\n'
awk -F '\t' '
	function kind(file, line) {
		while ((getline line <file) > 0 && line ~ /^#/)
			if (line ~ /^# perf\t(hardware|software|off|none)(:|$)/) {
				close(file)
				sub(/^# perf\t/, "", line)
				sub(/:.*/, "", line)
				return line
			}
		close(file)
		return "none"
	}
	function count(spec, variant, file, line, f) {
		while ((getline line <file) > 0) {
			if (line !~ /^perf(_running_pct)?\.[A-Za-z0-9_:-]+\t[0-9]+\t[0-9]+\t[0-9]+$/)
				continue
			split(line, f, "\t")
			sub(/^perf\./, "", f[1])
			sub(/^perf_running_pct\./, "counted % of the time: ", f[1])
			if (!((spec, f[1]) in has)) { has[spec, f[1]] = 0; name[spec, ++names[spec]] = f[1] }
			value[spec, f[1], variant, ++n[spec, f[1], variant]] = f[4]
			has[spec, f[1]] += f[4]
		}
		close(file)
	}
	# median of value[key, 1..k]
	function median(key, k, i, j, t, v) {
		if (!k) return "-"
		for (i = 1; i <= k; i++) v[i] = value[key, i] + 0
		for (i = 2; i <= k; i++)
			for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		return k % 2 ? v[(k + 1) / 2] : (v[k / 2] + v[k / 2 + 1]) / 2
	}
	function number(x) { return x == "-" ? x : sprintf(x == int(x) ? "%.0f" : "%.1f", x) }
	$1 == "" { next }
	{
		total++
		of[kind($3 "/samples.tsv")]++
		if (!($1 in specs)) { specs[$1] = 1; spec[++ns] = $1 }
		if (!($2 in variants)) { variants[$2] = 1; variant[++nv] = $2 }
		count($1, $2, $3 "/counters.tsv")
	}
	END {
		if (of["off"]) print of["off"] " of " total " cells ran without perf events: they would be among the instructions counted. `PERF=on` attaches them."
		if (of["hardware"]) print of["hardware"] " of " total " cells ran with the counters of a PMU, user (`:u`) and kernel (`:k`) apart."
		if (of["software"]) print of["software"] " of " total " cells ran with software events and the tracepoints of vmscan, for there is no PMU; samples contain what they cost."
		if (of["none"]) print of["none"] " of " total " cells could attach no perf event."
		for (s = 1; s <= ns; s++) {
			if (!names[spec[s]]) continue
			printf "\n| %s |", spec[s]
			for (v = 1; v <= nv; v++) printf " %s |", variant[v]
			printf "\n| --- |"
			for (v = 1; v <= nv; v++) printf " --: |"
			print ""
			for (i = 1; i <= names[spec[s]]; i++) {
				c = name[spec[s], i]
				if (!has[spec[s], c]) continue
				printf "| %s |", c
				for (v = 1; v <= nv; v++) printf " %s |", number(median(spec[s] SUBSEP c SUBSEP variant[v], n[spec[s], c, variant[v]]))
				print ""
			}
		}
	}' <<<"$list"
