#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What mmcompare --page conform makes of TAP: pass, FAIL and skip stay apart.

load helper

setup()
{
	own_cache
	dir=$BATS_TEST_TMPDIR/conform
	mkdir -p "$dir"
	for v in one two; do
		for lru in mglru classic; do
			printf '%s\t%s\t%s-%s.tap\n' "$v" "$lru" "$v" "$lru" >>"$dir/columns.tsv"
			printf 'TAP version 13\n1..3\nok 1 - fork: a\nok 2 - fork: b # SKIP no root\nok 3 - thp: c\n' >"$dir/$v-$lru.tap"
		done
	done
}

# cell PROPERTY VARIANT LRU: result and reason of a line of matrix.tsv.
cell()
{
	awk -F '\t' -v p="$1" -v v="$2" -v l="$3" '$1 == p && $2 == v && $3 == l { print $4 "|" $8 }' "$dir/matrix.tsv"
}

@test "all pass: exit 0, a skipped test shows in the cell, is named and does not fail" {
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 0 ]
	[ "$(cell fork one mglru)" = "pass|b: no root" ]
	[ "$(cell thp two classic)" = "pass|" ]
	grep -qF '| fork | pass 1/2 | pass 1/2 |' "$dir/matrix.md"
	grep -qF '| thp | pass | pass |' "$dir/matrix.md"
	grep -qF '**fork** 1 of 2, one, two: b: no root' "$dir/matrix.md"
	grep -qE '^fork +1/2 +1/2$' "$dir/matrix.txt"
	grep -qE '^thp +pass +pass$' "$dir/matrix.txt"
	grep -qF '  fork 1 of 2 [a, b]: b: no root' "$dir/matrix.txt"
}

# twelve VARIANT LRU PASSED: the TAP of 12 tests of thp, those not passed skipped.
twelve()
{
	local i
	for i in {1..12}; do
		echo "ok $i - thp: $i$([ "$i" -le "$3" ] || echo ' # SKIP no huge folio')"
	done >"$dir/$1-$2.tap"
}

@test "how many of the tests passed, in columns that stay straight; p where boots differ" {
	twelve one mglru 11
	twelve one classic 11
	twelve two mglru 12
	twelve two classic 2
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 0 ]
	grep -qF '| thp | pass 11/12 | P/p |' "$dir/matrix.md"
	grep -qx 'property         a     b' "$dir/matrix.txt"
	grep -qx 'thp              11/12 P/p' "$dir/matrix.txt"
	grep -qx '  thp 10 of 12 \[b (classic)\]: no huge folio' "$dir/matrix.txt"
}

@test "skipped tests of one reason are one line, beside a failure as well" {
	printf 'not ok 1 - fork: a\n# why: in swap\nok 2 - fork: b # SKIP no root\nok 3 - fork: c # SKIP no root\nok 4 - thp: d # SKIP no root\nok 5 - thp: e # SKIP no root\n' |
		tee "$dir/one-mglru.tap" >"$dir/one-classic.tap"
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 1 ]
	grep -qx '  fork 2 of 3, thp 2 of 2 \[a\]: no root' "$dir/matrix.txt"
	grep -qFx -- '- **fork** 2 of 3, **thp** 2 of 2, one: no root' "$dir/matrix.md"
	[ "$(awk -F '\t' '$2 == "one" && $3 == "mglru"' "$dir/skipped.tsv")" = $'fork\tone\tmglru\t2\t3\tno root\nthp\tone\tmglru\t2\t2\tno root' ]
}

@test "a failure under one LRU: exit 1, its reason in one line" {
	printf 'TAP version 13\n1..2\nnot ok 1 - fork: a\n# why: in swap\n# more\nok 2 - fork: b\n' >"$dir/two-classic.tap"
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 1 ]
	[ "$(cell fork two classic)" = "FAIL|a: in swap" ]
	[ "$(cell fork two mglru)" = "pass|b: no root" ]
	grep -qF '| fork | pass 1/2 | p/F |' "$dir/matrix.md"
	grep -qF -- '- **fork**, two (classic): a: in swap' "$dir/matrix.md"
}

@test "all skipped is skip, not pass" {
	for v in one two; do
		for lru in mglru classic; do
			printf '1..1\nok 1 - thp: c # SKIP no huge page\n' >"$dir/$v-$lru.tap"
		done
	done
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 0 ]
	[ "$(cell thp one mglru)" = "skip|c: no huge page" ]
	grep -qF '| thp | skip | skip |' "$dir/matrix.md"
}

