# SPDX-License-Identifier: GPL-2.0-only
# One Markdown file with its tables of figures made anew; see docs.sh for the form.

# load RUN: compare.tsv, once.
function load(run, file, line, f, n, i, at) {
	if (run in known) return
	known[run] = 1
	file = run "/compare.tsv"
	while ((getline line <file) > 0) {
		if (line ~ /^#/) continue
		n = split(line, f, "\t")
		if (!known[run, "header"]) {
			known[run, "header"] = 1
			for (i = 1; i <= n; i++) at[f[i]] = i
			continue
		}
		for (i in at) value[run, f[at["spec"]], f[at["metric"]], f[at["variant"]], i] = f[at[i]]
	}
	close(file)
	if (!known[run, "header"]) fail(file ": no such table")
}

function fail(why) {
	print FILENAME ":" FNR ": " why >"/dev/stderr"
	bad = 1
	exit 1
}

function trim(s) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

# As many digits as can be read at a glance.
function figure(x, size) {
	size = x < 0 ? -x : x
	if (x == "") return "-"
	if (size >= 1e6) return sprintf("%.3g M", x / 1e6)
	return size >= 1000 ? sprintf("%.0f", x) : sprintf("%.4g", x)
}

function percent(ratio) {
	return sprintf("%+.2f", (ratio - 1) * 100)
}

function change(key, ratio, low, high, exact) {
	ratio = value[key, "ratio"]; low = value[key, "ratio_low"]; high = value[key, "ratio_high"]
	exact = value[key, "note"] ~ /^exact/
	if (ratio == "") return figure(value[key, "diff"])
	if (ratio > 2) return sprintf("x %.3g%s", ratio, low == "" ? "" : sprintf(" [%.3g, %.3g]", low, high))
	if (exact) return (ratio == 1 ? 0 : percent(ratio) " %") " (exact)"
	return percent(ratio) " %" (low == "" ? "" : " [" percent(low) ", " percent(high) "]")
}

function verdict(key, v) {
	v = value[key, "verdict"]
	return v ~ /^(better|worse|different)/ ? "**" v "**" : v
}

function key_of(v, key) {
	key = run SUBSEP spec SUBSEP metric SUBSEP v
	if (!((key SUBSEP "median") in value)) fail(run "/compare.tsv has no " spec " " metric " of " v)
	return key
}

# A table with a column for each variant, the first being the baseline.
function wide(label, i, row, key) {
	row = "| " label " |"
	for (i = 1; i <= n_variants; i++) {
		key = key_of(variant[i])
		row = row " " figure(value[key, "median"]) (i > 1 ? " " verdict(key) : "") " |"
	}
	print row
}

# A table of one variant against the baseline.
function long(label, key) {
	key = key_of(variant[1])
	print "| " label " | " figure(value[key, "base_median"]) " | " figure(value[key, "median"]) " | " change(key) " | " verdict(key) " |"
}

function begin_table(i, row) {
	if (n_variants == 1) {
		print "| case: metric | baseline | this stack | change [95 %] | verdict |"
		print "| --- | --: | --: | --- | --- |"
		return
	}
	row = "| |"
	for (i = 1; i <= n_variants; i++) row = row " " variant[i] " |"
	print row
	row = "| --- |"
	for (i = 1; i <= n_variants; i++) row = row " --: |"
	print row
}

/^<!-- figures end -->$/ { if (!inside) fail("figures end without a beginning"); inside = 0 }
inside == 2 { next }
{ print }
/^<!-- figures [^ ]+ [^>]+$/ {
	n_variants = split($0, word, " ") - 3
	run = word[3]
	load(run)
	for (i = 1; i <= n_variants; i++) variant[i] = word[i + 3]
	inside = 1
	rows = 0
	next
}
inside == 1 && /^-->$/ {
	begin_table()
	before = ""
	for (i = 1; i <= rows; i++) {
		split(ask[i], field, "|")
		label = trim(field[1]); spec = trim(field[2]); metric = trim(field[3])
		if (n_variants == 1) long((label != "" ? label : (spec == before ? "the same" : spec) ": `" metric "`"))
		else wide(label)
		before = spec
	}
	inside = 2
	next
}
inside == 1 { ask[++rows] = $0; next }
END { if (!bad && inside) fail("figures without an end"); exit bad }
