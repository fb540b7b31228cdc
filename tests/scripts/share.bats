#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# How the cells of a run are shared out to boots: run-cells.sh.

load helper

setup()
{
	own_cache
	. "$scripts/lib.sh"
	run=$BATS_TEST_TMPDIR/run initramfs=$BATS_TEST_TMPDIR/initramfs mode=icount picked='a b'
	fleet='' slurm='' seeds=2 baseline=v specs=(a b) variants=(v w)
	declare -gA images=([v]=image-v [w]=image-w)
	mkdir -p "$run" "$MMVS_CACHE/cells"
	echo x >"$initramfs"
	. "$scripts/machine.sh"
	. "$scripts/first-look.sh"
	. "$scripts/run-cells.sh"
	declare -gA shape=() job=()
}

# of N LINES: so many jobs of so many cells.
of()
{
	local i
	rm -rf "$jobs_of"
	mkdir "$jobs_of"
	for ((i = 0; i < $1; i++)); do seq "$2" | sed "s/^/$i /" >"$jobs_of/00000$i"; done
}

# cells_of: how many cells each job has.
cells_of()
{
	wc -l "$jobs_of"/* | sed '/total$/d' | awk '{ print $1 }' | paste -sd ' '
}

@test "what is left over is shared out, in the order of its cells" {
	jobs=2
	of 5 15
	all=$(cat "$jobs_of"/*)
	even_out "$jobs_of"/*
	[ "$(cells_of)" = "15 15 15 15 8 7" ]
	[ "$(cat "$jobs_of"/*)" = "$all" ]
	jobs=8
	of 1 15
	even_out "$jobs_of"/*
	[ "$(cells_of)" = "5 5 5" ]
	of 3 30
	even_out "$jobs_of"/*
	[ "$(cells_of)" = "15 15 15 15 15 15" ]
}

@test "nothing is cut where all come in turn, or where a boot would cost more" {
	jobs=2
	for n in 2 4; do
		of "$n" 15
		even_out "$jobs_of"/*
		[ "$(cells_of)" = "$(printf '15 %.0s' $(seq "$n") | sed 's/ $//')" ]
	done
	of 3 7
	even_out "$jobs_of"/*
	[ "$(cells_of)" = "7 7 7" ]
	jobs=1
	of 3 15
	even_out "$jobs_of"/*
	[ "$(cells_of)" = "15 15 15" ]
}

@test "a cell's key is the digest of what it depends on, and its own" {
	cells >"$run/all"
	[ "$(wc -l <"$run/all")" -eq 12 ]
	while IFS=$'\t' read -r image guest v s seed key; do
		[ "$image" = "image-$v" ]
		[ "$guest" = "$initramfs" ]
		[ "$key" = "$(key_text "$v" "$s" "$seed" | digest)" ]
	done <"$run/all"
	[ "$(cut -f 6 "$run/all" | sort -u | wc -l)" -eq 12 ]
	[ ! -e "$run/.keys" ]
}

@test "what the cache has comes into the run and is no job" {
	jobs=2
	cells >"$run/all"
	key=$(sed -n 5p "$run/all" | cut -f 6)
	IFS=$'\t' read -r _ _ v s seed _ <<<"$(sed -n 5p "$run/all")"
	mkdir -p "$MMVS_CACHE/cells/${key:0:2}/$key"
	echo "{\"key\": \"$key\"}" >"$MMVS_CACHE/cells/${key:0:2}/$key/cell.json"
	share_out
	[ "$total" -eq 11 ]
	[ -s "$run/cells/$v/$s/$seed/cell.json" ]
	[ "$(cat "$jobs_of"/* | wc -l)" -eq 11 ]
	[ -z "$(grep -h "$key" "$jobs_of"/* || true)" ]
	[ "$boots" -eq "$(ls "$jobs_of" | wc -l)" ]
	total=0 job=()
	FRESH=1 share_out
	[ "$total" -eq 12 ]
	[ -z "$(ls "$jobs_of" | grep first || true)" ]
}

@test "a first look where people wait: two seeds of four, of every variant and of A/A" {
	seeds=4 jobs=2
	. "$scripts/first-look.sh"
	declare -gA shape=() job=()
	share_out
	[ "$total" -eq 24 ]
	[ "$(cat "$jobs_of"/first-* | cut -f 5 | sort -un | paste -sd ' ')" = "1 2 1001 1002" ]
	[ "$(cat "$jobs_of"/first-* | wc -l)" -eq 12 ]
	[ "$(cat "$jobs_of"/rest-* | cut -f 5 | sort -un | paste -sd ' ')" = "3 4 1003 1004" ]
	for elsewhere in slurm MMVS_LOOKS; do
		(declare "$elsewhere=1" && . "$scripts/first-look.sh" && [ "$look" -eq 0 ])
	done
	(mode=kvm && . "$scripts/first-look.sh" && [ "$look" -eq 0 ])
}

@test "the first look: what the first seeds say, and not a word where nothing is still to come" {
	run=$BATS_TEST_TMPDIR/made seeds=8 look=2
	"$top/tests/golden/make-run.sh" "$run"
	mkdir -p "$jobs_of"
	run first_look
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run=$BATS_TEST_TMPDIR/made
	: >"$jobs_of/rest-000000"
	said=$(first_look 2>&1)
	echo "$said"
	[[ $said == *"a first look, 2 of 8 seeds; nothing is proven:"*"overshoot"*"pte-dirty-vma -"*"A/A"* ]]
	[ ! -e "$run/.look" ]
	rm "$run/run.json"
	echo '{"seeds":[1],"aa_seeds":[]}' >"$run/run.json"
	said=$(first_look 2>&1)
	[[ $said == *"(no table: a cell failed)" ]]
}
