# SPDX-License-Identifier: GPL-2.0-only
# Distribution of fault latency: an ECDF, a line for each variant.
# Data: one block a variant (index), columns value and fraction.
height = 520
head1 = sprintf("Latency of one fault, %s, %s (all seeds pooled, for display only)", column, spec)
load common
set xlabel sprintf("latency of one fault, clock cost removed (%s, log scale)", unit)
set ylabel "fraction of faults at or below"
set logscale x
set yrange [0:1.02]
set grid xtics ytics linecolor "#dddddd"
plot for [v = 1:words(variants)] data index (v - 1) using 1:2 with steps linetype v title word(variants, v)
