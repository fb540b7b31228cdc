# SPDX-License-Identifier: GPL-2.0-only
# Aging or eviction: cost per page against what a sweep varies: young share,
# density, VMAs, processes.  Data: x, then median, low, high of each variant.
height = 520
eviction = strstrt(spec, "scan-eviction") > 0
what = eviction ? "eviction: cost per page" : "aging: cost per page mapped"
head1 = sprintf("MGLRU %s, %s", what, spec)
load common
is(word) = strstrt(spec, "over=" . word) > 0
share = eviction || is("young")
set xlabel share ? "young pages, % of all" : is("density") ? "every n-th page is mapped (log scale)" : \
	is("vmas") ? "VMAs (log scale)" : is("processes") ? "processes (log scale)" : "PTE tables are in the Bloom filter: no (0), yes (1)"
set ylabel sprintf("%s (%s)", eviction ? "cost per page" : "cost per page mapped", unit)
if (!share && !is("bloom")) set logscale x 2
# Full tables against sparse ones: orders of magnitude.
if (is("density")) set logscale y 10; else set yrange [0:*]
set offsets graph 0.05, graph 0.05, graph 0.1, 0
if (share) set xrange [0:100]
plot for [v = 1:words(variants)] data using 1:(column(3 * v - 1)):(column(3 * v)):(column(3 * v + 1)) \
	with yerrorlines linetype v title word(variants, v)
