# SPDX-License-Identifier: GPL-2.0-only
# Read first: col["name"] is a column's number, name[1..n] are the variants
# (-v variants="a b"), and the lines before the first row are passed over.
BEGIN { FS = OFS = "\t"; n = split(variants, name, " ") }
/^#/ { next }
!header { header = 1; for (i = 1; i <= NF; i++) col[$i] = i; next }
function field(key) { return $col[key] }
# "value low high", an interval that is not defined being the value itself
function with_interval(value, low, high)
{
	return value OFS (low == "" ? value : low) OFS (high == "" ? value : high)
}
