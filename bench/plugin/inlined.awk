# SPDX-License-Identifier: GPL-2.0-only
# What "addr2line -a -f -i" says of each address, then addresses.tsv -> rows
# of functions-inlined.tsv; and the chains, callers first, into the file FOLDED.
# An instruction counts for the innermost function, inlined or not.
BEGIN { FS = OFS = "\t" }
FNR == 1 { file++ }
file == 1 && /^0x/ { addr = $0; line = 0; next }
file == 1 && line++ % 2 == 0 {
	name = $0
	if (match(substr(name, 2), /\./)) name = substr(name, 1, RSTART) # .isra.0
	if (addr in chain) name = name ";" chain[addr]
	chain[addr] = name
}
file == 1 || /^#/ { next }
!header { header = 1; next }
{
	if (!($3 in chain)) { print "inlined.awk: addr2line says nothing of " $3 >"/dev/stderr"; exit bad = 1 }
	where = chain[$3]
	if (where == "??") where = $2 == "user" ? "[user]" : "[unknown]"
	n = split(where, f, ";")
	folded[$1 ($2 == "irq" ? ";[interrupt];" : ";") where] += $4
	self[$1 OFS f[n] OFS $2] += $4
	split("", seen)
	for (i = 1; i <= n; i++)
		if (!seen[f[i]]++) incl[$1 OFS f[i] OFS $2] += $4
}
END {
	if (bad) exit bad
	sort = "sort -t '\t' -k1,1 -k6,6nr -k2,3"
	for (key in incl) printf "%s\t%.0f\t0\t%.0f\n", key, incl[key], self[key] | sort
	if (close(sort)) exit 1
	sort = "sort >'" FOLDED "'"
	for (key in folded) printf "%s %.0f\n", key, folded[key] | sort
	if (close(sort)) exit 1
}
