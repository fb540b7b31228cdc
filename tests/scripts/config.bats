#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Alternatives in a fragment, against a Kconfig that is a list of what it keeps.

load helper

setup()
{
	own_cache
	export mmvs=$BATS_TEST_TMPDIR/top
	mkdir -p "$mmvs/scripts" "$mmvs/kernel-patches/config"
	ln -s "$scripts"/* "$mmvs/scripts/"
	cp "$top/kernel-patches/base" "$mmvs/kernel-patches/"
	: >"$mmvs/kernel-patches/config/small.config"
	old=$(kernel old 6.12.1 CONFIG_A=y CONFIG_C=y CONFIG_OLD=y)
	new=$(kernel new 7.3.1 CONFIG_B=y CONFIG_C=y CONFIG_NEW=y CONFIG_D=y)
}

# kernel NAME VERSION OPTION...: a kernel that keeps these; those beginning with + it
# has without being asked.  Prints the commit.
kernel()
{
	local dir=$BATS_TEST_TMPDIR/$1 o
	fake_kernel "$dir" "$2"
	printf 'allnoconfig:\n\t@: >$(O)/.config\nolddefconfig:\n\t@{ grep -xFf has $(O)/.config; cat anyway; } | sort -u >$(O)/new; mv $(O)/new $(O)/.config\n' >>"$dir/Makefile"
	: >"$dir/anyway"
	for o in "${@:3}"; do
		echo "${o#+}" >>"$dir/has"
		[[ $o != +* ]] || echo "${o#+}" >>"$dir/anyway"
	done
	mkdir -p "$dir/scripts/kconfig"
	printf '#!/bin/sh\nshift\nout=$2/.config\nshift 2\ncat "$@" >"$out.merged"\nmv "$out.merged" "$out"\n' >"$dir/scripts/kconfig/merge_config.sh"
	chmod +x "$dir/scripts/kconfig/merge_config.sh"
	cat "$dir/has" >"$dir/Kconfig"
	KERNEL_SRC=$dir "$mmvs/scripts/kernel-source.sh" 2>/dev/null | cut -d ' ' -f 1
}

# chosen LINE COMMIT...: what the line of a fragment comes to.
chosen()
{
	echo "$1" >"$mmvs/kernel-patches/config/small.config"
	"$mmvs/scripts/kernel-config.sh" "${@:2}" 2>"$BATS_TEST_TMPDIR/said" | xargs cat | grep -v '^#:' | paste -sd ' '
}

@test "A | B: alone the first that it has, together the first that both have" {
	[ "$(chosen 'CONFIG_A=y | CONFIG_B=y | CONFIG_C=y' "$old")" = CONFIG_A=y ]
	[ "$(chosen 'CONFIG_A=y | CONFIG_B=y | CONFIG_C=y' "$new")" = CONFIG_B=y ]
	[ "$(chosen 'CONFIG_A=y | CONFIG_B=y | CONFIG_C=y' "$old" "$old" "$new")" = CONFIG_C=y ]
	[ "$(chosen 'CONFIG_A=y | CONFIG_B=y | CONFIG_C=y' "$new" "$old" "$new")" = CONFIG_C=y ]
	# Nothing in common: each its own.
	[ "$(chosen 'CONFIG_A=y | CONFIG_B=y' "$new" "$old" "$new")" = CONFIG_B=y ]
}

@test "A ? B and A ?: by what this kernel has, whatever the others have" {
	[ "$(chosen 'CONFIG_OLD=y ? CONFIG_C=y' "$old" "$old" "$new")" = CONFIG_OLD=y ]
	[ "$(chosen 'CONFIG_OLD=y ? CONFIG_NEW=y + CONFIG_D=y' "$new" "$old" "$new")" = "CONFIG_NEW=y CONFIG_D=y" ]
	[ "$(chosen 'CONFIG_OLD=y ?' "$old")" = CONFIG_OLD=y ]
	[ -z "$(chosen 'CONFIG_OLD=y ?' "$new")" ]
}

@test "A + B holds only whole" {
	[ "$(chosen 'CONFIG_C=y + CONFIG_D=y | CONFIG_A=y' "$old")" = CONFIG_A=y ]
	[ "$(chosen 'CONFIG_C=y + CONFIG_D=y | CONFIG_A=y' "$new")" = "CONFIG_C=y CONFIG_D=y" ]
}

@test "off is asked for only where it is not off anyway" {
	loud=$(kernel loud 6.12.2 +CONFIG_X=y CONFIG_C=y)
	[ -z "$(chosen '# CONFIG_X is not set | CONFIG_X=y' "$old")" ]
	[ "$(chosen '# CONFIG_X is not set | CONFIG_X=y' "$loud")" = CONFIG_X=y ]
	# Together with one that cannot be without.
	has=$(kernel has 6.12.3 CONFIG_X=y)
	[ "$(chosen '# CONFIG_X is not set | CONFIG_X=y' "$has" "$has" "$loud")" = CONFIG_X=y ]
}

@test "no alternative is satisfied: the line and the mend are named" {
	echo 'CONFIG_A=y | CONFIG_Z=y' >"$mmvs/kernel-patches/config/small.config"
	run "$mmvs/scripts/kernel-config.sh" "$new"
	[ "$status" -eq 1 ]
	[[ $output == *"no option that this line asks for: CONFIG_A=y | CONFIG_Z=y"*"add an alternative"* ]]
}

@test "Kconfig is asked once, and what was chosen is recorded" {
	chosen 'CONFIG_A=y | CONFIG_B=y' "$new" >/dev/null
	grep -q "asking Kconfig" "$BATS_TEST_TMPDIR/said"
	chosen 'CONFIG_A=y | CONFIG_B=y' "$new" >/dev/null
	! grep -q "asking Kconfig" "$BATS_TEST_TMPDIR/said"
	"$mmvs/scripts/kernel-config.sh" "$new" | xargs grep -qx '#: CONFIG_A=y | CONFIG_B=y -> CONFIG_B=y'
}

@test "a fragment that does not exist is named" {
	CONFIG=nosuch run "$mmvs/scripts/kernel-config.sh" "$new"
	[ "$status" -eq 1 ]
	[[ $output == *"CONFIG=nosuch"*nosuch.config* ]]
}

@test "CONFIG=shuffle: the objects of mm/ in another order, the same each time, and no other archive" {
	cd "$BATS_TEST_TMPDIR"
	order()
	{
		ar t "$1" | grep -o '[0-9]*[.]o'
	}
	mkdir mm fs
	objects=()
	for i in {1..20}; do
		echo "$i" >"mm/$i.o"
		objects+=("mm/$i.o")
	done
	for archive in mm/built-in.a fs/built-in.a; do
		"$scripts/shuffled-ar.sh" cDPrST $archive "${objects[@]}"
	done
	[ "$(order fs/built-in.a)" = "$(order fs/built-in.a | sort -n)" ]
	[ "$(order mm/built-in.a)" != "$(order fs/built-in.a)" ]
	[ "$(order mm/built-in.a | sort -n)" = "$(order fs/built-in.a)" ]
	once=$(order mm/built-in.a)
	rm mm/built-in.a
	"$scripts/shuffled-ar.sh" cDPrST mm/built-in.a "${objects[@]}"
	[ "$(order mm/built-in.a)" = "$once" ]
	run "$scripts/shuffled-ar.sh" t mm/nosuch.a
	[ "$status" -ne 0 ]
}
