#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmcompare on a made-up run: its outputs to the byte, and what it says about
# runs that are broken.  TAP.
#
# Usage: MMCOMPARE=path tests/golden/run.t
#        UPDATE=1 MMCOMPARE=path tests/golden/run.t   (writes expected/ anew)
set -uo pipefail
# shellcheck source=tests/golden/lib.bash
. "$(dirname "$0")/lib.bash"

formats='table tsv mail mail-full md html values ecdf steps look'
# The others are large; their shapes are checked.
kept='table tsv mail mail-full md steps look'
fault='fault-first-touch@map=droppable'

golden() {
	local f chain
	mkdir -p out
	[[ -z ${UPDATE:-} ]] || mkdir -p "$expected"
	for f in $formats; do
		chain=()
		[[ $f != steps ]] || chain=(--chain)
		"$mmcompare" golden "${chain[@]}" --format "$f" >"out/$f" 2>err
		ok $? "$f: exit status"
		[[ ! -s err ]]
		ok $? "$f: nothing on stderr"
		[[ " $kept " == *" $f "* ]] || continue
		[[ -z ${UPDATE:-} ]] || cp "out/$f" "$expected/$f"
		check "$f: as expected" same "$expected/$f" "out/$f"
	done
}

no_html() { ! grep -n '<[a-z/]' "$1" | comment | grep .; }

# Every row has every column; no number has more than six digits.
tsv_shape() {
	awk -F'\t' 'NR == 2 { n = NF } NR > 2 && NF != n { bad = 1 }
	NR > 2 { for (i = 8; i <= 17; i++) {
		v = $i; sub(/e.*/, "", v); gsub(/[-.]/, "", v)
		sub(/^0+/, "", v); sub(/0+$/, "", v)
		if (length(v) > 6) { print "# " $i; bad = 1 } } }
	END { exit bad || n != 20 }' "$1"
}

