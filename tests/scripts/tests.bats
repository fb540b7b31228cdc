#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# scripts/test.sh -k, the hook and the analyzer of the static tests, on trees of their own.

load helper

# A tree with a test of each kind, each of which writes its name into "ran".
setup()
{
	own_cache
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"/{scripts,bench/host,tests/{unit,golden,scripts,e2e}}
	cp "$top"/scripts/{test,lib*}.sh "$tree/scripts/"
	cp "$top/tests/scripts/all.t" "$tree/tests/scripts/"
	printf 'all:\n\t@:\n' >"$tree/bench/host/Makefile"
	printf 'replay:\n\t@mkdir -p ../../build/replay && cp ../static.t ../../build/replay/fuzz_replay\n$(O)/unit/%%: %%.c\n\t@mkdir -p $(@D) && cp $< $@ && chmod +x $@\n' >"$tree/tests/unit/Makefile"
	for f in static.t golden/run.t golden/beside.t e2e/boot.t unit/test_one.c unit/test_two.c; do
		printf '#!/bin/sh\necho "${0##*/}" >>"%s/ran"\necho ok 1\necho 1..1\n' "$tree" >"$tree/tests/$f"
		chmod +x "$tree/tests/$f"
	done
	printf '@test "first: a" { echo "$BATS_TEST_DESCRIPTION" >>"%s/ran"; }\n@test "second: b" { echo "$BATS_TEST_DESCRIPTION" >>"%s/ran"; }\n' "$tree" "$tree" >"$tree/tests/scripts/mail.bats"
	printf '@test "third: mail" { echo "$BATS_TEST_DESCRIPTION" >>"%s/ran"; }\n@test "fourth: d" { echo "$BATS_TEST_DESCRIPTION" >>"%s/ran"; }\n' "$tree" "$tree" >"$tree/tests/scripts/page.bats"
}

# ran NAME,NAME...: those tests, and no others.
ran()
{
	local found
	found=$(sort "$tree/ran" | paste -sd ,)
	echo "ran: $found"
	[ "$found" = "$1" ]
}

@test "test.sh without -k: every test" {
	run "$tree/scripts/test.sh"
	[ "$status" -eq 0 ]
	ran "beside.t,boot.t,first: a,fourth: d,fuzz_replay,run.t,second: b,static.t,test_one,test_two,third: mail"
}

@test "test.sh -k: a file's name, a unit program's, a test's in a .bats" {
	run "$tree/scripts/test.sh" -k boot
	[ "$status" -eq 0 ]
	ran boot.t
	rm "$tree/ran"
	run "$tree/scripts/test.sh" -k one
	[ "$status" -eq 0 ]
	ran test_one
	[ ! -e "$tree/build/host/unit/test_two" ]
	rm "$tree/ran"
	run "$tree/scripts/test.sh" -k '^second'
	[ "$status" -eq 0 ]
	ran "second: b"
	rm "$tree/ran"
	run "$tree/scripts/test.sh" -k '^(run|test_t)' unit scripts
	[ "$status" -eq 0 ]
	ran "run.t,test_two"
}

@test "test.sh -k: a whole .bats by its name, and of the others what has it in theirs" {
	run "$tree/scripts/test.sh" -k mail
	[ "$status" -eq 0 ]
	ran "first: a,second: b,third: mail"
	[[ $output == *"Tests=3,"* ]]
	rm "$tree/ran"
	run "$tree/scripts/test.sh" -k '^mail\.bats$'
	[ "$status" -eq 0 ]
	ran "first: a,second: b"
}

@test "test.sh -k: what fails there fails" {
	printf '@test "third: mail" { false; }\n' >"$tree/tests/scripts/page.bats"
	run "$tree/scripts/test.sh" -k mail scripts
	[ "$status" -eq 1 ]
	[[ $output == *"Failed test:  3"* ]]
}

@test "test.sh -k: a pattern that is nowhere is an error, and says so" {
	run "$tree/scripts/test.sh" -k nowhere
	[ "$status" -eq 1 ]
	[[ $output == "mmvs: error: -k 'nowhere' is in the name of no test, nor of a file of tests, of: scripts e2e static unit; nothing was run" ]]
	run "$tree/scripts/test.sh" -k boot unit static
	[ "$status" -eq 1 ]
	[[ $output == *"of: unit static;"* ]]
	[ ! -e "$tree/ran" ]
}

@test "test.sh: wrong use" {
	for words in -k '-k ( unit' -x '-k a elsewhere' elsewhere; do
		# shellcheck disable=SC2086 # words are the point
		run "$tree/scripts/test.sh" $words
		[ "$status" -eq 2 ]
		[[ $output == *"Usage: test.sh [-k PATTERN] [static|unit"* ]]
	done
	run "$tree/scripts/test.sh" -k ''
	[ "$status" -eq 2 ]
	[ ! -e "$tree/ran" ]
}

