#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The front door: make help, deps, wrong settings.

load helper

@test "make alone prints every target" {
	run make -s -C "$top"
	[ "$status" -eq 0 ]
	for target in help deps bench kernels initramfs run conform stacks-check report test check clean; do
		[[ $output == *"make $target "* ]]
	done
}

@test "debug kernels boot without icount, unless asked" {
	[[ $(make -s -C "$top" help CONFIG=debug) == *MODE=tcg* ]]
	[[ $(make -s -C "$top" help CONFIG=debug MODE=icount) == *MODE=icount* ]]
	[[ $(make -s -C "$top" help) == *MODE=icount* ]]
}

@test "deps without rights prints the one line to run" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' | tee "$BATS_TEST_TMPDIR/bin/sudo" >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\necho 1000\n' >"$BATS_TEST_TMPDIR/bin/id"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$scripts/deps.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"sudo apt-get update && sudo apt-get install"*qemu-system-x86* ]]
}

@test "deps without apt lists the packages" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in bash dirname sed head cat; do
		ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/"
	done
	PATH=$BATS_TEST_TMPDIR/bin run "$BATS_TEST_TMPDIR/bin/bash" "$scripts/deps.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"no apt here"*"missing: "*gnuplot*libgsl-dev* ]]
	# With every tool there, from wherever, nothing is refused.
	for tool in $(sed -n '/^tools=(/,/)$/p' "$scripts/deps.sh" | tr -d '()' | sed 's/^tools=//'); do
		ln -sf /bin/true "$BATS_TEST_TMPDIR/bin/$tool"
	done
	PATH=$BATS_TEST_TMPDIR/bin run "$BATS_TEST_TMPDIR/bin/bash" "$scripts/deps.sh"
	[ "$status" -eq 0 ]
}

@test "wrong settings are refused by name" {
	SEEDS=0 run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *SEEDS=0* ]]
	MODE=warp run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *MODE=warp* ]]
	run "$scripts/run.sh"
	[ "$status" -eq 2 ]
	FAMILY=nonsense run "$scripts/kernels.sh"
	[ "$status" -eq 1 ]
	[[ $output == *nonsense* ]]
	VARIANTS='../x' run "$scripts/kernels.sh"
	[ "$status" -eq 1 ]
}

@test "mmbench lists its cases and refuses what it does not know" {
	mmbench=$(dirname "$("$scripts/initramfs.sh")")/mmbench
	run "$mmbench" --list
	[[ $output == *fault-first-touch*reclaim-proactive*scan-aging* ]]
	run "$mmbench" no-such-case
	[ "$status" -eq 2 ]
	run "$mmbench" fault-first-touch --pages=ten
	[ "$status" -eq 2 ]
	[[ $output == *pages=ten* ]]
	run "$mmbench" fault-first-touch@map=floppy
	[ "$status" -eq 2 ]
	run "$mmbench" fault-first-touch --nonsense=1
	[ "$status" -eq 2 ]
	[[ $output == *nonsense* ]]
}

@test "lines: a command that fails within what it calls ends the caller" {
	run bash -euo pipefail -c '. "$1/lib.sh"; f() { false; echo "went on"; }; lines all f; echo "${all[*]}"' - "$scripts"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}

@test "a checkout whose path has a blank has a name without one" {
	export MMVS_CACHE=$BATS_TEST_TMPDIR/cache
	mkdir -p "$BATS_TEST_TMPDIR/a checkout/scripts" "$BATS_TEST_TMPDIR/a checkout/bench"
	cp "$scripts"/lib*.sh "$BATS_TEST_TMPDIR/a checkout/scripts/"
	cp -r "$top"/bench/{schema.h,still,plugin,guest} "$BATS_TEST_TMPDIR/a checkout/bench/"
	run bash -euo pipefail -c '. "$1/scripts/lib.sh"; echo "$MMVS_TOP"; make -s -C "$MMVS_TOP/bench/still"; make -s -C "$MMVS_TOP/bench/plugin"
		LD_PRELOAD=$MMVS_TOP/build/still/still.so true' - "$BATS_TEST_TMPDIR/a checkout"
	[ "$status" -eq 0 ]
	[[ $output != *" "* && $output -ef "$BATS_TEST_TMPDIR/a checkout" ]]
	[ -s "$BATS_TEST_TMPDIR/a checkout/build/still/still.so" ]
	[ -s "$BATS_TEST_TMPDIR/a checkout/build/plugin/mmcount.so" ]
}

