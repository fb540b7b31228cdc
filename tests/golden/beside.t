#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmcompare on a made-up run with all that may lie beside its samples: other kernels and
# their options, counters, profiles, pictures, distributions; on several runs; and into
# a folder.  TAP.
#
# Usage: MMCOMPARE=path tests/golden/beside.t
#        UPDATE=1 MMCOMPARE=path tests/golden/beside.t   (writes expected/ anew)
set -uo pipefail
# shellcheck source=tests/golden/lib.bash
. "$(dirname "$0")/lib.bash"
fault='fault-first-touch@map=droppable'
reclaim='reclaim-proactive@map=droppable,share=25'

# has FILE TEXT: on one of its lines
has() { grep -qF -- "$2" "$1" || { echo "# $1 has no: $2"; return 1; }; }
hasnt() { ! has "$1" "$2" >/dev/null; }

# kept NAME: out/NAME is as expected/NAME, to the byte
kept() {
	[[ -z ${UPDATE:-} ]] || cp "out/$1" "$expected/$1"
	check "$1: as expected" same "$expected/$1" "out/$1"
}

calibration() {
	"$mmcompare" golden --format calibrate >out/calibrate 2>err
	ok $? 'calibrate: exit status'
	kept calibrate
	check 'calibrate: tables have their columns' md_tables out/calibrate
	"$mmcompare" golden --format calibrate >again
	check 'calibrate: the same again' same out/calibrate again
}

# Runs in the order of their dates, whatever the order of the words; what is none is
# named, and does not keep the others.
history() {
	cp -r golden older
	sed -i 's/"name":"golden","date":"2026/"name":"older","date":"2025/' older/run.json
	cp -r golden elsewhere
	sed -i "s/\"specs\":\[\"[^\"]*\"/\"specs\":[\"fault-read\"/" elsewhere/run.json
	echo 'x' >"older/cells/pte-dirty-vma/$fault/2/samples.tsv"
	"$mmcompare" --history "$fault:fault_p50" golden nowhere older elsewhere >out/history 2>err
	ok $? 'history: exit status'
	kept history
	check 'history: what is no run is named' has err 'left out: nowhere/run.json: No such file'
	check 'history: and so is a damaged cell' has err "left out: older/cells/pte-dirty-vma/$fault/2/samples.tsv:1"
	"$mmcompare" --history fault_p50 golden >history 2>err
	[[ $? -eq 1 && ! -s history ]] && has err '"fault_p50" is not CASE:METRIC'
	ok $? 'history: of a case and a metric'
	"$mmcompare" --history "$fault:none" golden 2>err >history
	[[ $? -eq 0 && $(wc -l <history) -eq 2 ]]
	ok $? 'history: nothing has that metric'
}

# options WHERE [SED-SCRIPT]: the run WHERE, of two kernels that differ in three options
options() {
	cp -r golden "$1"
	jq '.variants[0] += {kernel_version: "6.12.117", base_commit: "aaaa1111"}
		| .variants[1] += {kernel_version: "7.3", base_commit: "bbbb2222"}
		| .variants[2] += {kernel_version: "7.3", base_commit: "bbbb2222"}
		| .config_differs = [
			{option: "CONFIG_NEW", values: {"swapbacked-flag": "absent", "pte-dirty-vma": "y", "lazyfree-always": "y"}},
			{option: "CONFIG_APART", values: {"swapbacked-flag": "n", "pte-dirty-vma": "y", "lazyfree-always": "y"}},
			{option: "CONFIG_PIPE", values: {"swapbacked-flag": "\"|\"", "pte-dirty-vma": "y", "lazyfree-always": "absent"}}]' \
		golden/run.json | sed "${2:-}" >"$1/run.json"
}

