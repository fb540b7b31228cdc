#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The report's "where the difference is", from a run's comparison and profile:
# for each variant and case with a metric that is better or worse, the three
# functions that explain most of it, in the regions that the metric is made of.
#
# Usage: profile-report.sh RUN_DIR       Markdown on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "profile-report.sh RUN_DIR"
run=$1
printf '\n## Where the difference is\n\nGuest instructions per operation by kernel function, counted in QEMU (one seed,\n'
printf 'nokaslr; "make profile"). Inlined functions count for the one that holds them.\n'
awk -v run="$run" '
	BEGIN { FS = "\t" }
	/^#/ { next }
	!header { header = 1; for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["verdict"] !~ /^(better|worse)$/ { next }
	{
		key = $col["spec"] "\t" $col["variant"] "\t" regions($col["spec"], $col["metric"])
		if (!(key in metrics)) order[++n] = key
		metrics[key] = metrics[key] (key in metrics && metrics[key] != "" ? ", " : "") \
			$col["metric"] " " $col["verdict"]
	}
	# Joined by commas; "" when it is not known: all are shown.
	function regions(spec, metric, file, line, f) {
		file = run "/profile/diff/" spec "/metrics.tsv"
		if (!(spec in known)) {
			known[spec] = 1
			while ((getline line <file) > 0)
				if (split(line, f, "\t") == 2) of[spec, f[1]] = f[2]
			close(file)
		}
		return of[spec, metric]
	}
	function explain(key, at, file, line, f, k, i, from) {
		split(key, at, "\t")
		file = run "/profile/diff/" at[1] "/baseline"
		getline from <file
		close(file)
		file = run "/profile/diff/" at[1] "/" at[2] ".tsv"
		printf "\n%s, %s: %s", at[2], at[1], metrics[key]
		printf "%s\n", from == "" ? "" : " (profiled against " from ")"
		if ((getline line <file) <= 0) { print "- not profiled"; return }
		print ""
		do {
			k = split(line, f, "\t")
			if (at[3] != "" && !index("," at[3] ",", "," f[1] ",")) continue
			printf "- %s, per %s: %s -> %s (%s)", f[1], f[2], f[3], f[4], f[5]
			for (i = 6; i < k; i += 2)
				printf "%s `%s` %s", i == 6 ? ":" : ",", f[i], f[i + 1]
			print ""
		} while ((getline line <file) > 0)
		close(file)
	}
	END {
		for (i = 1; i <= n; i++) explain(order[i])
		if (!n) print "\nNo metric is better or worse."
	}' "$run/compare.tsv"