@test "a disk that is all but full is said to be" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nprintf "head\nfs 20 19 1 95%%%% /\n"\n' >"$BATS_TEST_TMPDIR/bin/df"
	chmod +x "$BATS_TEST_TMPDIR/bin/df"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run bash -euo pipefail -c '. "$1/lib.sh"; writable "$2/r" RESULTS' - "$scripts" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ $output == *"RESULTS=$BATS_TEST_TMPDIR/r: its disk is full"*"set RESULTS="* ]]
}

@test "CASES: quick by default, full holds it, globs pick out of full, each spec once" {
	mmbench=$(dirname "$("$scripts/initramfs.sh")")/mmbench
	. "$scripts/lib.sh"
	quick=$(specs_of "$mmbench" droppable "")
	full=$(specs_of "$mmbench" droppable full)
	[ "$quick" = "$("$mmbench" --list-cells=quick | grep -v "^munmap-"; family_conf droppable quick_cases)" ]
	[ "$(grep '^munmap-' <<<"$full")" = $'munmap-cost@map=private\nmunmap-cost@map=droppable' ]
	[ "$(wc -l <<<"$full")" -gt "$(wc -l <<<"$quick")" ]
	[ -z "$(grep -vxFf - <(echo "$quick") <<<"$full")" ]
	[ "$(specs_of "$mmbench" droppable "fault-*,touch=stride")" = "$(grep '^fault-.*,touch=stride$' <<<"$full")" ]
	[ "$(specs_of "$mmbench" droppable "full quick scan-aging")" = "$full" ]
	mkdir "$BATS_TEST_TMPDIR/family"
	printf 'cases = selftest\nquick_cases = fault-first-touch@map=private\n' >"$BATS_TEST_TMPDIR/family/family.conf"
	[ "$(specs_of "$mmbench" "$BATS_TEST_TMPDIR/family" quick)" = fault-first-touch@map=private ]
	[ "$(specs_of "$mmbench" "$BATS_TEST_TMPDIR/family" full | grep -cx "fault-first-touch@map=private")" -eq 1 ]
	[ "$(specs_of "$mmbench" droppable "scan-aging@map=private,new=1")" = "scan-aging@map=private,new=1" ]
	run specs_of "$mmbench" droppable "quick no-such-case"
	[ "$status" -eq 1 ]
	[[ $output == *"CASES=no-such-case names no case"* ]]
	run "$mmbench" --list-cells=all
	[ "$status" -eq 2 ]
}

@test "every cell of every case is one that the case takes" {
	mmbench=$(dirname "$("$scripts/initramfs.sh")")/mmbench
	for spec in $("$mmbench" --list-cells=full); do
		run "$mmbench" --unit=none "$spec" # parsed, then refused
		echo "$spec: $output"
		[ "$status" -eq 1 ]
	done
}

@test "mmbench --list: name, one line, options with defaults and choices, unit, cells" {
	run "$(dirname "$("$scripts/initramfs.sh")")/mmbench" --list
	[[ $output == *"fault-first-touch"*"--touch=seq|random|stride (default seq)"*"fault_p50 (clock, lower)"*"quick: fault-first-touch@map=droppable"*"full: fault-first-touch@map=droppable,touch=random"* ]]
}

@test "mmbench runs alone, in ns, and an instruction clock is not believed" {
	mmbench=$(dirname "$("$scripts/initramfs.sh")")/mmbench
	"$mmbench" fault-first-touch@map=private --pages=64 >"$BATS_TEST_TMPDIR/out"
	grep -qxE $'touch_index\tlatency_ns\tmapped_pages(\thit\tclean)?' "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^[0-9]' "$BATS_TEST_TMPDIR/out")" -eq 64 ]
	run "$mmbench" --unit=insn fault-first-touch@map=private
	[ "$status" -eq 1 ]
	[[ $output == *icount* ]]
}

@test "an initramfs that is built elsewhere, all at once, has the bytes of the one that is there" {
	a=$("$scripts/initramfs.sh")
	b=$("$scripts/initramfs.sh" "$BATS_TEST_TMPDIR/b")
	[ "$a" != "$b" ]
	cmp "$a" "$b"
	b=$("$scripts/initramfs.sh" --conform "$BATS_TEST_TMPDIR/b")
	cmp "$("$scripts/initramfs.sh" --conform)" "$b"
}

