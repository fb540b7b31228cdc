# SPDX-License-Identifier: GPL-2.0-only
# samples.tsv, then passes.tsv -> operations.tsv: what each region's counts are
# divided by.  Row and pass number n belong together.  The first metric in
# instructions per something says what is counted; otherwise it is passes.
BEGIN { FS = OFS = "\t"; unit = "operation" }
FNR == 1 { file++; header = 0 }
file == 1 && $1 == "# metric" && $3 == "insn" && $8 != "-" && per == "" {
	per = $8
	unit = per
	sub(/_pages$/, " page", unit)
	gsub(/_/, " ", unit)
}
/^#/ { next }
!header { header = 1; for (i = 1; i <= NF; i++) if (file == 1 && $i == per) col = i; next }
file == 1 { value[++rows] = col ? $col : 1; next }
{
	if (!($1 in count)) order[++regions] = $1
	passes[$1]++
	count[$1] += value[++n]
}
END {
	print "# mmvs-operations 1"
	print "region", "count", "unit"
	for (i = 1; i <= regions; i++) {
		r = order[i]
		if (n == rows && count[r] > 0) printf "%s\t%.0f\t%s\n", r, count[r], unit
		else printf "%s\t%d\t%s\n", r, passes[r], "pass"
	}
}