# A commit of what the tree has; git's settings are the test's own.
commit()
{
	git -C "$tree" add -A
	git -C "$tree" -c user.name=t -c user.email=t@mmvs.invalid commit -qm "$1"
}

@test "pre-commit.sh: a commit that a static test is against does not come about" {
	export GIT_CONFIG_GLOBAL=/dev/null
	cp "$top/scripts/pre-commit.sh" "$tree/scripts/"
	git -C "$tree" init -q
	run "$tree/scripts/pre-commit.sh" --install
	[ "$status" -eq 0 ]
	commit one
	ran static.t
	printf '#!/bin/sh\ngit rev-parse --git-dir\necho not ok 1\necho 1..1\n' >"$tree/tests/static.t"
	run commit two
	[ "$status" -ne 0 ]
	[ "$(git -C "$tree" log --format=%s)" = one ]
	printf '#!/bin/sh\n[ -z "$GIT_INDEX_FILE" ] || exit 1\necho ok 1\necho 1..1\n' >"$tree/tests/static.t"
	commit three
	[ "$(git -C "$tree" log --format=%s | paste -sd ,)" = three,one ]
	run "$tree/scripts/pre-commit.sh" --install
	[ "$status" -eq 0 ]
}

@test "pre-commit.sh --install: a hook of another's stays" {
	export GIT_CONFIG_GLOBAL=/dev/null
	cp "$top/scripts/pre-commit.sh" "$tree/scripts/"
	run "$tree/scripts/pre-commit.sh" --install
	[ "$status" -eq 1 ]
	[[ $output == *"is no git checkout"* ]]
	git -C "$tree" init -q
	echo 'mine' >"$tree/.git/hooks/pre-commit"
	run "$tree/scripts/pre-commit.sh" --install
	[ "$status" -eq 1 ]
	[[ $output == *"is a hook of yours; put the line 'exec scripts/pre-commit.sh' into it"* ]]
	[ "$(cat "$tree/.git/hooks/pre-commit")" = mine ]
	run "$tree/scripts/pre-commit.sh" --other
	[ "$status" -eq 2 ]
}

# analyze C: what tests/analyze.sh says of one file, with KNOWN for a list.
analyze()
{
	mkdir -p "$BATS_TEST_TMPDIR/host/load"
	echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/host/main.c"
	printf '#include <stdlib.h>\n%s\n' "$1" >"$BATS_TEST_TMPDIR/host/load/a.c"
	printf '# gcc %s\n%s\n' "${gcc:-$(gcc -dumpversion)}" "${known:-}" >"$BATS_TEST_TMPDIR/known"
	ANALYZE_DIR=$BATS_TEST_TMPDIR/host ANALYZE_KNOWN=$BATS_TEST_TMPDIR/known run "$top/tests/analyze.sh"
}

@test "analyze.sh: a leak, one that is known, and one that is no more" {
	local leak='void f(int n) { char *p = malloc(3); if (p && n) return; free(p); }'

	analyze "$leak"
	[ "$status" -eq 1 ]
	[[ $output == *"load/a.c:2"*"leak of"* ]]
	known='load/a.c f malloc-leak for a test' analyze "$leak"
	[ "$status" -eq 0 ]
	known='load/a.c g malloc-leak for a test' analyze "$leak"
	[ "$status" -eq 1 ]
	known='load/a.c f malloc-leak for a test' analyze 'int n;'
	[ "$status" -eq 1 ]
	[[ $output == *"not found any more: load/a.c f malloc-leak"* ]]
	analyze 'int n'
	[ "$status" -eq 1 ]
	[[ $output == *"load/a.c: gcc fails"* ]]
	gcc=1 analyze 'int n;'
	[ "$status" -eq 77 ]
}

@test "shellcheck: what is clean is looked at once, and again when it or what it sources changes" {
	cd "$tree"
	mkdir bin
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$1" = --version ] || echo "$@" >>"%s/seen"\nexec %s "$@"\n' "$tree" "$(command -v shellcheck)" >bin/shellcheck
	chmod +x bin/shellcheck
	printf '#!/bin/bash\n# shellcheck source=own.sh\n. ./own.sh\necho "$own"\n' >a
	printf '#!/bin/bash\necho b\n' >b
	printf '# shellcheck shell=bash\nexport own=1\n' >own.sh
	looks() { : >seen && PATH=$tree/bin:$PATH run "$top/tests/shellcheck.sh" a b && echo "$output" && cat seen; }
	looks && [ "$status" -eq 0 ] && [ "$(sort seen | paste -sd ,)" = "-x a,-x b" ]
	looks && [ "$status" -eq 0 ] && [ ! -s seen ]
	echo 'echo $1' >>b
	looks && [[ $status -eq 1 && $output == *"In b line 3"* && $(cat seen) = "-x b" ]]
	looks && [ "$status" -eq 1 ]
	sed -i '$d' b
	echo 'export more=1' >>own.sh
	looks && [ "$status" -eq 0 ] && [ "$(sort seen | paste -sd ,)" = "-x a,-x b" ]
}
