# SPDX-License-Identifier: GPL-2.0-only
# Forest plot: change against the baseline with its interval, a row for
# each metric, a mark for each variant.  What lies outside of +-limit % stands
# at the edge with its ratio in words.  Data: row, label, then for each variant
# change, low, high in percent and the words (empty where not defined).
rows = int(system(sprintf("grep -c . '%s'", data)))
# A line of words for each variant in a row.
height = 190 + (6 + 11 * words(variants)) * rows
limit = 10
head1 = sprintf("Key metrics: change against %s, %s %% interval", baseline, percent)
load common
set xlabel sprintf("change of the median in %% (beyond %d %%: ratio at the edge)", limit)
set xrange [-1.25 * limit:1.25 * limit]
set xtics limit / 2
set yrange [rows + 0.7:0.3]
set grid xtics noytics linecolor "#dddddd"
set ytics noenhanced scale 0 font ",10"
longest = int(system(sprintf("cut -f 2 '%s' | awk '{ if (length > n) n = length } END { print n }'", data)))
set lmargin longest > 72 ? 0.83 * longest : 60
set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead linecolor "#444444" dashtype 3
shift(v) = 0.85 * (v - (words(variants) + 1) / 2.0) / words(variants)
plot data using (0):1:ytic(2) with points pointsize 0 linecolor "#00ffffff" notitle, \
	for [v = 1:words(variants)] data using (column(4 * v - 1)):($1 + shift(v)):(column(4 * v)):(column(4 * v + 1)) \
	with xerrorbars linetype v + 1 dashtype 1 linewidth 1.5 pointsize 1 title word(variants, v), \
	for [v = 1:words(variants)] data using (column(4 * v - 1) < 0 ? column(4 * v - 1) : NaN):($1 + shift(v)):(stringcolumn(4 * v + 2)) \
	with labels left offset 1,0 font ",8" notitle, \
	for [v = 1:words(variants)] data using (column(4 * v - 1) > 0 ? column(4 * v - 1) : NaN):($1 + shift(v)):(stringcolumn(4 * v + 2)) \
	with labels right offset -1,0 font ",8" notitle
