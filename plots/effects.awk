# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> row, label, then for each variant the change in percent, low,
# high, clamped to the picture, and the ratio in words where it was clamped.
function clamp(x)
{
	return x > limit ? limit : x < -limit ? -limit : x
}
function percent(ratio)
{
	return (ratio - 1) * 100
}
BEGIN { limit = 11 }
field("rank") == "key" && field("ratio") + 0 > 0 {
	row = field("metric") "  " field("spec")
	if (!(row in number)) {
		number[row] = ++rows
		label[rows] = row
	}
	x = percent(field("ratio"))
	low = field("ratio_low") == "" ? x : percent(field("ratio_low"))
	high = field("ratio_high") == "" ? x : percent(field("ratio_high"))
	words = x == clamp(x) ? "" : sprintf("x %.4g", field("ratio"))
	cell[row, field("variant")] = clamp(x) OFS clamp(low) OFS clamp(high) OFS words
}
END {
	# A row alone stands there twice: gnuplot 5.4 dies of labels for one point.
	for (k = 1; k <= rows || k == 2; k++) {
		r = k > rows ? rows : k
		if (!r) exit
		printf "%d\t%s", r, label[r]
		for (i = 1; i <= n; i++)
			printf "\t%s", ((label[r], name[i]) in cell) ? cell[label[r], name[i]] : OFS OFS OFS
		# Not empty: gnuplot takes an empty last field for what the line
		# before had in its place.
		print "\t."
	}
}
