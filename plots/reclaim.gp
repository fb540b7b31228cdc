# SPDX-License-Identifier: GPL-2.0-only
# What one request to memory.reclaim did, or who went at memory.max: grouped bars.
# Data: quantity, then the median of each variant in pages.
height = 520
head1 = sprintf("%s, %s", strstrt(spec, "mixed") ? "What went from a group at memory.max" : \
	"What the first request to memory.reclaim did", spec)
load common
set ylabel "pages (median over seeds)"
set yrange [0:*]
set style data histogram
set style histogram clustered gap 1
set style fill pattern border
set boxwidth 0.9
set xtics noenhanced
pattern(v) = word("3 1 2 4 5 6 7 0", (v - 1) % 8 + 1) + 0
upright = words(variants) > 8 ? "rotate by 90 left" : "center"
plot for [v = 1:words(variants)] data using v + 1:xtic(1) linetype v dashtype 1 linewidth 1.2 fillstyle pattern pattern(v) title word(variants, v), \
	for [v = 1:words(variants)] data using ($0 + (v - (words(variants) + 1) / 2.0) / (words(variants) + 1.0)):v + 1:(sprintf("%.0f", column(v + 1))) with labels @upright offset 0,0.6 font (words(variants) > 3 ? ",7" : ",9") notitle
