#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What conform-matrix.sh makes of TAP: pass, FAIL and skip stay apart.

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

@test "all pass: exit 0, a skipped test is named and does not fail" {
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 0 ]
	[ "$(cell fork one mglru)" = "pass|b: no root" ]
	[ "$(cell thp two classic)" = "pass|" ]
	grep -qF '| fork | pass | pass |' "$dir/matrix.md"
	grep -qF '**fork**, one, two: b: no root' "$dir/matrix.md"
}

@test "a failure under one LRU: exit 1, its reason in one line" {
	printf 'TAP version 13\n1..2\nnot ok 1 - fork: a\n# why: in swap\n# more\nok 2 - fork: b\n' >"$dir/two-classic.tap"
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 1 ]
	[ "$(cell fork two classic)" = "FAIL|a: in swap" ]
	[ "$(cell fork two mglru)" = "pass|b: no root" ]
	grep -qF '| fork | pass | P/F |' "$dir/matrix.md"
	grep -qF -- '- **fork**, two (classic): a: in swap' "$dir/matrix.md"
}

@test "all skipped is skip, not pass" {
	for v in one two; do
		for lru in mglru classic; do
			printf '1..1\nok 1 - thp: c # SKIP no huge page\n' >"$dir/$v-$lru.tap"
		done
	done
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 0 ]
	[ "$(cell thp one mglru)" = "skip|c: no huge page" ]
	grep -qF '| thp | skip | skip |' "$dir/matrix.md"
}

@test "a failure wins over passes and skips; the first reason stays" {
	printf '1..4\nok 1 - fork: a\nnot ok 2 - fork: b\n# why: first\nnot ok 3 - fork: c\n# why: second\nok 4 - fork: d # SKIP x\n' >"$dir/one-mglru.tap"
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 1 ]
	[ "$(cell fork one mglru)" = "FAIL|b: first (and 1 more)" ]
}

@test "the text is ASCII of at most 72 columns" {
	printf '1..1\nnot ok 1 - fork: a\n# why: \303\244 %s\n' "$(printf 'word %.0s' {1..40})" >"$dir/one-mglru.tap"
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 1 ]
	[ -z "$(awk 'length > 72' "$dir/matrix.txt")" ]
	! grep -q '[^ -~]' "$dir/matrix.txt"
}

@test "no run, or a TAP that is missing" {
	run "$scripts/conform-matrix.sh" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ $output == *columns.tsv* ]]
	rm "$dir/one-mglru.tap"
	run "$scripts/conform-matrix.sh" "$dir"
	[ "$status" -eq 1 ]
	[[ $output == *one-mglru.tap* ]]
}
