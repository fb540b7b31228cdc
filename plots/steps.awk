# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv of a series -> number of patches, then for each key metric that moves,
# the eight that move most, its ratio to no patch; the first line has their names.
field("rank") == "key" && field("ratio") + 0 > 0 {
	m = field("spec") " " field("metric")
	value[m, field("variant")] = field("ratio")
	size = log(field("ratio"))
	if (size < 0) size = -size
	if (size > most[m]) most[m] = size
}
END {
	while (picked < 8) {
		best = ""
		for (m in most)
			if (most[m] >= 0.0001 && (best == "" || most[m] > most[best] || (most[m] == most[best] && m < best)))
				best = m
		if (best == "") break
		metric[++picked] = best
		delete most[best]
	}
	if (!picked) exit
	printf "patch"
	for (k = 1; k <= picked; k++) printf "\t%s", metric[k]
	print ""
	for (i = 1; i <= n; i++) {
		printf "%d", i - 1
		for (k = 1; k <= picked; k++)
			printf "\t%s", i == 1 ? 1 : ((metric[k], name[i]) in value) ? sprintf("%.6f", value[metric[k], name[i]]) : ""
		print ""
	}
}