# One line for each cell and metric that has a value; tsv counts them as n.
values_shape() {
	[[ $(tail -n +3 out/values | wc -l) -eq $(awk -F'\t' 'NR > 2 {
		n += $7 } END { print n }' out/tsv) ]] &&
		awk -F'\t' 'NF && NR > 1 && NF != 5 { exit 1 }' out/values
}

ecdf_shape() {
	awk -F'\t' 'NR > 2 { k = $1 FS $2 FS $3; count[k]++
		if (k in f && ($5 + 0 <= f[k] || $4 + 0 <= v[k])) bad = 1
		f[k] = $5 + 0; v[k] = $4 + 0 }
	END { for (k in f) if (f[k] != 1 || count[k] > 1000) bad = 1
		exit bad || !length(f) }' "$1"
}

shapes() {
	local m
	for m in mail mail-full; do
		check "$m: 72 columns" longest_is out/$m 72
		check "$m: ASCII" ascii out/$m
		! grep -q ' $' out/$m
		ok $? "$m: no blanks at the end of a line"
		! grep -qE '^(diff |---|Index: |From )' out/$m
		ok $? "$m: nothing that git would take for a patch"
	done
	check 'mail: at most 80 lines' test "$(wc -l <out/mail)" -le 80
	check 'table: 100 columns' longest_is out/table 100
	for f in $formats; do
		check "$f: no control characters" no_escapes "out/$f"
	done
	check 'md: no HTML from texts' no_html out/md
	check 'md: tables have their columns' md_tables out/md
	check 'tsv: shape' tsv_shape out/tsv
	check 'values: shape' values_shape
	check 'ecdf: shape' ecdf_shape out/ecdf
}

# The order of variants, specs and seeds must not change any figure.
order() {
	cp -r golden shuffled
	sed -i 's/"seeds":\[1,2,3,4,5,6,7,8\]/"seeds":[8,3,1,2,7,6,5,4]/
		s/"specs":\["\([^"]*\)","\([^"]*\)"\]/"specs":["\2","\1"]/' \
		shuffled/run.json
	"$mmcompare" shuffled --format tsv >shuffled.tsv
	check 'order of specs changes nothing' \
		same <(cut -f1-6,8,11,12,15-19 out/tsv | sort) \
		<(cut -f1-6,8,11,12,15-19 shuffled.tsv | sort)
	cp -r golden variants
	python3 - 2>/dev/null <<-'END' || { ok 0 'order of variants # SKIP no python3'; return; }
	import json
	p = 'variants/run.json'
	r = json.load(open(p))
	r['variants'].reverse()
	json.dump(r, open(p, 'w'))
	END
	"$mmcompare" variants --format tsv >variants.tsv
	check 'order of variants changes nothing' same <(sort out/tsv) \
		<(sort variants.tsv)
}

# The same key metric at two folio orders: the verdicts stand side by side.
orders() {
	local v f large=$fault,order=9
	! grep -q '^## By folio order' out/md
	ok $? 'orders: no section where one order was measured'
	cp -r golden large
	sed -i "s/\"specs\":\[/&\"$large\",/" large/run.json
	for v in large/cells/*; do
		cp -r "$v/$fault" "$v/$large"
		while IFS= read -r f; do
			sed -i "s/$fault/&,order=9/" "$f"
		done < <(grep -rlF "$fault" "$v/$large")
	done
	# At order 9 one of the variants takes a third more.
	sed -i 's/^\([0-9]*\)\t29/\1\t39/' large/cells/lazyfree-always/"$large"/*/samples.tsv
	"$mmcompare" large --format md >large.md
	grep -qE "^\\| \`$fault\` \\| \`fault_p50\` \\| \`lazyfree-always\` \\|.* same \\| 9 \\|.* \\*\\*worse\\*\\* \\|\$" large.md
	ok $? 'orders: a verdict that does not hold is bold' || grep -A 12 'By folio order' large.md | comment
	grep -qE "^\\| \`$fault\` \\| \`fault_p50\` \\| \`pte-dirty-vma!\` \\|[^*]*\$" large.md
	ok $? 'orders: one that holds is not'
	check 'orders: tables have their columns' md_tables large.md
}

# A baseline that drifts must be called out, loudly.
alarm() {
	local s
	cp -r golden drift
	for s in 1001 1002 1003 1004 1005 1006 1007 1008; do
		sed -i 's/^\([0-9]*\)\t29/\1\t39/' \
			"drift/cells/swapbacked-flag/$fault/$s/samples.tsv"
	done
	"$mmcompare" drift --format mail | tr '\n' ' ' >drift.txt
	grep -q 'WARNING: A/A DIFFERS.*NOT TRUSTWORTHY.*fault_p50' drift.txt
	ok $? 'A/A that differs is called out'
	! grep -q 'WARNING: A/A' out/mail
	ok $? 'and only then'
	"$mmcompare" golden --alpha 0.3 --format mail | tr '\n' ' ' >chance.txt
	grep -q 'differs from itself in 1 of 5 metrics, no more than chance makes (about 1.5 at alpha 0.3)' chance.txt &&
		! grep -q 'WARNING: A/A' chance.txt
	ok $? 'what chance makes is said to be chance'
}

# A variant that fails is marked wherever a person reads its name.
conformance() {
	local f
	for f in table mail md; do
		grep -q 'pte-dirty-vma!' "out/$f" &&
			! grep -qE '(flag|always|A/A)!' "out/$f" &&
			grep -q '^! behind a name: fails conformance' "out/$f"
		ok $? "$f: the variant that fails, and no other, is marked"
	done
	! grep -q '!' out/tsv
	ok $? 'tsv: names are names'
	cp -r golden unjudged
	rm -r unjudged/conform
	"$mmcompare" unjudged --format mail >unjudged.mail
	"$mmcompare" unjudged --format md >unjudged.md
	for f in mail md; do
		[[ $(tr -s '\n ' ' ' <"unjudged.$f" | grep -oE \
			'conformance: not judged in this run .?\(make conform FAMILY=droppable RUN=golden' | wc -l) -eq 1 ]] &&
			! grep -qE 'vma!|FAILS|behind a name' "unjudged.$f"
		ok $? "$f: a run that nobody judged says so, once"
	done
}

few_seeds() {
	cp -r golden few
	sed -i 's/"seeds":\[1,2,3,4,5,6,7,8\]/"seeds":[1,2,3,4]/
		s/"aa_seeds":\[[0-9,]*\]/"aa_seeds":[]/' few/run.json
	"$mmcompare" few --format tsv >few.tsv
	awk -F'\t' '$2 == "overshoot" && $6 == "pte-dirty-vma" &&
		$19 == "not proven" && $18 == "no" && $16 != "" && $13 != "" &&
		$20 ~ /among 2 variants: 5 needed/ { found = 1 }
		END { exit !found }' few.tsv
	ok $? 'four seeds: an interval, but too few for two variants'
	sed -i 's/"seeds":\[1,2,3,4\]/"seeds":[1,2,3]/' few/run.json
	"$mmcompare" few --format tsv >few.tsv
	awk -F'\t' '$2 == "overshoot" && $6 == "pte-dirty-vma" &&
		$19 == "not proven" && $16 == "" && $13 == "" &&
		$20 ~ /no interval and no test: 5 seeds needed/ { found = 1 }
		END { exit !found }' few.tsv
	ok $? 'three seeds: not proven, no interval, seeds needed'
	"$mmcompare" few --format mail | grep -q 'No A/A cells'
	ok $? 'no A/A: noise floor not known'
}

two_runs() {
	cp -r golden second
	sed -i 's/"name":"golden"/"name":"second"/' second/run.json
	"$mmcompare" golden second --format tsv >two.tsv 2>err
	ok $? 'two runs: exit status'
	awk -F'\t' '$6 ~ /B:second/ && $7 && $19 !~ /^(same|not proven)$/ {
		bad = 1 } END { exit bad }' two.tsv
	ok $? 'two runs: no change from a run to its copy'
	"$mmcompare" golden second --format mail >two.mail
	check 'two runs: mail has 72 columns' longest_is two.mail 72
	sed -i 's/"unit":"insn"/"unit":"ns"/' second/run.json
	"$mmcompare" golden second >/dev/null 2>err
	[[ $? -eq 1 ]] && grep -q 'golden is in insn, second is in ns' err
	ok $? 'two runs: units are not mixed'
}

