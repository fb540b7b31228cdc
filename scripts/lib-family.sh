# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Families and their stacks: what lies in kernel-patches/, and the words of VARIANTS=.
# lib.sh sources it.

# family_dir FAMILY: its folder, in kernel-patches/ or, with a / in it, anywhere.
family_dir()
{
	local dir=$MMVS_TOP/kernel-patches/$1

	[[ $1 != */* ]] || dir=$1
	[ -f "$dir/family.conf" ] ||
		die "FAMILY=$1: $dir/family.conf does not exist; a family is a name in kernel-patches/ ($(families)) or the path of such a folder"
	realpath "$dir"
}

families()
{
	local f found=()

	for f in "$MMVS_TOP"/kernel-patches/*/family.conf; do
		found+=("$(basename "$(dirname "$f")")")
	done
	echo "${found[*]}"
}

# family_conf FAMILY KEY: of its family.conf.
family_conf()
{
	local dir

	dir=$(family_dir "$1") || exit 1
	conf "$dir/family.conf" "$2"
}

# variants_of FAMILY: every stack's name; of a family without stacks, the words of
# its "variants".  The smallest stack first: kernels are built in this order in one
# tree, and each step touches the least.
variants_of()
{
	local dir f words

	local size named

	dir=$(family_dir "$1") || exit 1
	for f in "$dir"/*/series; do
		if [ ! -e "$f" ]; then
			words=$(conf "$dir/family.conf" variants)
			[ -n "$words" ] || die "$dir has no variant: no folder with a file 'series', no 'variants' in family.conf"
			tr ' ' '\n' <<<"$words"
			return 0
		fi
		f=$(basename "$(dirname "$f")")
		named=$(patches_of "$1" "$f")
		size=$(xargs -r cat <<<"$named" | wc -c)
		echo "$size $f"
	done | sort -n | cut -d ' ' -f 2
}

# measured_of FAMILY: the words of VARIANTS=; "all" is every stack, nothing is
# what family.conf names as "variants", or every stack.
measured_of()
{
	local words=${VARIANTS:-}

	words=${words:-$(family_conf "$1" variants)}
	if [ "${words:-all}" = all ]; then
		variants_of "$1"
	else
		tr -s ' \t\n' '\n' <<<"$words" | grep .
	fi
}

# series_of FILE: the patches that a series names, absolute, in order.
series_of()
{
	local dir line

	dir=$(dirname "$1")
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%%#*}
		line=${line//[[:space:]]/}
		[ -n "$line" ] || continue
		[ -f "$dir/$line" ] || die "$1 names '$line', which does not exist"
		realpath "$dir/$line"
	done <"$1"
}

# patches_of FAMILY VARIANT [VERSION]: the stack's patch files, absolute, in order;
# for Linux 7.3.4 what series.7.3 names, where there is one.
patches_of()
{
	local dir series line=${3:-}

	dir=$(family_dir "$1") || exit 1
	series=$dir/$2/series line=${line%.*}
	[ -f "$series" ] || die "no variant '$2' in family '$1' ($series does not exist); it has: $(cd "$dir" && echo */series | sed 's@/series@@g')"
	[[ -z $line || ! -f $series.$line ]] || series+=.$line
	series_of "$series"
}

# baseline_of FAMILY: the word of the variant that the others are compared with:
# BASELINE=, the first of VARIANTS= where they are no mere names of stacks, else
# the family's.
baseline_of()
{
	local word

	if [ -n "${BASELINE:-}" ]; then
		echo "$BASELINE"
	elif [[ ${VARIANTS:-} == *:* ]]; then
		read -r word _ <<<"$VARIANTS"
		echo "$word"
	else
		family_conf "$1" baseline
	fi
}

# run_words FAMILY: what a run of it measures, as words of VARIANTS=, in "words", and the
# baseline's in "baseline_word"; with STEPS=1 the one variant after each of its patches.
# shellcheck disable=SC2034 # the caller's
run_words()
{
	local list

	list=$(measured_of "$1")
	if [ "${STEPS:-0}" = 1 ]; then
		[ "$(wc -l <<<"$list")" -eq 1 ] || die "STEPS=1 goes through the patches of one variant: VARIANTS=NAME, mbox:FILE or patches:DIR"
		list=$("$MMVS_TOP/scripts/steps.sh" "$1" "$list")
		read -r BASELINE <<<"$list"
	fi
	mapfile -t words <<<"$list"
	baseline_word=$(baseline_of "$1")
	[[ " ${words[*]} " == *" $baseline_word "* ]] || words=("$baseline_word" "${words[@]}")
}
