#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmcompare --hosts on made-up runs in time: three machines of other speeds, noise of their
# own and the same stacks; one that contradicts; and what is refused.  TAP.
#
# Usage: MMCOMPARE=path tests/golden/hosts.t
#        UPDATE=1 MMCOMPARE=path tests/golden/hosts.t   (writes expected/ anew)
set -uo pipefail
# shellcheck source=tests/golden/lib.bash
. "$(dirname "$0")/lib.bash"
fault='fault-first-touch@map=droppable'

# host NAME FACTOR SALT EXTRA: golden in ns on a machine FACTOR as slow, with noise of
# SALT; faults of pte-dirty-vma cost EXTRA besides.
host() {
	local f variant rest

	cp -r golden "$1"
	sed -i "s/\"name\":\"golden\",\"date\":\"2026-01-01/\"name\":\"$1\",\"date\":\"2026-01-0$3/
		s/\"mode\":\"icount\"/\"mode\":\"kvm\"/; s/\"accel\":\"tcg\"/\"accel\":\"kvm\"/
		s/\"unit\":\"insn\"/\"unit\":\"ns\"/; s/MODE=icount/MODE=kvm/; s/Example CPU/CPU $3/" "$1/run.json"
	while IFS= read -r f; do
		sed -i 's/"mode":"icount","accel":"tcg","unit":"insn"/"mode":"kvm","accel":"kvm","unit":"ns"/' "$f"
	done < <(find "$1/cells" -name cell.json)
	while IFS= read -r f; do
		rest=${f#"$1"/cells/} variant=${rest%%/*} rest=${rest%/*}
		awk -v factor="$2" -v salt="$3" -v seed="${rest##*/}" -v extra="$([[ $variant != pte-dirty-vma ]] || echo "$4")" \
			-v shift="${#variant}" 'BEGIN { FS = OFS = "\t"
			x = (seed * 7919 + salt * 104729 + shift * 31) % 2147483647
			for (i = 0; i < 5; i++) x = (x * 16807) % 2147483647
			noise = 1 + (x % 2001 - 1000) / 150000 }
		/^#/ { sub(/^# unit\tinsn/, "# unit\tns"); gsub(/\tinsn/, "\tns"); gsub(/_insn/, "_ns"); print; next }
		/_insn/ { gsub(/_insn/, "_ns"); print
			for (i = 1; i <= NF; i++) { clock[i] = $i ~ /_ns$/; fault = fault || $i == "latency_ns" }; next }
		{ for (i = 1; i <= NF; i++) if (clock[i]) $i = int(($i + (fault ? extra : 0)) * factor * noise); print }' \
			"$f" >"$f.new" && mv "$f.new" "$f"
	done < <(find "$1/cells" -name samples.tsv)
}

# row FILE METRIC VARIANT HOST COLUMN...: of hosts.tsv, by the names of the columns
row() {
	awk -F'\t' -v metric="$2" -v variant="$3" -v host="$4" -v want="${*:5}" 'NR == 2 {
		for (i = 1; i <= NF; i++) at[$i] = i; k = split(want, w, " ") }
	NR > 2 && $at["metric"] == metric && $at["variant"] == variant && $at["host"] == host {
		for (i = 1; i <= k; i++) printf "%s%s", $at[w[i]], i < k ? " " : "\n" }' "$1"
}

# is EXPECTED FOUND NAME
is() {
	[[ $1 == "$2" ]]
	ok $? "$3" || :
	[[ $1 == "$2" ]] || echo "# '$2', not '$1'"
}

