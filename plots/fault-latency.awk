# SPDX-License-Identifier: GPL-2.0-only
# ecdf.tsv -> a block for each variant: value, fraction.  -v spec= column=
# Nothing at all when the spec has no such column.
field("spec") == spec && field("metric_column") == column {
	found = 1
	# The curve rises from 0 at the smallest value.
	if (!(field("variant") in block))
		block[field("variant")] = field("value") OFS 0 "\n"
	block[field("variant")] = block[field("variant")] field("value") OFS field("fraction") "\n"
}
END {
	for (i = 1; found && i <= n; i++)
		printf "%s\n\n", (name[i] in block) ? block[name[i]] : "NaN\tNaN\n"
}