kernels() {
	local f
	options kernels
	for f in mail md html; do
		"$mmcompare" kernels --format "$f" >"kernels.$f"
		tr -s '\n ' ' ' <"kernels.$f" | sed 's/<[^>]*>//g; s/`//g; s/&quot;/"/g' >flat
		check "$f: which kernels are compared" has flat 'swapbacked-flag is Linux 6.12.117 (aaaa1111), pte-dirty-vma is Linux 7.3 (bbbb2222)'
		check "$f: and in what they differ" has flat '3 options differ, 1 of them because not every kernel has them; set differently, in the order of the variants: CONFIG_APART (n/y/y), CONFIG_PIPE ("|"/y/absent)' ||
			grep -n 'options differ' flat | comment
		"$mmcompare" golden --format "$f" | tr -s '\n ' ' ' >flat
		check "$f: nothing of it where all is one" hasnt flat 'DIFFERENT KERNELS'
	done
	grep -A 9 '^## Options that differ' kernels.md | grep '^| `' >table
	[[ $(sed 's/^| `\([A-Z_]*\).*/\1/' table | tr '\n' ' ') == 'CONFIG_APART CONFIG_PIPE CONFIG_NEW ' ]]
	ok $? 'md: what is set apart stands first' || comment table
	check 'md: tables have their columns' md_tables kernels.md
	options nameless 's/CONFIG_NEW/CONFIG NEW/'
	"$mmcompare" nameless 2>err >/dev/null
	[[ $? -eq 1 ]] && has err '"option": not a valid name'
	ok $? 'refused: an option that is none' || comment err
	options valueless 's/"absent"/7/'
	"$mmcompare" valueless 2>err >/dev/null
	[[ $? -eq 1 ]] && has err '"swapbacked-flag" is not a string'
	ok $? 'refused: a value that is none' || comment err
}

# What a page has of COUNTERS, in the columns of the variants.
counter_row() { grep -oE "<th scope=row>$1</th>.*" page.html | sed 's/<[^>]*>/ /g' | tr -s ' '; }

beside() {
	local v seed k
	cp -r golden full
	for seed in 1 2 3; do
		k=0
		for v in swapbacked-flag pte-dirty-vma lazyfree-always; do
			k=$((k + 1))
			printf '# mmvs-counters 1\ncounter\tbefore\tafter\tdelta\npgfault\t0\t1\t%d\npgscan\t0\t1\t%d\npgsteal\t0\t1\t5\npgnone\t0\t1\tx\n' \
				$((100 + k)) $((seed * k)) >"full/cells/$v/$fault/$seed/counters.tsv"
		done
	done
	mkdir -p "full/profile/diff/$fault"
	printf 'variant\tfolio_add\t<b>other\nswapbacked-flag\t12.5\t3\npte-dirty-vma\t40\t-\n' >"full/profile/diff/$fault/bars.tsv"
	printf 'ab' >"full/plots/${fault//[@,=]/-}.svg"
	printf 'abcd' >"full/plots/${reclaim//[@,=]/-}.svg"
	printf 'abc' >"full/plots/${reclaim//[@,=]/-}-read.svg"
	printf 'a' >"full/plots/${reclaim//[@,=]/-}-write.svg"
	printf 'abcde' >full/plots/versions.svg
	"$mmcompare" full --format ecdf >full/ecdf.tsv
	"$mmcompare" full --format html >page.html 2>err
	[[ $? -eq 0 && ! -s err ]]
	ok $? 'html of a run with all that may be there'
}

pages() {
	beside
	[[ $(counter_row pgscan) == ' pgscan 2 4 6 66.7% '* ]]
	ok $? 'counters: the median of the seeds, and how far apart' || counter_row pgscan | comment
	[[ $(counter_row pgfault) == ' pgfault 101 102 103 1.94% '* ]]
	ok $? 'counters: those of each variant' || counter_row pgfault | comment
	[[ $(grep -nE '>pg(scan|fault)<' page.html | sed 's/.*>\(pg[a-z]*\)<.*/\1/' | head -n 2 | tr '\n' ' ') == 'pgscan pgfault ' ]]
	ok $? 'counters: what differs most stands first'
	[[ -z $(counter_row pgsteal)$(counter_row pgnone) ]]
	ok $? 'counters: what does not differ, or is no number, is left out'
	tr -d '\n' <page.html >flat
	check 'profile: a row for each function' has flat '<tr><th scope=row>folio_add</th>'
	check 'profile: its text is text' has flat '<th scope=row>&lt;b&gt;other</th>'
	check 'profile: with a link to the whole' has flat 'href="profile/diff/fault-first-touch%40map%3Ddroppable/"'
	check 'pictures: four bytes' has flat 'base64,YWJjZA=="'
	check 'pictures: three' has flat 'base64,YWJj"'
	check 'pictures: one' has flat 'base64,YQ=="'
	grep -q '<h2 id=decision>.*base64,YWJjZGU=".*<h2 id=forest>' flat
	ok $? 'pictures: of the whole run, below the decision'
	check 'pictures: none where the page draws itself' hasnt flat 'base64,YWI="'
	check 'distributions: a curve for each variant' has flat 'Distribution of latency_insn, a curve for each variant'
	[[ $(grep -o 'class="ln s[0-9]"' flat | sort | uniq -c | wc -l) -ge 3 ]]
	ok $? 'distributions: in a colour of its own'
	"$mmcompare" golden --format html >page.html
	hasnt page.html 'base64,' && hasnt page.html 'Kernel counters' && hasnt page.html 'profile by kernel' && hasnt page.html 'Distribution of'
	ok $? 'html: nothing of it where it is not there'
	"$mmcompare" full --format html --bare >bare.html
	hasnt bare.html 'href="cells/'
	ok $? 'html: without links for a copy'
}

