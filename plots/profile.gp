# SPDX-License-Identifier: GPL-2.0-only
# The most expensive functions of an operation: a stacked bar a variant.
# Data: variant, then a column a function, the first line names them.
height = 620
head1 = sprintf("Instructions per operation by function, %s", spec)
load common
set ylabel "guest instructions per operation"
set yrange [0:*]
set style data histogram
set style histogram rowstacked
set style fill solid 0.85 border linecolor "#ffffff"
set boxwidth 0.6
set xtics noenhanced
set tmargin at screen 1.0 - 70.0 / height
set rmargin at screen 0.70
set key at screen 0.715,0.86 left top vertical Left reverse invert noenhanced maxrows 14 samplen 1.5 width 1
set xrange [-0.6:words(variants) - 0.4]
stats data using 2 every ::1 nooutput
columns = int(STATS_columns)
shade(i) = word("#000000 #d55e00 #0072b2 #e69f00 #009e73 #cc79a7 #56b4e9 #888888 #8a4b08 #004d40 #7a6ad8 #b5b500 #d9d9d9", i)
plot for [i = 2:columns] data using i:xtic(1) linecolor rgb shade(i - 1) dashtype 1 linewidth 1 title columnheader(i)
