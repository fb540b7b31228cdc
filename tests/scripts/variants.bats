#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Words of VARIANTS=: what they mean, what is refused, who is the baseline.

load helper

setup()
{
	own_cache
	git_kernel "$BATS_TEST_TMPDIR/k"
	export KERNEL_SRC=$BATS_TEST_TMPDIR/k
	unset VARIANTS BASELINE KERNEL
}

variant()
{
	"$scripts/variant.sh" kernels "$1" 2>/dev/null | xargs cat
}

# mbox: a cover letter, two patches in the wrong order, an answer.
mbox()
{
	printf 'From x Thu Jan  1 00:00:00 2026\nFrom: A <a@x>\nSubject: [PATCH 0/2] the cover\nDate: Thu, 1 Jan 2026 12:00:00 +0000\n\nWords.\n\n'
	printf 'From x Thu Jan  1 00:00:00 2026\n'
	patch_of "line five" "line six and a half" | sed -n '2,$p' | sed 's@\[PATCH\] mm/vmscan: test@[PATCH v3 2/2] mm/vmscan: second@'
	printf '\nFrom x Thu Jan  1 00:00:00 2026\n'
	patch_of "line 5" "line five" | sed -n '2,$p' | sed 's@\[PATCH\] mm/vmscan: test@[PATCH v3 1/2] mm/vmscan: first@'
	printf '\nFrom x Thu Jan  1 00:00:00 2026\nFrom: B <b@x>\nSubject: Re: [PATCH v3 1/2] mm/vmscan: first\nDate: Thu, 1 Jan 2026 12:00:00 +0000\n\n> diff --git a/x b/x\nNo.\n'
}

@test "ref: name, title and what it has on the baseline come from git" {
	export BASELINE_REF=base
	variant ref:topic/a >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .name "$BATS_TEST_TMPDIR/out")" = topic-a ]
	[ "$(jq -r .title "$BATS_TEST_TMPDIR/out")" = "mm/vmscan: change of topic/a" ]
	[ "$(jq -r .fork "$BATS_TEST_TMPDIR/out")" = "$(git -C "$KERNEL_SRC" rev-parse base)" ]
	[[ $(jq -r .mechanism "$BATS_TEST_TMPDIR/out") == "commit $(git -C "$KERNEL_SRC" rev-parse --short=12 topic/a) of k, 1 commit on "*": mm/vmscan: change of topic/a" ]]
}

@test "mbox: the patches in their order, without cover letter and answers; it applies" {
	mbox >"$BATS_TEST_TMPDIR/series.mbox"
	variant "mbox:$BATS_TEST_TMPDIR/series.mbox" >"$BATS_TEST_TMPDIR/out"
	cat "$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .name "$BATS_TEST_TMPDIR/out")" = series ]
	[ "$(jq -r .title "$BATS_TEST_TMPDIR/out")" = "mm/vmscan: first" ]
	[ "$(jq '.patches | length' "$BATS_TEST_TMPDIR/out")" -eq 2 ]
	mapfile -t patches < <(jq -r '.patches[]' "$BATS_TEST_TMPDIR/out")
	commit=$("$scripts/stack-apply.sh" "$(jq -r .base "$BATS_TEST_TMPDIR/out")" series "${patches[@]}")
	git --git-dir="$MMVS_CACHE/linux.git" show "$commit:mm/vmscan.c" | grep -qx "line six and a half"
}

@test "mbox: one on another base, and what does not apply names patch, file and hunk" {
	patch_of "line topic/a" "line five" >"$BATS_TEST_TMPDIR/one.mbox"
	variant "mbox:$BATS_TEST_TMPDIR/one.mbox@ref:topic/a" >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .base "$BATS_TEST_TMPDIR/out")" = "$(git -C "$KERNEL_SRC" rev-parse topic/a)" ]
	mapfile -t patches < <(jq -r '.patches[]' "$BATS_TEST_TMPDIR/out")
	"$scripts/stack-apply.sh" "$(jq -r .base "$BATS_TEST_TMPDIR/out")" one "${patches[@]}"
	"$scripts/kernel-source.sh" base
	run "$scripts/stack-apply.sh" "$(git -C "$KERNEL_SRC" rev-parse base)" one "${patches[@]}"
	[ "$status" -eq 1 ]
	[[ $output == *"does not apply"*"mm/vmscan.c:4"* ]]
}

@test "patches: a folder, by its series or in the order of names" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	patch_of "line 5" "line five" >"$BATS_TEST_TMPDIR/dir/b.patch"
	patch_of "line five" "line six" >"$BATS_TEST_TMPDIR/dir/a.patch"
	[[ $(variant "patches:$BATS_TEST_TMPDIR/dir" | jq -r '.patches | join(" ")') == */a.patch\ */b.patch ]]
	printf 'b.patch\na.patch\n' >"$BATS_TEST_TMPDIR/dir/series"
	[[ $(variant "patches:$BATS_TEST_TMPDIR/dir" | jq -r '.patches | join(" ")') == */b.patch\ */a.patch ]]
}