usage() {
	local args
	while IFS= read -r args; do
		# shellcheck disable=SC2086 # words are the point
		"$mmcompare" $args >stdout 2>err
		[[ $? -eq 2 && ! -s stdout ]] && grep -q '^Usage:' err
		ok $? "usage: mmcompare $args"
	done <<-'END'

	--format
	golden --format pdf
	golden --unknown
	golden --alpha 0
	golden --alpha x
	golden --delta -1
	golden --delta nan
	golden golden golden
	golden golden --baseline pte-dirty-vma
	END
	"$mmcompare" --help >stdout 2>err
	[[ $? -eq 0 && -s stdout && ! -s err ]]
	ok $? 'usage: --help'
	"$mmcompare" golden >/dev/full 2>err
	[[ $? -eq 1 ]] && grep -q 'write error' err
	ok $? 'a full disk is an error'
}

# refused NAME PATTERN: the run "broken" gives status 1 and this message
refused() {
	"$mmcompare" broken --format tsv >stdout 2>err
	local status=$?
	[[ $status -eq 1 ]] && grep -qE "$2" err &&
		[[ $(wc -l <err) -eq 1 ]] && ascii err
	ok $? "refused: $1" || comment err
	rm -rf broken
}

# broken NAME PATTERN FILE SED-SCRIPT
broken() {
	cp -r golden broken
	sed -i "$4" "broken/$3"
	! cmp -s "golden/$3" "broken/$3" || echo "# sed changed nothing"
	refused "$1" "$2"
}

# left_out NAME PATTERN: one cell of the run "broken" is named, left out and counted;
# the rest is compared; status 1.
left_out() {
	"$mmcompare" broken --format tsv >stdout 2>err
	local status=$?
	[[ $status -eq 1 ]] && grep -qE "left out: .*($2)" err &&
		grep -q '1 of 64 cells are damaged' err && ascii err &&
		[[ $(wc -l <stdout) -eq $(wc -l <out/tsv) ]] &&
		awk -F'\t' '$6 == "pte-dirty-vma" && $1 ~ /^fault-first/ && $7 != 7 { exit 1 }' stdout
	ok $? "left out: $1" || comment err
	grep -q 'DAMAGED: pte-dirty-vma, fault-first-touch' <("$mmcompare" broken 2>/dev/null)
	ok $? "counted and named in the table: $1"
	rm -rf broken
}

# damaged NAME PATTERN FILE SED-SCRIPT
damaged() {
	cp -r golden broken
	sed -i "$4" "broken/$3"
	! cmp -s "golden/$3" "broken/$3" || echo "# sed changed nothing"
	left_out "$1" "$2"
}

