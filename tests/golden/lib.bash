# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests on the made-up run share: TAP, and the run itself as "golden" in a folder
# that is the working directory.  Source it.
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
mmcompare=${MMCOMPARE:-$here/../../build/host/mmcompare}
expected=$here/expected
n=0
failures=0

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

bail() { echo "Bail out! $*"; exit 1; }

# ok STATUS NAME: a line of TAP
ok() {
	n=$((n + 1))
	if [[ $1 -eq 0 ]]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failures=$((failures + 1))
	fi
}

check() { local name=$1; shift; "$@"; ok $? "$name"; }

comment() { sed 's/^/# /' "$@"; }

# same EXPECTED FOUND
same() {
	cmp -s "$1" "$2" && return 0
	diff -u "$1" "$2" | head -40 | comment
	return 1
}

longest_is() { ! awk -v w="$2" 'length > w { print "# " $0; bad = 1 }
	END { exit !bad }' "$1"; }
ascii() { ! grep -nP '[^\x20-\x7e]' "$1" | comment | grep .; }
# Tabs are what tsv is made of; UTF-8 is welcome in markdown.
no_escapes() { ! grep -nP '[\x00-\x08\x0b-\x1f\x7f]' "$1" | comment | grep .; }

# Each row of a markdown table has the columns of its header.
md_tables() {
	awk '{ line = $0; gsub(/\\\|/, "", line) }
	/^\|/ { c = gsub(/\|/, "", line)
		if (prev && c != prev) { print "# " NR ": " $0; bad = 1 }
		prev = c; next }
	{ prev = 0 } END { exit bad }' "$1"
}

[[ -x $mmcompare ]] || bail "no mmcompare at $mmcompare"
"$here/make-run.sh" "$tmp/golden" || bail 'make-run.sh failed'
cd "$tmp" || exit 1