joint() {
	host h1 1 1 0
	host h2 1.7 2 30
	host h3 0.6 3 60
	mkdir out
	"$mmcompare" --hosts h1 h2 h3 --to out >out/hosts 2>err
	[[ $? -eq 0 && ! -s err ]]
	ok $? 'three hosts: exit status' || comment err
	[[ -z ${UPDATE:-} ]] || { cp out/hosts out/hosts.tsv "$expected" && cp out/hosts.md "$expected/hosts-md"; }
	for f in hosts hosts.md hosts.tsv; do
		check "$f: as expected" same "$expected/${f/.md/-md}" "out/$f"
		check "$f: no control characters" no_escapes "out/$f"
	done
	check 'table: 100 columns' longest_is out/hosts 100
	check 'md: tables have their columns' md_tables out/hosts.md
	"$mmcompare" --hosts h1 h2 h3 --format tsv >again
	check 'tsv: the same again, and as --format' same out/hosts.tsv again
	awk -F'\t' 'NR > 1 && NF != 22 { exit 1 }' out/hosts.tsv
	ok $? 'tsv: columns'
	is 'worse yes 24 24' "$(row out/hosts.tsv fault_p50 pte-dirty-vma '*' verdict proven n base_n)" 'a cost that all hosts have is one of all'
	is 'same' "$(row out/hosts.tsv fault_p50 lazyfree-always '*' verdict)" 'what is the same on all is the same'
	is 'same' "$(row out/hosts.tsv fault_p50 A/A '*' verdict)" 'A/A over all hosts'
	is 'better 7 8' "$(row out/hosts.tsv overshoot pte-dirty-vma '*' verdict n base_n)" 'a count that no machine changes counts once'
	for f in h1 h2 h3; do
		"$mmcompare" "$f" --format tsv | awk -F'\t' '$2 == "fault_p50" && $6 == "pte-dirty-vma" { print $12, $13, $14, $16, $17, $19 }' >own
		is "$(cat own)" "$(row out/hosts.tsv fault_p50 pte-dirty-vma "$f" ratio ratio_low ratio_high p p_adj verdict)" "$f by itself: as in its own run"
	done
	is 'on 3' "$(row out/hosts.tsv fault_p50 pte-dirty-vma '*' note | grep -o 'hosts differ in size' | sed 's/.*/on 3/')" 'hosts that differ in size: said'
	[[ $(grep -c 'A/A and noise$' out/hosts) -eq 4 ]]
	ok $? 'A/A of each host, and of all'
	"$mmcompare" --hosts h3 h1 h2 --format tsv >other
	is "$(row out/hosts.tsv fault_p50 pte-dirty-vma '*' ratio ratio_low ratio_high p)" "$(row other fault_p50 pte-dirty-vma '*' ratio ratio_low ratio_high p)" 'the order of hosts changes no figure'
}

# A host proves the opposite: named, and no verdict of all.
contrary() {
	host h4 1 4 -400
	"$mmcompare" --hosts h1 h2 h4 --format tsv >split.tsv
	ok $? 'contrary: exit status'
	is 'split no' "$(row split.tsv fault_p50 pte-dirty-vma '*' verdict proven)" 'contrary: no joint verdict'
	row split.tsv fault_p50 pte-dirty-vma '*' note | grep -q 'better on h4, worse on h1, h2'
	ok $? 'contrary: the hosts are named'
	is better "$(row split.tsv fault_p50 pte-dirty-vma h4 verdict)" 'contrary: by itself it is proven'
	"$mmcompare" --hosts h1 h2 h4 >split.txt
	grep -q 'no joint verdict' split.txt
	ok $? 'contrary: in the table'
	is same "$(row split.tsv fault_p50 lazyfree-always '*' verdict)" 'contrary: others have theirs'
}

# Hosts of three seeds each prove together what none can alone.
few() {
	local f
	for f in h1 h2 h3; do
		cp -r $f few-$f
		sed -i 's/"seeds":\[1,2,3,4,5,6,7,8\]/"seeds":[1,2,3]/; s/"aa_seeds":\[[0-9,]*\]/"aa_seeds":[]/' "few-$f/run.json"
	done
	"$mmcompare" --hosts few-h1 few-h2 few-h3 --format tsv >few.tsv
	is 'worse 9' "$(row few.tsv fault_p50 pte-dirty-vma '*' verdict n)" 'three seeds on three hosts prove it'
	is 'not proven' "$(row few.tsv fault_p50 pte-dirty-vma few-h1 verdict)" 'three seeds on one do not'
	"$mmcompare" --hosts few-h1 few-h2 --format tsv >few.tsv
	row few.tsv fault_p50 pte-dirty-vma '*' verdict note | grep -q '^worse' &&
		sed -i 's/"seeds":\[1,2,3\]/"seeds":[1,2]/' few-h[12]/run.json &&
		"$mmcompare" --hosts few-h1 few-h2 --format tsv >few.tsv
	row few.tsv fault_p50 pte-dirty-vma '*' verdict note | grep -q 'not proven.*too few seeds and hosts for significance among 2 variants'
	ok $? 'two seeds on two are too few, and it is said' || row few.tsv fault_p50 pte-dirty-vma '*' verdict note | comment
}

# A case that one host alone has is no joint one.
partial() {
	cp -r h3 part
	sed -i "s/\"specs\":\[\"$fault\",/\"specs\":[/" part/run.json
	"$mmcompare" --hosts h1 part --format tsv >part.tsv
	is 'missing 0' "$(row part.tsv fault_p50 pte-dirty-vma '*' verdict n)" 'on one host alone: nothing is combined'
	row part.tsv fault_p50 pte-dirty-vma '*' note | grep -q 'on 1 of 2 hosts: nothing to combine'
	ok $? 'and it is said'
	"$mmcompare" --hosts h1 h2 part --format tsv >part.tsv
	is 'worse 16' "$(row part.tsv fault_p50 pte-dirty-vma '*' verdict n)" 'on two of three hosts'
}