malformed() {
	local cell=cells/pte-dirty-vma/$fault/2
	local r=run.json c=$cell/cell.json s=$cell/samples.tsv

	# shellcheck disable=SC2016 # dollars are sed's
	broken 'an empty run.json' 'run.json' $r '1,$d'
	# shellcheck disable=SC2016 # dollars are sed's
	broken 'run.json cut short' 'run.json:[0-9]+: ' $r '$d'
	broken 'wrong schema of run.json' 'run.json: schema is "mmvs-run 9"' \
		$r 's/mmvs-run 1/mmvs-run 9/'
	broken 'a path as a variant' 'run.json: "name": not a valid name' \
		$r 's|"name":"pte-dirty-vma"|"name":"../../etc"|'
	broken 'an escape in a spec' 'not a valid spec' $r \
		"s|$fault|fault\\\\u001b[31m|"
	broken 'a pipe in a spec' 'not a valid spec' $r "s|$fault|a\\|b|"
	broken 'an unknown baseline' 'baseline other is not among' $r \
		's/"baseline":"[^"]*"/"baseline":"other"/'
	broken 'a variant twice' 'listed twice' $r \
		's/"name":"lazyfree-always"/"name":"pte-dirty-vma"/'
	broken 'a seed twice' 'seed 1 is listed twice' $r \
		's/"aa_seeds":\[1001/"aa_seeds":[1/'
	broken 'a seed that is none' 'is not a seed' $r \
		's/"seeds":\[1,/"seeds":["1",/'
	broken 'an unknown unit' 'unknown unit' $r 's/"unit":"insn"/"unit":"s"/'
	broken 'alpha out of range' '"alpha" is not between' $r \
		's/"alpha":0.05/"alpha":7/'
	broken 'a number for a text' '"qemu" is not a string' $r \
		's/"qemu":"7.2.22"/"qemu":7/'
	broken 'a duplicate key' 'run.json:[0-9]+: duplicate' $r \
		's/"mode":"icount"/"mode":"icount","mode":"kvm"/'
	damaged 'wrong schema of a cell' 'cell.json: schema is' $c \
		's/mmvs-cell 1/mmvs-samples 1/'
	damaged 'a cell of another seed' 'cell.json: "seed" is not 2' $c \
		's/"seed":2/"seed":3/'
	damaged 'a cell of another variant' 'cell.json: "variant" is' $c \
		's/"variant":"pte-dirty-vma"/"variant":"x"/'
	damaged 'a cell of another unit' 'cell.json: "unit" is "ns"' $c \
		's/"unit":"insn"/"unit":"ns"/'
	damaged 'a cell of another kernel' 'cell.json: "image_sha256" is' $c \
		's/pte-dirty-vma-image/stale/'
	damaged 'an unknown status' 'unknown "status": "fine' $c \
		's/"status":"ok"/"status":"fine"/'
	damaged 'samples without magic' 'samples.tsv:1: line 1 is not' $s 1d
	damaged 'samples with another spec' "samples.tsv:3: spec is" $s \
		's/^\(# spec\t\).*/\1other/'
	damaged 'a row too short' 'samples.tsv:20: row has fewer columns' $s \
		'20s/\t[0-9]*$//'
	damaged 'not a number' 'samples.tsv:20: column .*: not a number: "nan"' \
		$s '20s/\t[0-9]*$/\tnan/'
	damaged 'a metric of another kind' 'not defined as in the cells before' \
		$s 's/\tp99\t/\tp90\t/'

	local m=conform/matrix.tsv
	broken 'a matrix with other columns' 'matrix.tsv:1: not the column' $m \
		'1s/result/outcome/'
	broken 'a verdict that is none' 'matrix.tsv:4: result is none of' $m \
		'4s/pass/PASS\x1b[31m/'
	broken 'a path as a property' 'matrix.tsv:2: not a valid property' $m \
		'2s|fork|../fork|'
	broken 'an escape in a judged variant' 'matrix.tsv:2: not a valid var' \
		$m '2s/always/\x1b[31m/'
	broken 'a row of a matrix too short' 'matrix.tsv:3: fewer columns' $m \
		'3s/\t[^\t]*$//'
	cp -r golden broken
	truncate -s -1 broken/$m
	refused 'a matrix cut short' 'matrix.tsv:8: truncated'
	cp -r golden broken
	rm broken/$m && mkfifo broken/$m
	refused 'a FIFO for a matrix' 'matrix.tsv: not a regular file'

	broken 'a criterion with a tag in its name' 'criteria:2: not the name of' criteria '2s/overshoot/<b>/'
	broken 'static checks with other columns' 'static.tsv:1: not the column' static/static.tsv '1s/result/outcome/'
	cp -r golden broken
	truncate -s -1 "broken/$s"
	left_out 'samples cut short' 'samples.tsv:[0-9]+: truncated'
	cp -r golden broken
	rm "broken/$s"
	left_out 'an ok cell without samples' 'samples.tsv: No such file'
	cp -r golden broken
	rm "broken/$s" && mkfifo "broken/$s"
	left_out 'a FIFO for samples' 'samples.tsv: not a regular file'
	cp -r golden broken
	truncate -s 65M "broken/$s"
	left_out 'samples of 65 MiB' 'samples.tsv: larger than'
	refused 'no run at all' 'broken/run.json: No such file'
}

golden
shapes
order
orders
alarm
conformance
few_seeds
two_runs
usage
malformed
echo "1..$n"
[[ $failures -eq 0 ]]
