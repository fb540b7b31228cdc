# SPDX-License-Identifier: GPL-2.0-only
# One C table of all bench/workloads/*.conf, for cases/workload.c.
# Usage: awk -f workloads.awk FILE.conf... >workloads.h
# A file is "key = value": title, command (no shell), needs = droppable or none.

function c(s) { gsub(/["\\]/, "\\\\&", s); return "\"" s "\"" }

function end_file() {
	if (name == "")
		return
	if (v["command"] == "" || v["title"] == "") {
		print name ": a workload has a title and a command" > "/dev/stderr"
		failed = 1
		exit 1
	}
	if (first == "")
		first = name
	table = table "\t{ " c(name) ", " c(v["command"]) ", " (v["needs"] == "droppable") " }, \\\n"
	help = help (help == "" ? "" : "; ") name ": " v["title"]
	choices = choices (choices == "" ? "" : "|") name
	cells = cells "\"name=" name "\", "
}

FNR == 1 {
	end_file()
	split("", v)
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.conf$/, "", name)
}
/^[a-z]+[ \t]*=/ {
	key = $1
	sub(/=.*/, "", key)
	value = $0
	sub(/^[a-z]+[ \t]*=[ \t]*/, "", value)
	v[key] = value
}
END {
	if (failed)
		exit 1
	end_file()
	printf "/* From bench/workloads/ by workloads.awk. */\n"
	printf "#define WORKLOAD_NAMES %s\n", c(choices)
	printf "#define WORKLOAD_CELLS %sNULL\n", cells
	printf "#define WORKLOAD_FIRST %s\n#define WORKLOAD_HELP %s\n", c(first), c(help)
	printf "#define WORKLOAD_TABLE \\\n%s\n", table
}
