# SPDX-License-Identifier: GPL-2.0-only
# Aging: cost per page scanned against mapped pages, a panel for each state of
# the pages.  Data: a block (index) for each panel, first line "# title", then
# mapped pages and median, low, high of each variant.
height = 520
head1 = sprintf("MGLRU aging: cost per page scanned, %s", spec)
perline = 1 # the key is as wide as a panel
load common
panels = int(system(sprintf("grep -c '^#' '%s'", data)))
panel_title(i) = system(sprintf("sed -n 's/^# //p' '%s' | sed -n %dp", data, i))
set logscale x 4
set xlabel "mapped pages (log scale)"
set yrange [0:*]
set xtics 1024, 4 font ",10"
set format x "%.0f"
set offsets graph 0.1, graph 0.1, graph 0.1, 0
set multiplot layout 1,panels margins screen 0.08, screen 0.98, screen 78.0 / height, screen 1.0 - (145.6 + more) / height spacing screen 0.06
do for [panel = 1:panels] {
	set ylabel panel == 1 ? sprintf("cost per page scanned (%s)", unit) : ""
	set title panel_title(panel) noenhanced
	plot for [v = 1:words(variants)] data index (panel - 1) using 1:(column(3 * v - 1)):(column(3 * v)):(column(3 * v + 1)) \
		with yerrorlines linetype v title (panel == 1 ? word(variants, v) : "")
	unset label 1
	unset label 2
}
unset multiplot