@test "properties have subjects: named, checked, nowhere listed but with them" {
	mmconform=$(dirname "$("$scripts/initramfs.sh")")/mmconform
	run "$mmconform" --list
	[[ $output == *$'1\tnever-in-swap\tdroppable'* && $output == *$'13\tbystanders\tany'* && $output == *$'\tmunmap'* ]]
	# Every subject that a family names is one.
	for conf in "$top"/kernel-patches/*/family.conf; do
		of=$(sed -n 's/^properties = //p' "$conf" | tr ' ' '+')
		[ -n "$of" ]
		[ -z "$(tr '+' '\n' <<<"$of" | grep -vxFf <("$mmconform" --list | cut -f 3))" ]
	done
	run "$mmconform" --of=droppable+nonsense
	[ "$status" -eq 2 ]
	[[ $output == *"no property is about 'nonsense'; there are: droppable any munmap"* ]]
	# In either order, and nothing else.
	run "$mmconform" --lru=classic --of=nonsense
	[[ $status -eq 2 && $output == *"no property is about 'nonsense'"* ]]
	run "$mmconform" --of=droppable --lru=both
	[[ $status -eq 2 && $output == *"--lru=both: must be mglru|classic"* ]]
	run "$mmconform" --lry=classic
	[[ $status -eq 2 && $output == *"what is '--lry=classic'?"* ]]
}

@test "nodes= takes a topology and says what is wrong with one" {
	mmbench=$(dirname "$("$scripts/initramfs.sh")")/mmbench
	for bad in 1G+ 512 x 1G.a 1G_0-1 1G.0+1G_0-1-15x; do
		run "$mmbench" "numa-fault@map=private,nodes=$bad"
		echo "$bad: $output"
		[[ $bad == 512 || $output == *"nodes=$bad: must be a number, or nodes as in"* ]]
	done
	run "$mmbench" numa-fault@map=private,nodes=1G.0-1.4+1G+512M.2_0-1-15_0-2-40
	[[ $output != *"must be"* ]]
}

@test "what cannot be run is named before the first kernel is built" {
	own_cache
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	# Nothing may be fetched or built.
	fake_kernel "$BATS_TEST_TMPDIR/k"
	export KERNEL_SRC=$BATS_TEST_TMPDIR/k RESULTS=$BATS_TEST_TMPDIR/r
	refused()
	{
		run env "$1" "$scripts/run.sh" droppable
		echo "$1: $output"
		[ "$status" -eq 1 ]
		[[ $output == *"$2"* && $output != *building* ]]
		[ ! -e "$MMVS_CACHE/images" ]
	}
	refused JOBS=0 "JOBS=0: how many cells at a time"
	refused JOBS=-1 "JOBS=-1"
	refused JOBS=abc "JOBS=abc"
	refused PERF=bad "PERF=bad: use auto, on or off"
	refused SEEDS=0 "SEEDS=0"
	refused CASES=fault-first-touch@map=bogus "map=bogus: must be droppable|private"
	refused CASES=nosuch "names no case"
}

@test "SEEDS=auto: what it cannot do is said before anything is built" {
	SEEDS=auto MAX_SEEDS=5 run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"MAX_SEEDS=5: SEEDS=auto begins with 6"* ]]
	SEEDS=auto MODE=native run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"SEEDS=auto: MODE=native"* ]]
	# 2/924 for each of eight is more than a third of 0.05; for seven it is not.
	export SEEDS=auto CASES=nosuch
	VARIANTS='a b c d e f g h i' run "$scripts/run.sh" droppable
	[[ $output == *"8 alternatives: 6 seeds a side could not decide between them, the first look is at 9"* ]]
	VARIANTS='a b c d e f g h' run "$scripts/run.sh" droppable
	[[ $output != *"could not decide"* ]]
	MAX_SEEDS=6 VARIANTS="$(seq -s ' ' 40)" run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"MAX_SEEDS=6: 39 alternatives cannot be decided in 1 look(s) at 6 seeds a side"* ]]
}

@test "lines: a command that fails is not an empty list" {
	run bash -c 'set -euo pipefail; . "$1/lib.sh"; a=(); lines a printf "x y\nz\n"; echo "${#a[@]} ${a[0]}"; lines a true; echo "${#a[@]}"; lines a false; echo on' - "$scripts"
	[ "$status" -eq 1 ]
	[ "$output" = $'2 x y\n0' ]
}
