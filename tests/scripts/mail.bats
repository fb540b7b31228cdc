#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# make mail TO_STACK=: the mail under the --- of a copy of a cover letter.

load helper

setup()
{
	own_cache
	family=$BATS_TEST_TMPDIR/fam
	run_dir=$BATS_TEST_TMPDIR/results/x
	mkdir -p "$family/a" "$family/b" "$run_dir"
	echo 'title = t' >"$family/family.conf"
	touch "$family"/{a,b}/series
	printf '# a\nWhat it does.\n\n| x |\n| --- |\n' >"$family/a/cover.md"
	jq -n '{family: "fam", variants: [{name: "a"}, {name: "b"}], command: "make bench"}' >"$run_dir/run.json"
	printf 'mmvs: fam\n+ better & worse \\1\n' >"$run_dir/mail.txt"
	printf 'mmvs: the whole\n' >"$run_dir/mail-full.txt"
}

mail() { make -s -C "$top" mail RUN=x RESULTS="$BATS_TEST_TMPDIR/results" FAMILY="$family" "$@"; }

@test "a cover letter without --- gets one; the stack's own stays as it is" {
	before=$(cat "$family/a/cover.md")
	run mail TO_STACK=a
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "$run_dir/cover-a.md" ]
	[ "$(cat "$family/a/cover.md")" = "$before" ]
	[ "$(cat "$run_dir/cover-a.md")" = "$(printf '%s\n\n---\n%s' "$before" "$(cat "$run_dir/mail.txt")")" ]
	mail TO_STACK=a # again: not twice
	[ "$(grep -cx -- --- "$run_dir/cover-a.md")" -eq 1 ]
	[ "$(grep -c 'mmvs: fam' "$run_dir/cover-a.md")" -eq 1 ]
	mail TO_STACK=a FULL=1
	[ "$(tail -n 1 "$run_dir/cover-a.md")" = 'mmvs: the whole' ]
}

@test "where there is one, the mail stands right below the first" {
	printf 'Subject: a\n\nText.\n---\n x.c | 2 +-\n---\nend\n' >"$family/a/cover.md"
	mail TO_STACK=a
	[ "$(cat "$run_dir/cover-a.md")" = "$(printf '%s\n' 'Subject: a' '' Text. --- 'mmvs: fam' '+ better & worse \1' ' x.c | 2 +-' --- end)" ]
}

@test "what cannot be done is said with the mend, and leaves nothing" {
	run mail TO_STACK=c
	[ "$status" -ne 0 ]
	[[ $output == *"TO_STACK=c: not in this run; it has: a b"* ]]
	run mail TO_STACK=b
	[ "$status" -ne 0 ]
	[[ $output == *"b has no cover letter"* ]]
	run mail TO_STACK=../a
	[ "$status" -ne 0 ]
	[[ $output == *"use letters, digits"* ]]
	rm "$run_dir/mail.txt"
	run mail TO_STACK=a
	[ "$status" -ne 0 ]
	[[ $output == *"mail.txt is missing; 'make report RUN=x'"* ]]
	[ -z "$(ls "$run_dir" | grep cover)" ]
}

@test "of the made-up run: git takes nothing under the --- for a patch" {
	rm -r "$run_dir"
	"$top/tests/golden/make-run.sh" "$run_dir"
	make -s -C "$top/bench/host" O="$top/build/host"
	"$top/build/host/mmcompare" "$run_dir" --format mail >"$run_dir/mail.txt"
	to=$("$scripts/mail-stack.sh" "$run_dir" pte-dirty-vma)
	sed '1,/^---$/d' "$to" >"$BATS_TEST_TMPDIR/below"
	diff "$BATS_TEST_TMPDIR/below" "$run_dir/mail.txt"
	! grep -qE '^(diff |---|Index: |From )' "$BATS_TEST_TMPDIR/below"
}

@test "no line of a committed mail is longer than 72 columns" {
	count=0
	while IFS= read -r file; do
		count=$((count + 1))
		run awk 'length > 72' "$file"
		echo "$file: $output"
		[ -z "$output" ]
	done < <(find "$top/results/reference" -name 'mail*.txt' -not -name mail-full.txt)
	[ "$count" -ge 5 ]
}