@test "NAME+N: the first patches alone; STEPS=1 is all of them, one after the other" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	patch_of "line 5" "line five" >"$BATS_TEST_TMPDIR/dir/1.patch"
	patch_of "line five" "line six" | sed 's@vmscan: test@vmscan: second@' >"$BATS_TEST_TMPDIR/dir/2.patch"
	[ "$("$scripts/steps.sh" kernels "patches:$BATS_TEST_TMPDIR/dir@ref:topic/a" | paste -sd ' ')" = \
		"patches:$BATS_TEST_TMPDIR/dir+0@ref:topic/a patches:$BATS_TEST_TMPDIR/dir+1@ref:topic/a patches:$BATS_TEST_TMPDIR/dir+2@ref:topic/a" ]
	variant "patches:$BATS_TEST_TMPDIR/dir+1@ref:topic/a" >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .name "$BATS_TEST_TMPDIR/out")" = dir+1 ]
	[ "$(jq -r '.patches | join(" ")' "$BATS_TEST_TMPDIR/out")" = "$BATS_TEST_TMPDIR/dir/1.patch" ]
	[[ $(variant "patches:$BATS_TEST_TMPDIR/dir+2" | jq -r .title) == "patch 2 of 2: mm/vmscan: second" ]]
	[ "$(variant "patches:$BATS_TEST_TMPDIR/dir+0" | jq '.patches | length')" -eq 0 ]
	run "$scripts/variant.sh" kernels "patches:$BATS_TEST_TMPDIR/dir+3"
	[ "$status" -eq 1 ]
	[[ $output == *"dir has 2 patches"* ]]
	for word in kernel:6.12 ref:topic/a; do
		run "$scripts/steps.sh" kernels "$word"
		[ "$status" -eq 1 ]
		[[ $output == *"make bisect"* ]]
	done
}

@test "bisect: what is missing or wrong is named before anything is built" {
	export GOOD=base BAD=topic/a METRIC=fault-first-touch@map=private:fault_p50 RESULTS=$BATS_TEST_TMPDIR/r
	METRIC=fault_p50 run "$scripts/bisect.sh" kernels
	[[ $status -eq 1 && $output == *"METRIC=fault_p50: CASE:NAME"* ]]
	BAD='' run "$scripts/bisect.sh" kernels
	[[ $status -eq 1 && $output == *"BAD= is not set"* ]]
	GOOD='' run "$scripts/bisect.sh" kernels
	[[ $status -eq 1 && $output == *"GOOD= is not set"* ]]
	BAD=nowhere run "$scripts/bisect.sh" kernels
	[[ $status -eq 1 && $output == *"has no commit 'nowhere'"* ]]
	THRESHOLD=much run "$scripts/bisect.sh" kernels
	[[ $status -eq 1 && $output == *"THRESHOLD=much"* ]]
	[ ! -e "$MMVS_CACHE/images" ]
}

@test "what is not there, or has no patch in it, is named" {
	for word in mbox:nowhere patches:nowhere ref:nowhere nostack mbox:/dev/null@x; do
		run "$scripts/variant.sh" kernels "$word"
		echo "$word: $output"
		[ "$status" -eq 1 ]
		[[ $output == *"mmvs: error: "*nowhere* || $output == *nostack* || $output == */dev/null* ]]
	done
	echo hello >"$BATS_TEST_TMPDIR/no.mbox"
	run "$scripts/variant.sh" kernels "mbox:$BATS_TEST_TMPDIR/no.mbox"
	[ "$status" -eq 1 ]
	[[ $output == *"no patch in there"* ]]
}

@test "words that mean one kernel, or would have one name, are refused" {
	git -C "$KERNEL_SRC" branch topic-a topic/b
	git -C "$KERNEL_SRC" branch again topic/a
	run "$scripts/images.sh" --resolve kernels ref:topic/a ref:again
	[ "$status" -eq 1 ]
	[[ $output == *"'ref:topic/a' and 'ref:again' are the same kernel"* ]]
	run "$scripts/images.sh" --resolve kernels ref:topic/a ref:topic-a
	[ "$status" -eq 1 ]
	[[ $output == *"both be called topic-a"* ]]
	run "$scripts/images.sh" --resolve kernels ref:base ref:base
	[ "$status" -eq 1 ]
	[[ $output == *"named twice"* ]]
	"$scripts/images.sh" --resolve kernels ref:base ref:topic/a ref:topic/b
}

