# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> quantity, then the median of each variant.  -v spec=
field("spec") == spec { any = 1; median[field("metric"), field("variant")] = field("median") }
END {
	if (!any) exit # skipped throughout
	quantities = split(spec ~ /^reclaim-mixed@/ ? \
		"droppable_gone redirtied_gone plain_gone clean_gone dirty_gone new_gone" : \
		"requested accounted freed dropped swapped", quantity, " ")
	for (k = 1; k <= quantities; k++) {
		printf "%s", quantity[k]
		for (i = 1; i <= n; i++)
			printf "\t%s", median[quantity[k], name[i]]
		print ""
	}
}
