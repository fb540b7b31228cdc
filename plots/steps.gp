# SPDX-License-Identifier: GPL-2.0-only
# What each patch of a series does to the key metrics that move: ratio to no patch,
# by number of patches; on a logarithmic scale, for one may move 300 times as far.  Data: see steps.awk.
n = int(system(sprintf("head -n 1 '%s' | awk -F '\t' '{ print NF - 1 }'", data)))
height = 520 + 16 * n
head1 = sprintf("What each patch costs, from %s to %s", baseline, word(variants, words(variants)))
load common
set key vertical maxrows n
set tmargin at screen 1.0 - (84.0 + 18 * n) / height
set xlabel "patches applied"
set ylabel "ratio to none"
set logscale y 2
set format y "%.4g"
set xtics 1
set xrange [-0.2:words(variants) - 0.8]
set offsets 0, 0, graph 0.05, graph 0.05
plot for [k = 1:n] data using 1:(column(k + 1)) skip 1 with linespoints linetype k \
	title system(sprintf("head -n 1 '%s' | cut -f %d", data, k + 1))
