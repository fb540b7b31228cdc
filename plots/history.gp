# SPDX-License-Identifier: GPL-2.0-only
# One metric over the runs that have it, in the order of their dates: median and its
# interval for each variant.  Data: see history.awk.
runs = int(system(sprintf("grep -c . '%s'", data)))
height = 560
head1 = sprintf("%s: %s, over %d runs", spec, column, runs)
load common
set label 2 sprintf("unit %s; medians with their intervals, by date", unit)
set xrange [0.5:runs + 0.5]
set xtics rotate by -30 noenhanced font ",9"
set bmargin 7
set ylabel sprintf("%s (%s)", column, unit) noenhanced
set offsets 0, 0, graph 0.05, graph 0.05
shift(v) = 0.04 * (v - (words(variants) + 1) / 2.0)
plot data using 1:3:xtic(2) with points pointsize 0 linecolor "#00ffffff" notitle, \
	for [v = 1:words(variants)] data using ($1 + shift(v)):(column(3 * v)):(column(3 * v + 1)):(column(3 * v + 2)) \
	with yerrorlines linetype v title word(variants, v)
