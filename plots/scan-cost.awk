# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> a block for each state of the pages: "# title", then mapped
# pages and median, low, high of each variant.  Metrics are named
# scan_cost[mapped=N,young=N,moved=N].  -v spec=
field("spec") == spec && match(field("metric"), /^scan_cost\[mapped=.*\]$/) {
	split(substr(field("metric"), 11, RLENGTH - 11), by, /[=,]/)
	state = by[3] " " by[4] " %, " by[5] " " by[6] " %"
	if (!(state in seen_state)) {
		seen_state[state] = ++states
		title[states] = state
	}
	if (!((state, by[2]) in seen_row)) {
		seen_row[state, by[2]] = 1
		mapped[state, ++rows[state]] = by[2]
	}
	cell[state, by[2], field("variant")] = with_interval(field("median"), field("ci_low"), field("ci_high"))
}
END {
	for (s = 1; s <= states; s++) {
		print "# " title[s]
		for (r = 1; r <= rows[title[s]]; r++) {
			m = mapped[title[s], r]
			printf "%s", m
			for (i = 1; i <= n; i++)
				printf "\t%s", cell[title[s], m, name[i]]
			print ""
		}
		printf "\n\n"
	}
}