@test "a failure wins over passes and skips; the first reason stays" {
	printf '1..4\nok 1 - fork: a\nnot ok 2 - fork: b\n# why: first\nnot ok 3 - fork: c\n# why: second\nok 4 - fork: d # SKIP x\n' >"$dir/one-mglru.tap"
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 1 ]
	[ "$(cell fork one mglru)" = "FAIL|b: first (and 1 more)" ]
}

@test "the text is ASCII of at most 72 columns" {
	printf '1..1\nnot ok 1 - fork: a\n# why: \303\244 %s\n' "$(printf 'word %.0s' {1..40})" >"$dir/one-mglru.tap"
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 1 ]
	[ -z "$(awk 'length > 72' "$dir/matrix.txt")" ]
	grep -q '^    [^ ]' "$dir/matrix.txt" # goes on below its item
	! grep -q '[^ -~]' "$dir/matrix.txt"
}

@test "no run, or a TAP that is missing" {
	run "$MMCOMPARE" --page conform "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ $output == *columns.tsv* ]]
	rm "$dir/one-mglru.tap"
	run "$MMCOMPARE" --page conform "$dir"
	[ "$status" -eq 1 ]
	[[ $output == *one-mglru.tap* ]]
}

# debug_run NAME INITRAMFS COLUMN...: a run with CONFIG=debug of columns
# variant-lru; boots of "bad" ended with a splat.
debug_run()
{
	local run=$BATS_TEST_TMPDIR/$1 hash=$2 column v spec
	mkdir -p "$run/conform"
	echo debug >"$run/conform/config"
	echo droppable >"$run/conform/family"
	shift 2
	for column in "$@"; do
		v=${column%-*} spec=conform@lru=${column#*-}
		printf '%s\t%s\t%s.tap\t%s\n' "$v" "${column#*-}" "$column" "$spec" >>"$run/conform/columns.tsv"
		printf '1..1\nok 1 - fork: a\n' >"$run/conform/$column.tap"
		mkdir -p "$run/conform/cells/$v/$spec/1"
		jq -n --arg h "$hash" --arg s "$([ "$v" = bad ] && echo failed || echo ok)" \
			'{mode: "icount", command: ["-smp", "2,sockets=2"], status: $s, wall_s: 2.5, initramfs_sha256: $h, image_sha256: "i"}' \
			>"$run/conform/cells/$v/$spec/1/cell.json"
		printf 'debug: kmemleak: three scans, no leak\ndebug: lockdep: on to the end\n%s' \
			"$([ "$v" = bad ] && echo 'BUG: KASAN: x')" >"$run/conform/cells/$v/$spec/1/console.log"
	done
	"$MMCOMPARE" --page conform "$run/conform"
}

@test "boots of debug kernels are taken in one by one, each in the place of what it was" {
	local out=$BATS_TEST_TMPDIR/out/droppable
	debug_run one old good-mglru bad-mglru
	debug_run two new good-stress good-classic good-mglru
	"$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/out"
	run "$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/two" "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 0 ]
	[[ $output == *"4 boots, 1 splats"* ]]
	[ "$(cut -f 1,2,4,5,7,10 "$out/boots.tsv" | tr '\t\n' ' /')" = "variant column cpus status splats_count initramfs_sha256/bad mglru 2 failed 1 old/good mglru 2 ok 0 new/good classic 2 ok 0 new/good stress 2 ok 0 new/" ]
	grep -qF 'once for each of mglru, classic, stress.' "$out/matrix.md"
	grep -qF '| fork | pass | pass |' "$out/matrix.md"
	grep -qx 'CONFIG_KASAN=y' "$out/options"

	# Fewer options then than now: they stay.
	sed -i '$d' "$out/options"
	run "$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/two" "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 0 ]
	[ "$(cut -f 1 "$out/boots.tsv" | sort -u | wc -l)" -gt 2 ]
	echo CONFIG_OLD=y >>"$out/options"
	run "$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/two" "$BATS_TEST_TMPDIR/out"
	[[ $output == *"3 boots, 0 splats"* ]]
	[ ! -e "$out/bad-mglru.tap" ]
}

@test "no debug run, and one that has not ended" {
	debug_run one old good-mglru
	rm "$BATS_TEST_TMPDIR/one/conform/cells/good/conform@lru=mglru/1/cell.json"
	run "$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 1 ]
	[[ $output == *"no such boot"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/out/droppable" ]
	echo small >"$BATS_TEST_TMPDIR/one/conform/config"
	run "$scripts/debug-summary.sh" "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 1 ]
	[[ $output == *CONFIG=debug* ]]
}
