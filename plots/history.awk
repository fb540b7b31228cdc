# SPDX-License-Identifier: GPL-2.0-only
# history.tsv -> number of the run, its name and date, then for each variant median,
# low and high.
{
	run = field("run") " " substr(field("date"), 1, 10)
	if (!(run in at)) { at[run] = ++runs; label[runs] = run }
	value[at[run], field("variant")] = field("median") "\t" field("ci_low") "\t" field("ci_high")
}
END {
	for (r = 1; r <= runs; r++) {
		printf "%d\t%s", r, label[r]
		for (i = 1; i <= n; i++)
			printf "\t%s", ((r, name[i]) in value) ? value[r, name[i]] : "\t\t"
		print ""
	}
}