@test "the baseline: the first word, BASELINE=, or the family's" {
	. "$scripts/lib.sh"
	[ "$(VARIANTS="ref:topic/a ref:base" baseline_of kernels)" = ref:topic/a ]
	[ "$(VARIANTS="ref:topic/a ref:base" BASELINE=ref:base baseline_of kernels)" = ref:base ]
	[ "$(VARIANTS="pte-dirty-vma" baseline_of droppable)" = swapbacked-flag ]
	[ "$(baseline_of munmap)" = downgrade ]
}

@test "a family anywhere, and a name that is none" {
	. "$scripts/lib.sh"
	mkdir -p "$BATS_TEST_TMPDIR/fam/one" "$BATS_TEST_TMPDIR/fam/two"
	printf 'title = mine\nbaseline = one\n' >"$BATS_TEST_TMPDIR/fam/family.conf"
	touch "$BATS_TEST_TMPDIR"/fam/{one,two}/{series,variant.conf}
	patch_of "line 5" "line five" >"$BATS_TEST_TMPDIR/fam/two/0001-x.patch"
	echo 0001-x.patch >"$BATS_TEST_TMPDIR/fam/two/series"
	[ "$(variants_of "$BATS_TEST_TMPDIR/fam" | paste -sd ' ')" = "one two" ]
	[ "$(baseline_of "$BATS_TEST_TMPDIR/fam")" = one ]
	run "$scripts/variant.sh" "$BATS_TEST_TMPDIR/fam" two
	[ "$status" -eq 0 ]
	run variants_of nosuch
	[ "$status" -eq 1 ]
	[[ $output == *"FAMILY=nosuch"*droppable* ]]
}

@test "a stack takes series.VERSION where it has one" {
	. "$scripts/lib.sh"
	mkdir -p "$BATS_TEST_TMPDIR/fam/one"
	echo 'baseline = one' >"$BATS_TEST_TMPDIR/fam/family.conf"
	touch "$BATS_TEST_TMPDIR/fam/one/"{a,b}.patch
	echo a.patch >"$BATS_TEST_TMPDIR/fam/one/series"
	echo b.patch >"$BATS_TEST_TMPDIR/fam/one/series.7.3"
	[[ $(patches_of "$BATS_TEST_TMPDIR/fam" one 7.3.4) == */b.patch ]]
	[[ $(patches_of "$BATS_TEST_TMPDIR/fam" one 6.12.117) == */a.patch ]]
	[[ $(patches_of "$BATS_TEST_TMPDIR/fam" one) == */a.patch ]]
}

@test "mmvs in a kernel tree: words are its branches, mailboxes and folders of patches" {
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$KERNEL_SRC/series"
	touch "$KERNEL_SRC/Kconfig" "$KERNEL_SRC/x.mbox" "$KERNEL_SRC/series/1.patch"
	printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >"$BATS_TEST_TMPDIR/bin/make"
	chmod +x "$BATS_TEST_TMPDIR/bin/make"
	cd "$KERNEL_SRC/mm"
	at=$KERNEL_SRC
	unset KERNEL_SRC
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$top/mmvs" bench base topic/a ../x.mbox ../series kernel:7.3 SEEDS=5 RESULTS=out
	echo "$output"
	[[ $output == *"VARIANTS=ref:base ref:topic/a mbox:$at/x.mbox patches:$at/series kernel:7.3"* ]]
	[[ $output == *"KERNEL_SRC=$at"* && $output == *SEEDS=5* && $output == *"RESULTS=$at/mm/out"* ]]
	cd "$BATS_TEST_TMPDIR"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$top/mmvs" bench swapbacked-flag
	[[ $output == *"VARIANTS=swapbacked-flag"* && $output != *KERNEL_SRC* ]]
	run "$top/mmvs" frobnicate
	[ "$status" -eq 1 ]
	[[ $output == *"no command 'frobnicate'"* ]]
	run "$top/mmvs"
	[ "$status" -eq 2 ]
}

@test "where nothing can be written is said, with what to set" {
	touch "$BATS_TEST_TMPDIR/file"
	MMVS_CACHE=$BATS_TEST_TMPDIR/file/cache run "$scripts/images.sh" droppable swapbacked-flag
	[ "$status" -eq 1 ]
	[[ $output == *"error: MMVS_CACHE=$BATS_TEST_TMPDIR/file/cache: nothing can be written there"*"set MMVS_CACHE= to a folder of yours"* ]]
	RESULTS=$BATS_TEST_TMPDIR/file/results run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"error: RESULTS=$BATS_TEST_TMPDIR/file/results: nothing can be written there"* ]]
	run env -u HOME -u XDG_CACHE_HOME -u MMVS_CACHE "$scripts/kernels.sh"
	[ "$status" -eq 1 ]
	[[ $output == "mmvs: error: neither MMVS_CACHE= nor HOME= says where kernels are kept"* ]]
}
