# SPDX-License-Identifier: GPL-2.0-only
# Faults by node: the task's node against the memory's, a panel for each
# variant; the last row is interleaved memory.  Data: a block for each panel,
# first line "# variant", then cpu node, memory node, median.
height = 520
head1 = sprintf("Write fault latency by NUMA node, median, %s", spec)
load common
panels = int(system(sprintf("grep -c '^#' '%s'", data)))
panel_title(i) = system(sprintf("sed -n 's/^# //p' '%s' | sed -n %dp", data, i))
stats data using 1 nooutput
cpus = int(STATS_max) + 1
# Nodes of memory alone have a row and no column; interleaved is the last row.
stats data using 2 nooutput
last = int(STATS_max)
interleaved = strstrt(spec, "mem_node=") == 0 || strstrt(spec, "mem_node=interleave") > 0
stats data using 3 nooutput
unset key
unset grid
set border 0
set xlabel "node of the task"
set xrange [-0.5:cpus - 0.5]
set yrange [-0.5:last + 0.5]
set xtics 0, 1, cpus - 1
set ytics 0, 1, interleaved ? last - 1 : last
if (interleaved) set ytics add ("inter-\nleaved" last)
# Light to dark, so that it reads in grey; text turns white on the dark.
set palette defined (0 "#f7fbff", 0.5 "#6baed6", 1 "#08306b")
set cbrange [STATS_min:STATS_max == STATS_min ? STATS_min + 1 : STATS_max]
middle = (STATS_min + STATS_max) / 2
unset colorbox
set multiplot layout 1,panels margins screen 0.09, screen 0.98, screen 0.15, screen 0.74 spacing screen 0.06
do for [panel = 1:panels] {
	set ylabel panel == 1 ? sprintf("node of the memory (cells: %s)", unit) : ""
	set title panel_title(panel) noenhanced
	plot data index (panel - 1) using 1:2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5):3 \
		with boxxyerror fillstyle solid linecolor palette, \
		data index (panel - 1) using 1:2:(sprintf("%.0f", $3)):($3 > middle ? 0xffffff : 0x000000) \
		with labels textcolor rgb variable
	unset label 1
	unset label 2
}
unset multiplot
