# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> what is varied, then median, low, high of each variant.  Metrics
# are named shape_cost[x=N] or evict_cost[young=N].  -v spec=
field("spec") == spec && match(field("metric"), /^(shape|evict)_cost\[[a-z]+=/) {
	x = substr(field("metric"), RLENGTH + 1) + 0
	if (!(x in seen)) {
		seen[x] = 1
		value[++rows] = x
	}
	cell[x, field("variant")] = with_interval(field("median"), field("ci_low"), field("ci_high"))
}
END {
	for (r = 1; r <= rows; r++) {
		printf "%s", value[r]
		for (i = 1; i <= n; i++)
			printf "\t%s", ((value[r], name[i]) in cell) ? cell[value[r], name[i]] : OFS OFS
		print ""
	}
}
