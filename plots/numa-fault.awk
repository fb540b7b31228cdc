# SPDX-License-Identifier: GPL-2.0-only
# compare.tsv -> a block for each variant: "# variant", then cpu node, memory
# node, median.  Metrics are named fault_p50[cpu_node=N,mem_node=N].  -v spec=
field("spec") == spec && match(field("metric"), /^fault_p50\[cpu_node=[0-9]+,mem_node=[0-9]+\]$/) {
	split(substr(field("metric"), 11, RLENGTH - 11), by, /[=,]/)
	line[field("variant")] = line[field("variant")] by[2] "\t" by[4] "\t" field("median") "\n"
}
END {
	for (i = 1; i <= n; i++)
		if (line[name[i]] != "")
			printf "# %s\n%s\n\n", name[i], line[name[i]]
}
