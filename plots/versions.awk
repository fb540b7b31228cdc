# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv of several kernels -> a block for each of: a fault, a reclaimed page (one
# that is swapped out costs ten times one that is dropped), a scanned page; "# title" and the names of its series, then for each variant its name and
# median, low, high in each series; empty where that kernel cannot measure it.
function series(panel, label,    s)
{
	s = panel SUBSEP label
	if (!(s in seen)) {
		seen[s] = 1
		label_of[panel, ++count[panel]] = label
	}
	cell[s, field("variant")] = with_interval(field("median"), field("ci_low"), field("ci_high"))
}
BEGIN { title[1] = "a write fault"; title[2] = "a reclaimed plain page"; title[3] = "a reclaimed droppable page"; title[4] = "a scanned page" }
# A median that is missing is no 0.
field("median") == "" { next }
{
	metric = field("metric")
	map = field("spec")
	if (!sub(/^[a-z-]+@map=/, "", map)) next
	if (map !~ /^(private|droppable)(,share=25(,pages=[0-9]+)?)?$/) next
	sub(/,.*/, "", map)
}
field("spec") ~ /^fault-first-touch@/ && metric == "fault_p50" { series(1, map) }
field("spec") ~ /^reclaim-proactive@/ && metric == "cost_per_freed" { series(map == "private" ? 2 : 3, map) }
field("spec") ~ /^scan-aging@/ && metric ~ /^scan_cost_all\[young=(0|100),moved=0\]$/ {
	series(4, map (metric ~ /young=0,/ ? ", none young" : ", all young"))
}
END {
	for (p = 1; p <= 4; p++) {
		if (!count[p]) continue
		printf "# %s", title[p]
		for (k = 1; k <= count[p]; k++) printf "\t%s", label_of[p, k]
		print ""
		for (i = 1; i <= n; i++) {
			printf "%s", name[i]
			for (k = 1; k <= count[p]; k++) {
				c = cell[p, label_of[p, k], name[i]]
				printf "\t%s", c == "" ? "\t\t" : c
			}
			print ""
		}
		printf "\n\n"
	}
}
