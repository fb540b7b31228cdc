# SPDX-License-Identifier: GPL-2.0-only
# What every picture shares: terminal, fonts, and line types that differ in
# colour (Okabe and Ito's palette, safe for colour-blind readers), in
# lightness, in dashes and in points, so that a grey print still reads.
# The template sets head1 (title) and height before; the caller: format, out, data, variants (words), baseline, mode, unit,
# unit_long, seeds.
# Three names a line in the key (up to eight in two lines), or what the caller says; what it takes more than two
# lines is added to the height.
perline = exists("perline") ? perline : 3
keylines = (words(variants) + perline - 1) / perline
if (keylines < 2 || (perline > 1 && words(variants) <= 8)) { keylines = 2 }
more = 19 * (keylines - 2)
height = height + more
if (format eq "svg") {
	set terminal svg size 1040,height dynamic noenhanced font "sans-serif,14" background "white"
} else {
	set terminal pngcairo size 1040,height noenhanced font "sans-serif,11"
}
set output out
set datafile separator "\t"
set datafile missing ""
set encoding utf8
set border 3 linecolor "#444444"
set tics nomirror out
set grid ytics linecolor "#dddddd" linewidth 1
set key noenhanced at screen 0.02,1.0 - 58.0 / height left top Left reverse horizontal maxrows keylines samplen 3 width 2
set tmargin at screen 1.0 - (112.0 + more) / height
set rmargin 4
array colour[8] = ["#000000", "#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#888888"]
set linetype 1 linecolor rgb colour[1] linewidth 2.2 dashtype 1 pointtype 7
set linetype 2 linecolor rgb colour[2] linewidth 2.2 dashtype 2 pointtype 5
set linetype 3 linecolor rgb colour[3] linewidth 2.2 dashtype 4 pointtype 9
set linetype 4 linecolor rgb colour[4] linewidth 2.2 dashtype 3 pointtype 13
set linetype 5 linecolor rgb colour[5] linewidth 2.2 dashtype 5 pointtype 11
set linetype 6 linecolor rgb colour[6] linewidth 2.2 dashtype (2,3) pointtype 4
set linetype 7 linecolor rgb colour[7] linewidth 2.2 dashtype (8,3) pointtype 6
set linetype 8 linecolor rgb colour[8] linewidth 2.2 dashtype (1,2) pointtype 8
# Where there are more: the same colours again, in other dashes and points.
linetypes = words(variants) > 8 ? 24 : 8
array point[8] = [6, 4, 8, 12, 10, 5, 7, 9]
do for [i = 9:linetypes] {
	c = (i - 1) % 8 + 1
	dash = i / 8 + c % 3
	mark = i < 17 ? point[c] : c % 3 + 1
	set linetype i linecolor rgb colour[c] linewidth 1.2 dashtype dash pointtype mark
}
set linetype cycle linetypes
note = sprintf("mode %s, unit %s (%s), %s %s", mode, unit, unit_long, seeds, seeds eq "1" ? "seed" : "seeds")
# head1 is the picture's title, the note stands below it.
set label 1 head1 at screen 0.02,1.0 - 22.0 / height left noenhanced
set label 2 note at screen 0.02,1.0 - 44.0 / height left noenhanced textcolor "#444444"
