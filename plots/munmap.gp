# SPDX-License-Identifier: GPL-2.0-only
# Time shut out per GiB unmapped: a group of bars for each operation of the
# bystander, a bar for each variant, the figure above it (0 has no bar).
height = 520
head1 = "munmap(): how long another thread is kept out, per GiB unmapped"
load common
set xlabel "what the other thread does"
set ylabel sprintf("shut out (millions of %s per GiB)", unit)
set yrange [0:*]
set offsets 0, 0, graph 0.08, 0
set boxwidth 0.8 / words(variants)
set xtics scale 0 noenhanced font ",10"
set style fill solid 0.8 border
shift(v) = 0.8 * (v - (words(variants) + 1) / 2.0) / words(variants)
plot data using 1:(0):xtic(2) with points pointsize 0 linecolor "#00ffffff" notitle, \
	for [v = 1:words(variants)] data using ($1 + shift(v)):(column(v + 2)) with boxes linetype v dashtype 1 \
	title word(variants, v), \
	for [v = 1:words(variants)] data using ($1 + shift(v)):(column(v + 2)):(stringcolumn(v + 2)) \
	with labels offset 0,0.6 font ",9" notitle
