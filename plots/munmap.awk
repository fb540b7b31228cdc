# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> row, what the bystander does, then for each variant the time
# that it was shut out, in millions of the clock's unit per GiB.
field("metric") == "shut_out_per_gib" {
	row = field("spec")
	sub(/^[^@]*@op=/, "", row)
	sub(/,writer=/, " behind ", row)
	if (!(row in number)) {
		number[row] = ++rows
		label[rows] = row
	}
	cell[row, field("variant")] = field("median")
}
END {
	for (r = 1; r <= rows; r++) {
		printf "%d\t%s", r, label[r]
		for (i = 1; i <= n; i++)
			printf "\t%s", ((label[r], name[i]) in cell) && cell[label[r], name[i]] != "" ? \
				sprintf("%.4g", cell[label[r], name[i]] / 1e6) : ""
		print ""
	}
}