# A file of each format, the same as by itself.
folder() {
	local f
	mkdir to
	"$mmcompare" golden --to to >table 2>err
	[[ $? -eq 0 && ! -s err && -s table ]]
	ok $? 'to: exit status'
	for f in values:values.tsv ecdf:ecdf.tsv tsv:compare.tsv md:report.md mail:mail.txt mail-full:mail-full.txt; do
		"$mmcompare" golden --format "${f%:*}" >alone
		check "to: ${f#*:}" same alone "to/${f#*:}"
	done
	local files=(to/*)
	[[ ${#files[@]} -eq 6 ]]
	ok $? 'to: nothing besides'
	"$mmcompare" golden --to none >table 2>err
	[[ $? -eq 1 ]] && has err 'none/values.tsv.new: No such file'
	ok $? 'to: a folder that is not there'
	"$mmcompare" golden --format open >undecided
	[[ $(awk -F '\t' 'NF != 3' undecided) == '' ]] && has undecided "$fault	fault_p99	pte-dirty-vma" && hasnt undecided overshoot
	ok $? 'open: what is not decided, and nothing else'
	"$mmcompare" --version >version && has version 'mmvs-'
	ok $? 'version: the format'
	[[ $("$mmcompare" golden --delta 50 --format tsv | cut -f 19 | grep -c '^better') -lt $("$mmcompare" golden --format tsv | cut -f 19 | grep -c '^better') ]]
	ok $? 'delta: less is better where more is the same'
	[[ $("$mmcompare" golden --baseline pte-dirty-vma --format tsv | awk -F '\t' '$2 == "fault_p50" && $6 == "swapbacked-flag" { print $19 }') == better ]]
	ok $? 'baseline: another one turns the verdict round'
}

# The same code in another layout: what made faults worse makes them better there.
flips() {
	local file

	cp -r golden relaid
	sed -i 's/"name":"golden"/"name":"relaid"/' relaid/run.json
	for file in "relaid/cells/pte-dirty-vma/$fault"/*/samples.tsv; do
		awk -F '\t' -v OFS='\t' '/^[0-9]/ { $2 -= 240 } 1' "$file" >new && mv new "$file"
	done
	"$mmcompare" golden relaid --format flips >flipped
	ok $? 'flips: exit status'
	grep -q "^| .$fault. | .fault_p50. | pte-dirty-vma.* | worse, .* | better, .* |$" flipped
	ok $? 'flips: a verdict that turns round'
	hasnt flipped lazyfree && has flipped ' verdicts flip, ' && hasnt flipped '0 verdicts flip'
	ok $? 'flips: one that stays is not there, but counted'
	check 'flips: the table has its columns' md_tables flipped
	"$mmcompare" golden golden --format flips >flipped
	has flipped '0 verdicts flip, '
	ok $? 'flips: none in the same run'
	"$mmcompare" golden --format flips >/dev/null 2>err
	[[ $? -eq 2 ]] && has err 'is of two runs'
	ok $? 'flips: of one run, wrong usage'
}

mkdir out
calibration
flips
history
kernels
pages
folder
echo "1..$n"
[[ $failures -eq 0 ]]
