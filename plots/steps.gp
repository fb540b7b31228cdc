# SPDX-License-Identifier: GPL-2.0-only
# What each patch of a series does to the key metrics that move: change against no
# patch, by number of patches.  Data: see steps.awk.
n = int(system(sprintf("head -n 1 '%s' | awk -F '\t' '{ print NF - 1 }'", data)))
height = 520 + 16 * n
head1 = sprintf("What each patch costs, from %s to %s", baseline, word(variants, words(variants)))
load common
set key maxrows n
set tmargin at screen 1.0 - (84.0 + 18 * n) / height
set xlabel "patches applied"
set ylabel "change against none, %"
set xtics 1
set xrange [-0.2:words(variants) - 0.8]
set offsets 0, 0, graph 0.05, graph 0.05
set key autotitle columnhead
plot for [k = 1:n] data using 1:(column(k + 1)) with linespoints linetype k
