#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# From family.conf to the decision in report and mail.

load helper

setup()
{
	own_cache
	run_dir=$BATS_TEST_TMPDIR/run
	"$top/tests/golden/make-run.sh" "$run_dir"
	make -s -C "$top/bench/host" O="$top/build/host"
	mmcompare=$top/build/host/mmcompare
}

# more_variants N: the run with N more, copies of the two that are not the baseline.
more_variants()
{
	local i v from
	for ((i = 1; i <= $1; i++)); do
		v=a-rather-long-name-$i from=lazyfree-always
		[ $((i % 2)) -eq 1 ] || from=pte-dirty-vma
		cp -r "$run_dir/cells/$from" "$run_dir/cells/$v"
		find "$run_dir/cells/$v" -name cell.json -exec sed -i "s/\"variant\":\"$from\"/\"variant\":\"$v\"/; s/$from-image/$v-image/" {} +
		jq --arg v "$v" --arg from "$from" '.variants += [.variants[] | select(.name == $from) | .name = $v | .image_sha256 = $v + "-image"]' \
			"$run_dir/run.json" >"$run_dir/new"
		mv "$run_dir/new" "$run_dir/run.json"
	done
}

@test "criteria.sh: a family's own lines, or those of the one that it names" {
	mkdir "$BATS_TEST_TMPDIR/fam"
	printf 'title = t\ncriterion = a b: x*:y\n# criterion = no: a:b\ncriterion=c:   z:w v:u\n' >"$BATS_TEST_TMPDIR/fam/family.conf"
	[ "$("$scripts/criteria.sh" "$BATS_TEST_TMPDIR/fam")" = "$(printf 'a b: x*:y\nc:   z:w v:u')" ]
	echo 'criteria = droppable' >"$BATS_TEST_TMPDIR/fam/family.conf"
	[ "$("$scripts/criteria.sh" "$BATS_TEST_TMPDIR/fam")" = "$("$scripts/criteria.sh" droppable)" ]
	echo 'title = t' >"$BATS_TEST_TMPDIR/fam/family.conf"
	[ -z "$("$scripts/criteria.sh" "$BATS_TEST_TMPDIR/fam")" ]
	echo 'criteria = ../../etc' >"$BATS_TEST_TMPDIR/fam/family.conf"
	run "$scripts/criteria.sh" "$BATS_TEST_TMPDIR/fam"
	[ "$status" -eq 1 ]
}

@test "every family's criteria are read, and each glob names something that is measured" {
	local family dir globs glob spec metric all
	all=$BATS_TEST_TMPDIR/all
	[ -x "$top/build/guest/mmbench" ] || skip "build/guest/mmbench is not built (make initramfs)"
	"$top/build/guest/mmbench" --list-cells=full >"$all"
	for family in "$top"/kernel-patches/*/family.conf; do
		dir=$(basename "$(dirname "$family")")
		"$scripts/criteria.sh" "$dir" >"$run_dir/criteria"
		echo "$dir"
		"$mmcompare" "$run_dir" --format tsv >/dev/null
		read -rd '' -a globs < <(cut -d : -f 2- "$run_dir/criteria") || true
		for glob in "${globs[@]}"; do
			spec=${glob%%:*}
			grep -q . < <(while IFS= read -r s; do [[ $s == $spec ]] && echo "$s"; done <"$all") ||
				{ echo "$dir: $glob: no such case"; return 1; }
		done
	done
}

@test "report.sh goes by what the family says today; a family in a folder is what the run kept" {
	rm -r "$run_dir"/{conform,plots}
	jq '.specs = .specs[:1]' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	echo 'stale: *:*' >"$run_dir/criteria"
	"$scripts/report.sh" "$run_dir"
	diff "$run_dir/criteria" <("$scripts/criteria.sh" droppable)
	grep -q '^| fault | 2943 insn | +4.08% (exact) \*\*worse\*\* |' "$run_dir/report.md"
	[ "$(grep -n '^## ' "$run_dir/report.md" | head -n 1 | cut -d : -f 2)" = '## Decision' ]
	jq '.command = "make bench FAMILY=/nowhere/droppable SEEDS=8"' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	echo 'mine: fault-*:fault_p50' >"$run_dir/criteria"
	"$scripts/report.sh" "$run_dir"
	grep -q '^| mine |' "$run_dir/report.md"
	rm "$run_dir/criteria"
	"$scripts/report.sh" "$run_dir"
	! grep -q '^## Decision' "$run_dir/report.md"
	grep -q '^- pte-dirty-vma against swapbacked-flag, key metrics:' "$run_dir/mail.txt"
}

@test "twelve variants: the mail keeps to its 80 lines of 72, the page has a row for each" {
	more_variants 9
	"$mmcompare" "$run_dir" --format mail >"$run_dir/mail.txt"
	[ "$(wc -l <"$run_dir/mail.txt")" -le 80 ]
	[ -z "$(awk 'length > 72' "$run_dir/mail.txt")" ]
	[ "$(grep -c '^- [A-K] = ' "$run_dir/mail.txt")" -eq 11 ]
	grep -qE '^conformance     2\.    0\.' "$run_dir/mail.txt"
	grep -qE '^overshoot       \+     -   -  \+  -  \+  -  \+' "$run_dir/mail.txt"
	"$mmcompare" "$run_dir" --format html >"$run_dir/report.html"
	[ "$(sed -n '/aria-label="Decision table"/,/<\/table>/p' "$run_dir/report.html" | grep -c '^<tr><th scope=row>')" -eq 12 ]
}

@test "twenty variants: names alone in the mail, and pictures that can be drawn" {
	more_variants 17
	"$mmcompare" "$run_dir" --format mail >"$run_dir/mail.txt"
	[ "$(wc -l <"$run_dir/mail.txt")" -le 80 ]
	[ -z "$(awk 'length > 72' "$run_dir/mail.txt")" ]
	grep -q '^- swapbacked-flag.* (baseline), A = ' "$run_dir/mail.txt"
	! grep -q '^- A = ' "$run_dir/mail.txt"
	grep -qE '^overshoot .*( +[-+=?.~]){19}$' "$run_dir/mail.txt"
	# The third case of pictures has bars, with fill patterns that are fewer than variants.
	rm -r "$run_dir"/{conform,plots}
	"$mmcompare" "$run_dir" --format tsv >"$run_dir/compare.tsv"
	"$mmcompare" "$run_dir" --format ecdf >"$run_dir/ecdf.tsv"
	for metric in requested accounted freed dropped swapped; do
		sed -n "s/^\(reclaim-proactive[^\t]*\)\tovershoot\t/\1\t$metric\t/p" "$run_dir/compare.tsv"
	done >"$run_dir/more"
	cat "$run_dir/more" >>"$run_dir/compare.tsv"
	"$scripts/plot.sh" "$run_dir"
	for picture in "$run_dir"/plots/{reclaim,fault}-*.svg; do
		[ "$(sed -n 's/.* viewBox="0 0 1040 \([0-9]*\)".*/\1/p' "$picture")" -gt 520 ]
	done
}
