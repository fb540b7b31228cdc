# SPDX-License-Identifier: GPL-2.0-only
# What a fault, a reclaimed page and a scanned page cost, by kernel: a panel each, from 0.
# Data: see versions.awk.
height = 780
head1 = "Cost of a fault, a reclaimed page and a scanned page, by kernel"
load common
heading(panel, field) = system(sprintf("sed -n 's/^# //p' '%s' | sed -n %dp | cut -f %d", data, panel, field))
panels = int(system(sprintf("grep -c '^#' '%s'", data)))
set xrange [-0.3:words(variants) - 0.7]
set yrange [0:*]
set offsets 0, 0, graph 0.35, 0
set xtics font ",10"
set key inside top left noenhanced Left reverse horizontal maxrows 2 samplen 3 width 1
set multiplot layout 2,2 margins screen 0.08, screen 0.97, screen 40.0 / height, screen 1.0 - 96.0 / height spacing screen 0.09, screen 78.0 / height
do for [panel = 1:panels] {
	set ylabel unit_long
	set title heading(panel, 1) noenhanced
	series = int(system(sprintf("grep '^#' '%s' | sed -n %dp | awk -F '\t' '{ print NF - 1 }'", data, panel)))
	plot for [k = 1:series] data index (panel - 1) \
		using 0:(column(3 * k - 1)):(column(3 * k)):(column(3 * k + 1)):xticlabels(1) \
		with yerrorlines linetype k title heading(panel, k + 1)
	unset label 1
	unset label 2
}
unset multiplot