# refused NAME STATUS PATTERN RUN...
refused() {
	"$mmcompare" --hosts "${@:4}" >stdout 2>err
	[[ $? -eq $2 && ! -s stdout ]] && grep -qE -e "$3" err && ascii err
	ok $? "refused: $1" || comment err
}

# other NAME SED-SCRIPT: h2 with another run.json, as the folder "other"
other() {
	rm -rf other
	cp -r h2 other
	sed -i "$1" other/run.json
	! cmp -s h2/run.json other/run.json || echo '# sed changed nothing'
}

refusals() {
	refused 'one run' 2 '--hosts takes two runs or more' h1
	refused 'the same run twice' 1 'h1 and h1 are the same run' h1 h1
	ln -s h1 link
	refused 'the same run by a link' 1 'h1 and link are the same run' h1 link
	cp -r h1 copy
	refused 'a copy of a run' 1 'h1 and copy have the same value in every cell' h1 h2 copy
	cp -r golden golden2
	refused 'instructions' 1 'golden and golden2 have the same value in every cell.*instructions' golden golden2
	refused 'units' 1 'h1/run.json is in ns, golden/run.json in insn: .*name runs of one MODE=' h1 golden
	other 's/"mode":"kvm"/"mode":"native"/'
	refused 'modes' 1 'h1/run.json has mode kvm, other/run.json native' h1 other
	other 's/"baseline":"swapbacked-flag"/"baseline":"lazyfree-always"/'
	refused 'baselines' 1 'other/run.json lazyfree-always: measure one again with BASELINE=swapbacked-flag' h1 other
	other 's/"mmbench_sha256":""/"mmbench_sha256":"abcdef0123456789"/'
	refused 'mmbench' 1 'other/run.json abcdef012345: not the same benchmark' h1 other
	other 's/"pte-dirty-vma-image"/"other-image"/'
	refused 'kernels' 1 'h1/run.json has the kernel pte-dirty-v.* for pte-dirty-vma, other/run.json other-image: not the same code' h1 other
	other 's/"name":"\(pte-dirty-vma\|lazyfree-always\)"/"name":"\1-2"/g'
	refused 'no variant in common' 1 'share no variant' h1 other
	mkdir deep
	mv other deep/h1
	refused 'one name twice' 1 'have one name: rename' h1 deep/h1
	refused 'no run' 1 'nowhere/run.json' h1 nowhere
	refused 'a format it has not' 2 'formats table, tsv and md' h1 h2 --format mail
	refused 'a chain' 2 'no --chain' h1 h2 --chain
}

# MODE=metal: kernels are configured for their machine; the same source is said.
metal() {
	local f
	for f in h1 h2; do
		cp -r $f metal-$f
		while IFS= read -r file; do
			sed -i 's/"mode":"kvm"/"mode":"metal"/' "$file"
		done < <(find "metal-$f" -name '*.json')
	done
	while IFS= read -r file; do
		sed -i 's/"pte-dirty-vma-image"/"other-image"/' "$file"
	done < <(find metal-h2 -name '*.json')
	"$mmcompare" --hosts metal-h1 metal-h2 >metal.txt 2>err
	[[ $? -eq 0 && ! -s err ]] && tr -s '\n ' ' ' <metal.txt | grep -q 'Differs: pte-dirty-vma is another image on metal-h1 and metal-h2, of the same source 222222222222'
	ok $? 'metal: other images of one source are said' || comment err
	sed -i 's/"commit":"2222/"commit":"4444/' metal-h2/run.json
	refused 'metal: another source' 1 'not the same code' metal-h1 metal-h2
}

# A damaged cell of any host is named, left out, and the status says so.
damaged() {
	echo x >"h2/cells/pte-dirty-vma/$fault/2/samples.tsv"
	"$mmcompare" --hosts h1 h2 h3 --format tsv >stdout 2>err
	[[ $? -eq 1 ]] && grep -q 'left out: h2/cells/pte-dirty-vma' err && grep -q '1 of 64 cells are damaged' err
	ok $? 'a damaged cell: named' || comment err
	is '23 1 of 24 seeds without a value' "$(row stdout fault_p50 pte-dirty-vma '*' n note | sed 's/; hosts differ.*//')" 'and left out'
}

joint
contrary
few
partial
refusals
metal
damaged
echo "1..$n"
[[ $failures -eq 0 ]]
