# SPDX-License-Identifier: GPL-2.0-only
# ecdf.tsv -> a block for each variant: value, fraction.  -v spec=
field("spec") == spec {
	# The curve rises from 0 at the smallest value.
	if (!(field("variant") in block))
		block[field("variant")] = field("value") OFS 0 "\n"
	block[field("variant")] = block[field("variant")] field("value") OFS field("fraction") "\n"
}
END {
	for (i = 1; i <= n; i++)
		printf "%s\n\n", (name[i] in block) ? block[name[i]] : "NaN\tNaN\n"
}
