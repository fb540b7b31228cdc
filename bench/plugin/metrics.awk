# SPDX-License-Identifier: GPL-2.0-only
# samples.tsv, then passes.tsv -> metrics.tsv: through which regions the rows
# went that a metric is made of.  Row and pass number n belong together, or
# nothing is known and nothing is said.  Names are those of mmcompare.
BEGIN { FS = OFS = "\t" }
FNR == 1 { file++; header = 0 }
file == 1 && $1 == "# metric" { name[++metrics] = $2; by[metrics] = $9 }
/^#/ { next }
!header { header = 1; for (i = 1; i <= NF; i++) if (file == 1) col[$i] = i; next }
file == 1 { row[++rows] = $0; next }
{ region[++passes] = $1 }
function label(m, fields, f, b, n, i, c, text) {
	n = by[m] == "-" ? 0 : split(by[m], b, ",")
	split(fields, f, FS)
	for (i = 1; i <= n; i++) {
		c = b[i]
		sub(/_(pages|pct|count)$/, "", c)
		text = text (i == 1 ? "[" : ",") c "=" f[col[b[i]]]
	}
	return name[m] text (n ? "]" : "")
}
END {
	print "# mmvs-metrics 1"
	print "metric", "regions"
	if (rows != passes) exit
	for (m = 1; m <= metrics; m++)
		for (r = 1; r <= rows; r++) {
			l = label(m, row[r])
			if (!(l in list)) order[++labels] = l
			if (seen[l, region[r]]++) continue
			list[l] = list[l] (list[l] == "" ? "" : ",") region[r]
		}
	for (i = 1; i <= labels; i++) print order[i], list[order[i]]
}
